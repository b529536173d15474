/**
 * The crate itself, in Node: what the page shows is compared with what the same calls give here, in another engine and
 * without the page's own code between.
 */
import { readFile } from 'node:fs/promises';
import init, {
  Ddpm,
  type Frame,
  Hvae,
  type ModelEntry,
  parseManifest,
  renderDigit,
  type SamplerOptions,
  toLevels,
  Vae,
  PlaneDiffusion,
  VariationalInference,
} from '../../www/pkg/elbo_room.js';
import type { FilesOf } from '../../www/engine/api.ts';
import { datasetOf } from '../../www/engine/facts.ts';
import { defaultState } from '../../www/src/state.ts';
import { standIns } from './standin/site.ts';

const at = (path: string) => new URL(`../../${path}`, import.meta.url);

type LatentEntry = Extract<ModelEntry, { kind: 'vae' | 'hvae' }>;

export interface Crate {
  /** Every model with latents of the first model's data set, which the ELBO lab compares at first. */
  latent: { entry: LatentEntry; model: Vae | Hvae }[];
  vae: Vae;
  vaeEntry: Extract<ModelEntry, { kind: 'vae' }>;
  ddpm: Ddpm;
  ddpmEntry: Extract<ModelEntry, { kind: 'ddpm' }>;
  /** A drawing as the digit that is scored. As what follows, it needs no model, but an instance of the crate. */
  renderDigit: typeof renderDigit;
  PlaneDiffusion: typeof PlaneDiffusion;
  VariationalInference: typeof VariationalInference;
}

/** Reads a file of the models folder. */
type Read = (path: string) => Promise<Uint8Array>;

/** The crate with the first model of each kind, as the page takes them. */
export async function loadCrate(networks: 'trained' | 'stand-in'): Promise<Crate> {
  const standIn = networks === 'stand-in' ? await standIns(at('')) : undefined;
  const read: Read = async (path) => standIn?.get(path) ?? readFile(at(`models/${path}`));
  await init({ module_or_path: await readFile(at('www/pkg/elbo_room_bg.wasm')) });
  const { models } = parseManifest(new TextDecoder().decode(await read('manifest.json')));
  const vaeEntry = models.find((entry) => entry.kind === 'vae');
  const ddpmEntry = models.find((entry) => entry.kind === 'ddpm');
  if (!vaeEntry || !ddpmEntry) throw new Error('the manifest lacks a VAE or a DDPM');
  const entries = models
    .filter((entry): entry is LatentEntry => entry.kind !== 'ddpm')
    .filter((entry) => datasetOf(entry) === datasetOf(ddpmEntry));
  const latent = await Promise.all(
    entries.map(async (entry) => ({
      entry,
      model:
        entry.kind === 'vae'
          ? Vae.load(entry, await files(entry, read))
          : Hvae.load(entry, await files(entry, read)),
    })),
  );
  const vae = Vae.load(vaeEntry, await files(vaeEntry, read));
  const ddpm = Ddpm.load(ddpmEntry, await files(ddpmEntry, read));
  return {
    latent,
    vae,
    vaeEntry,
    ddpm,
    ddpmEntry,
    renderDigit,
    PlaneDiffusion,
    VariationalInference,
  };
}

async function files<Entry extends ModelEntry>(entry: Entry, read: Read): Promise<FilesOf<Entry>> {
  const named = Object.entries<{ path: string }>(entry.files).map(
    async ([name, { path }]) => [name, new Uint8Array(await read(path))] as const,
  );
  return Object.fromEntries(await Promise.all(named)) as FilesOf<Entry>;
}

/** Latents as the sliders hold them: two decimals. */
export const toGrid = (value: number) =>
  Math.round(Math.min(3, Math.max(-3, value)) * 100) / 100 + 0;

/** A sample of the prior as the latent lab shows it for a seed. */
export const priorSample = ({ vae }: Crate, seed: number) =>
  Array.from(vae.samplePrior(seed), toGrid);

/** The picture of a point of latent space, as 8-bit levels. */
export const decode = ({ vae }: Crate, z: number[]): Uint8Array =>
  toLevels(vae.decode(Float32Array.from(z)));

/** The VAE whose latent space the page shows as a map. */
export function mapVae({ latent }: Crate): Vae {
  const found = latent.find(({ entry }) => entry.kind === 'vae' && entry.files.density);
  if (!found) throw new Error('no VAE of the manifest has a map');
  return found.model as Vae;
}

/** Length of the chains that are compared. */
export const STEPS = 20;

/** The first frames of a chain from noise, with the page's guidance where the options have none of their own. */
export function sampled({ ddpm }: Crate, frames: number, options: SamplerOptions): Frame[] {
  const sampler = ddpm.sampler({
    schedule: 'cosine',
    steps: STEPS,
    guidance: defaultState().denoise.guidance,
    ...options,
  });
  while (sampler.available < frames) sampler.step();
  const all = Array.from({ length: frames }, (_, i) => sampler.frame(i));
  sampler.free();
  return all;
}

/** All frames of the chain that starts from the picture noised to t. */
export function denoised(
  { ddpm }: Crate,
  picture: Uint8Array,
  t: number,
  options: SamplerOptions,
): Frame[] {
  const sampler = ddpm.denoise(picture, t, { schedule: 'cosine', steps: STEPS, ...options });
  while (!sampler.done) sampler.step();
  const frames = Array.from({ length: sampler.length }, (_, i) => sampler.frame(i));
  sampler.free();
  return frames;
}

/** Square images, one after the other, as they stand in a grid of so many columns. */
export function tiled(images: ArrayLike<number> | undefined, columns: number, side = 28): number[] {
  const rows = (images?.length ?? 0) / (side * side * columns);
  return Array.from({ length: side * rows * side * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / (side * columns)), i % (side * columns)];
    const cell = Math.floor(row / side) * columns + Math.floor(column / side);
    return images?.[cell * side * side + (row % side) * side + (column % side)] ?? -1;
  });
}
