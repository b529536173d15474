/** The npm package `elbo-room` in browsers: see api.ts. */
import wasmUrl from '../pkg/elbo_room_bg.wasm?url';
import type { Engine, EngineOptions } from './api.ts';
import { folderUrl } from './folder.ts';
import { fetchBytes, fetchModule } from './loader.ts';
import { openOn } from './open.ts';
import { ModelFetcher } from './model-fetcher.ts';
import { spawn } from './spawn.ts';
import { cacheStorage, FileStore } from './store.ts';

export type * from './api.ts';
export { CallError, WorkerLostError } from './errors.ts';
export { paint } from './paint.ts';
export { randomSeed } from './seed.ts';

const pageOf = () => {
  const { document } = globalThis as { document?: { baseURI: string } };
  return document?.baseURI ?? location.href;
};

export async function openEngine({
  keep = true,
  wasm,
  ...options
}: EngineOptions = {}): Promise<Engine> {
  return openOn(
    {
      spawn: (onLost) => spawn('elbo-room', onLost),
      runtime: () => compile(wasm ?? new URL(wasmUrl, pageOf())),
      locate: (folder) => folderUrl(folder, pageOf()),
      read: (url) => fetchBytes(url),
      fetcher: (folder) =>
        new ModelFetcher(folder, new FileStore(folder, keep ? (cacheStorage() ?? null) : null)),
      cores: navigator.hardwareConcurrency,
    },
    options,
  );
}

async function compile(wasm: NonNullable<EngineOptions['wasm']>): Promise<WebAssembly.Module> {
  if (wasm instanceof WebAssembly.Module) return wasm;
  if (typeof wasm === 'string' || wasm instanceof URL) return fetchModule(new URL(wasm, pageOf()));
  return WebAssembly.compile(wasm);
}
