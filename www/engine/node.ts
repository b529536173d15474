/** The npm package `elbo-room` in Node.js, where workers are threads: see api.ts. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import wasmUrl from '../pkg/elbo_room_bg.wasm?url';
import type { Engine, EngineOptions } from './api.ts';
import type { FromWorker, ToWorker } from './calls.ts';
import { WorkerClient, type WorkerLike } from './client.ts';
import { folderUrl } from './folder.ts';
import { fetchBytes, LoadError } from './loader.ts';
import { openOn } from './open.ts';
import type { FileEntry, ModelEntry } from './protocol.ts';

export type * from './api.ts';
export { CallError, WorkerLostError } from './errors.ts';
export { paint } from './paint.ts';
export { randomSeed } from './seed.ts';

/** Beside this file in the package. */
const SCRIPT = new URL(/* @vite-ignore */ './worker.node.js', import.meta.url);

/** A thread with the events of a browser's worker. */
class Thread implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  readonly #worker = new Worker(SCRIPT, { execArgv: [] });

  constructor() {
    this.#worker.on('message', (data: FromWorker) =>
      this.onmessage?.({ data } as MessageEvent<FromWorker>),
    );
    this.#worker.on('messageerror', () => this.onmessageerror?.({} as MessageEvent));
    this.#worker.on('error', ({ message }: Error) => this.#end(message));
    this.#worker.on('exit', (code) => this.#end(`the thread has ended with code ${code}`));
  }

  postMessage(message: ToWorker, transfer: Transferable[]): void {
    this.#worker.postMessage(message, transfer as ArrayBuffer[]);
  }

  terminate(): void {
    void this.#worker.terminate();
  }

  #end(message: string): void {
    this.onerror?.({ message, preventDefault: () => undefined } as ErrorEvent);
  }
}

async function read(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  // `fetch` reads none of this machine.
  if (url.protocol !== 'file:') return fetchBytes(url);
  try {
    return new Uint8Array(await readFile(url));
  } catch (error) {
    throw new LoadError('missing', url.href, 0, { cause: error });
  }
}

/** The files of a model; the crate compares them with their checksums. */
const fetcherAt = (folder: URL) => ({
  async model({ files }: ModelEntry): Promise<Record<string, Uint8Array>> {
    const all = Object.entries<FileEntry>(files).map(
      async ([role, { path }]) => [role, await read(new URL(path, folder))] as const,
    );
    return Object.fromEntries(await Promise.all(all));
  },
});

export async function openEngine({ wasm, ...options }: EngineOptions = {}): Promise<Engine> {
  return openOn(
    {
      spawn: (onLost) => new WorkerClient(new Thread(), onLost),
      runtime: () => compile(wasm ?? new URL(wasmUrl)),
      locate: (folder) => folderUrl(folder, undefined),
      read,
      fetcher: fetcherAt,
      cores: availableParallelism(),
    },
    options,
  );
}

async function compile(wasm: NonNullable<EngineOptions['wasm']>): Promise<WebAssembly.Module> {
  if (wasm instanceof WebAssembly.Module) return wasm;
  const bytes = typeof wasm === 'string' || wasm instanceof URL ? await read(new URL(wasm)) : wasm;
  return WebAssembly.compile(bytes);
}
