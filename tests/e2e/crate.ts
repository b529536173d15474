/**
 * The crate itself, in Node: what the page shows is compared with what the same calls give here, in another engine and
 * without the page's own code between.
 */
import { readFile } from 'node:fs/promises';
import init, {
  Ddpm,
  Hvae,
  type ModelEntry,
  parseManifest,
  renderDigit,
  toLevels,
  Vae,
} from '../../www/pkg/elbo_room.js';

const at = (path: string) => new URL(`../../${path}`, import.meta.url);

type LatentEntry = Extract<ModelEntry, { kind: 'vae' | 'hvae' }>;

export interface Crate {
  /** Every model with latents. */
  latent: { entry: LatentEntry; model: Vae | Hvae }[];
  vae: Vae;
  vaeEntry: Extract<ModelEntry, { kind: 'vae' }>;
  ddpm: Ddpm;
  ddpmEntry: Extract<ModelEntry, { kind: 'ddpm' }>;
}

let loaded: Promise<Crate> | undefined;

/** The crate with the first model of each kind, as the page takes them. */
export function loadCrate(): Promise<Crate> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Crate> {
  await init({ module_or_path: await readFile(at('www/pkg/elbo_room_bg.wasm')) });
  const { models } = parseManifest(await readFile(at('models/manifest.json'), 'utf8'));
  const vaeEntry = models.find((entry) => entry.kind === 'vae');
  const ddpmEntry = models.find((entry) => entry.kind === 'ddpm');
  if (!vaeEntry || !ddpmEntry) throw new Error('the manifest lacks a VAE or a DDPM');
  const entries = models.filter((entry): entry is LatentEntry => entry.kind !== 'ddpm');
  const latent = await Promise.all(
    entries.map(async (entry) => ({
      entry,
      model: (entry.kind === 'vae' ? Vae : Hvae).load(entry, await files(entry)),
    })),
  );
  const vae = Vae.load(vaeEntry, await files(vaeEntry));
  const ddpm = Ddpm.load(ddpmEntry, await files(ddpmEntry));
  return { latent, vae, vaeEntry, ddpm, ddpmEntry };
}

async function files(entry: ModelEntry): Promise<Record<string, Uint8Array>> {
  const named = Object.entries(entry.files).map(
    async ([name, { path }]) =>
      [name, new Uint8Array(await readFile(at(`models/${path}`)))] as const,
  );
  return Object.fromEntries(await Promise.all(named));
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

/** A drawing as the digit that is scored. */
export const renderDrawing = (strokes: Float32Array[]): Uint8Array => renderDigit(strokes);
