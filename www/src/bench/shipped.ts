/** The shipped files, and the workers that measure on them. */
import wasmUrl from '../../pkg/elbo_room_bg.wasm?url';
import { fetchBytes, fetchModule } from '../../engine/loader.ts';
import {
  hasLatents,
  isDiffusion,
  isHierarchy,
  isSameShape,
  MNIST_SHAPE,
} from '../../engine/facts.ts';
import type {
  DdpmEntry,
  HvaeEntry,
  Manifest,
  ModelEntry,
  VaeEntry,
} from '../../engine/protocol.ts';
import { ModelFetcher } from '../../engine/model-fetcher.ts';
import type { CrateApi } from './crate.worker.ts';
import type { PeerApi, Sizes } from './peer.worker.ts';
import { startWorker, type Started } from './remote.ts';

type Files = Record<string, Uint8Array>;

export interface Shipped {
  module: WebAssembly.Module;
  vae: { entry: VaeEntry; files: Files };
  ddpm: { entry: DdpmEntry; files: Files };
  /** Where the site has one. */
  hvae: { entry: HvaeEntry; files: Files } | undefined;
  sizes: Sizes;
}

export async function fetchShipped(): Promise<Shipped> {
  const base = new URL('../', document.baseURI);
  const folder = new URL('models/', base);
  const { models } = JSON.parse(
    new TextDecoder().decode(await fetchBytes(new URL('manifest.json', folder))),
  ) as Manifest;
  const isDigit = ({ image }: ModelEntry) => isSameShape(image, MNIST_SHAPE);
  const vae = models.find(hasLatents);
  const ddpm = models.find(isDiffusion);
  const hvae = models.filter(isHierarchy).find(isDigit);
  if (!vae?.files.encoder || !ddpm || !isDigit(vae) || !isDigit(ddpm))
    throw new Error(
      'the benchmark needs the project’s own models: a VAE with its encoder and a class-conditional diffusion model, of grey images of 28 by 28 pixels',
    );
  const fetcher = new ModelFetcher(folder);
  // What the page shares with its workers, the peer would not take.
  const unshared = (files: Files) =>
    Object.fromEntries(Object.entries(files).map(([role, bytes]) => [role, bytes.slice()]));
  const [module, vaeFiles, ddpmFiles, hvaeFiles] = await Promise.all([
    fetchModule(new URL(wasmUrl, document.baseURI)),
    fetcher.model(vae, {}).then(unshared),
    fetcher.model(ddpm, {}).then(unshared),
    hvae && fetcher.model(hvae, {}).then(unshared),
  ]);
  return {
    module,
    vae: { entry: vae, files: vaeFiles },
    ddpm: { entry: ddpm, files: ddpmFiles },
    hvae: hvae && hvaeFiles && { entry: hvae, files: hvaeFiles },
    sizes: { height: ddpm.image.height, width: ddpm.image.width, latents: vae.latents.count },
  };
}

/** An instance of the crate with its models; `loads` are the milliseconds that these took. */
export async function startCrate({
  module,
  vae,
  ddpm,
}: Shipped): Promise<Started<CrateApi> & { loads: { vae: number; ddpm: number } }> {
  const worker = new Worker(new URL('./crate.worker.ts', import.meta.url), {
    type: 'module',
    name: 'crate',
  });
  const started = startWorker<CrateApi>(worker);
  await started.api.start(module);
  const vaeTime = await started.api.loadVae(vae.entry, vae.files);
  return {
    ...started,
    loads: { vae: vaeTime, ddpm: await started.api.loadDdpm(ddpm.entry, ddpm.files) },
  };
}

/**
 * The peer with the same models and so many threads. Its runtime starts with the first session; `load` is the time of the
 * network alone, the last.
 */
export async function startPeer(
  { vae, ddpm, sizes }: Shipped,
  threads: number,
  batches: readonly number[] = [1],
): Promise<Started<PeerApi> & { load: number }> {
  const worker = new Worker(new URL('./peer.worker.ts', import.meta.url), {
    type: 'module',
    name: `peer, ${threads}`,
  });
  const started = startWorker<PeerApi>(worker);
  await started.api.start(threads);
  await started.api.load('decoder', vae.files['decoder'] as Uint8Array, 1, sizes);
  await started.api.load('encoder', vae.files['encoder'] as Uint8Array, 1, sizes);
  let load = 0;
  for (const batch of batches)
    load = await started.api.load('network', ddpm.files['network'] as Uint8Array, batch, sizes);
  return { ...started, load };
}
