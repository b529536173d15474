/** The shipped files, and the workers that measure on them. */
import wasmUrl from '../../pkg/elbo_room_bg.wasm?url';
import { chooseModel, fetchBytes, fetchModule } from '../../engine/loader.ts';
import { isSameShape, MNIST_SHAPE } from '../../engine/facts.ts';
import type {
  DdpmEntry,
  HvaeEntry,
  ImageShape,
  Manifest,
  VaeEntry,
} from '../../engine/protocol.ts';
import { ModelFetcher } from '../../engine/model-fetcher.ts';
import type { CrateApi } from './crate.worker.ts';
import type { PeerApi, Sizes } from './peer.worker.ts';
import { hire, type Hired } from './remote.ts';

type Files = Record<string, Uint8Array>;

export interface Supplies {
  module: WebAssembly.Module;
  vae: { entry: VaeEntry; files: Files };
  ddpm: { entry: DdpmEntry; files: Files };
  /** Where the site has one. */
  hvae: { entry: HvaeEntry; files: Files } | undefined;
  sizes: Sizes;
}

export async function fetchSupplies(): Promise<Supplies> {
  const base = new URL('../', document.baseURI);
  const models = new URL('models/', base);
  const manifest = JSON.parse(
    new TextDecoder().decode(await fetchBytes(new URL('manifest.json', models))),
  ) as Manifest;
  const vae = chooseModel(manifest, 'vae', '');
  const ddpm = chooseModel(manifest, 'ddpm', '');
  const hvae = chooseModel(manifest, 'hvae', '');
  const isOwn = (shape: ImageShape | undefined) => shape && isSameShape(shape, MNIST_SHAPE);
  if (
    vae?.kind !== 'vae' ||
    ddpm?.kind !== 'ddpm' ||
    !vae.files.encoder ||
    !isOwn(vae.image) ||
    !isOwn(ddpm.image)
  )
    throw new Error(
      'the benchmark needs the project’s own models: a VAE with its encoder and a class-conditional diffusion model, of grey images of 28 by 28 pixels',
    );
  const fetcher = new ModelFetcher(models);
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
    hvae:
      hvae?.kind === 'hvae' && isOwn(hvae.image) && hvaeFiles
        ? { entry: hvae, files: hvaeFiles }
        : undefined,
    sizes: { height: ddpm.image.height, width: ddpm.image.width, latents: vae.latents.count },
  };
}

/** An instance of the crate with its models; `loads` are the milliseconds that these took. */
export async function hireCrate({
  module,
  vae,
  ddpm,
}: Supplies): Promise<Hired<CrateApi> & { loads: { vae: number; ddpm: number } }> {
  const worker = new Worker(new URL('./crate.worker.ts', import.meta.url), {
    type: 'module',
    name: 'crate',
  });
  const hired = hire<CrateApi>(worker);
  await hired.api.start(module);
  const vaeTime = await hired.api.loadVae(vae.entry, vae.files);
  return {
    ...hired,
    loads: { vae: vaeTime, ddpm: await hired.api.loadDdpm(ddpm.entry, ddpm.files) },
  };
}

/**
 * The peer with the same models and so many threads. Its runtime starts with the first session; `load` is the time of the
 * network alone, the last.
 */
export async function hirePeer(
  { vae, ddpm, sizes }: Supplies,
  threads: number,
  batches: readonly number[] = [1],
): Promise<Hired<PeerApi> & { load: number }> {
  const worker = new Worker(new URL('./peer.worker.ts', import.meta.url), {
    type: 'module',
    name: `peer, ${threads}`,
  });
  const hired = hire<PeerApi>(worker);
  await hired.api.start(threads);
  await hired.api.load('decoder', vae.files['decoder'] as Uint8Array, 1, sizes);
  await hired.api.load('encoder', vae.files['encoder'] as Uint8Array, 1, sizes);
  let load = 0;
  for (const batch of batches)
    load = await hired.api.load('network', ddpm.files['network'] as Uint8Array, batch, sizes);
  return { ...hired, load };
}
