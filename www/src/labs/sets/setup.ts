/** From the settings and a model to what its images are scored with, and how that is told to others. Pure. */
import { classesOf, isDiffusion, isLatent, taskOf } from '../../../engine/facts.ts';
import { isOwn } from '../../../engine/own.ts';
import type { FileEntry, ModelEntry } from '../../../engine/protocol.ts';
import { columnsOf } from '../../../engine/scores.ts';
import { fitClass } from '../../models/classes.ts';
import type { Reproduction, Run } from './export.ts';
import type { SetInfo } from './library.svelte.ts';
import type { Setup } from './scoring.svelte.ts';
import { type SetsSettings, STEPS } from './settings.ts';

/** Another version may give other numbers: what is kept under this is not taken up again. */
const FORMAT = 1;

const filesOf = ({ files }: ModelEntry) =>
  Object.entries<FileEntry>(files).map(([role, { sha256 = '' }]) => [role, sha256] as const);

/** The class that a model with latents is conditioned on, of what is wanted; null for others. */
export const givenOf = (entry: ModelEntry | undefined, wanted: number | null): number | null =>
  entry && isLatent(entry) && classesOf(entry).length > 0 ? fitClass(entry, wanted) : null;

/**
 * `given` is the class of a VAE that is conditioned on one, `order` the seed of the order of the images: that of another scoring, where
 * this one stands beside it.
 */
export function setupOf(
  settings: SetsSettings,
  entry: ModelEntry,
  given: number | null,
  order = settings.seed,
): Setup {
  const { draws, proposal, schedule, timesteps, seed } = settings;
  const latent = { samples: draws, proposal, ...(given !== null && { class: given }) };
  const diffusion = { schedule, steps: STEPS, timesteps, consistency: true };
  const own = isDiffusion(entry) ? Object.values(diffusion) : Object.values(latent);
  const files = filesOf(entry).map(([, sha256]) => sha256.slice(0, 8));
  const seeds = order === seed ? [seed] : [seed, `of${order}`];
  const name = [FORMAT, __CRATE_VERSION__, entry.id, ...files, ...own, ...seeds].join('_');
  return {
    key: name.replaceAll(/[^\w-]/g, '-'),
    model: entry.id,
    columns: columnsOf(entry).length,
    order,
    options: { seed, latent, diffusion },
  };
}

/** The options of a command as the program `evaluate` takes them. */
function commandOf(settings: SetsSettings, entry: ModelEntry, images: number): string {
  const { draws, proposal, schedule, timesteps, seed } = settings;
  const many = [
    `--images 1 --importance-images ${images}`,
    `--importance-samples ${draws}`,
    `--proposal ${proposal}`,
  ];
  const latent = proposal === 'posterior' ? [`--images ${images}`, `--samples ${draws}`] : many;
  const diffusion = [
    `--images ${images}`,
    `--schedule ${schedule} --steps ${STEPS}`,
    `--timesteps ${timesteps}`,
  ];
  return [
    'cargo run --release --example evaluate -- --data DIR',
    // What the page exports of a model of the visitor's own, unpacked.
    ...(isOwn(entry.id) ? ['--manifest MODEL/manifest.json'] : []),
    `--models ${entry.id}`,
    ...(isDiffusion(entry) ? diffusion : latent),
    `--seed ${seed}`,
  ].join(' ');
}

/** What one scoring is a function of, but for the images. */
export function runOf(
  settings: SetsSettings,
  entry: ModelEntry,
  { title, given }: { title: string; given: number | null },
): Run {
  const { draws, proposal, schedule, timesteps, seed } = settings;
  return {
    model: {
      id: entry.id,
      title,
      task: taskOf(entry),
      files: Object.fromEntries(filesOf(entry)),
    },
    estimator: isDiffusion(entry)
      ? { schedule, steps: STEPS, timesteps }
      : { samples: draws, proposal, ...(given !== null && { class: given }) },
    seed,
  };
}

export function reproductionOf(
  settings: SetsSettings,
  entry: ModelEntry,
  set: SetInfo,
  about: { address: string; title: string; images: number; given: number | null },
): Reproduction {
  const { height, width, channels } = set.shape;
  return {
    program: 'elbo-room',
    version: __CRATE_VERSION__,
    address: about.address,
    dataset: {
      name: set.name,
      sha256: set.sha256,
      images: set.count,
      shape: [height, width, channels],
    },
    ...runOf(settings, entry, about),
    command: commandOf(settings, entry, about.images),
  };
}
