import { isDiffusion, isHierarchy, MNIST_SHAPE } from '../../../engine/facts.ts';
import type { DdpmEntry, ModelEntry } from '../../../engine/protocol.ts';
import { settings } from './settings.ts';
import { bound } from '../../schema/bound.ts';
import { standardOf } from '../../schema/rows.ts';
import type { PageState } from '../../state.ts';
import type { Site } from '../../../vite/site.ts';
import { drawingsOf } from '../../../vite/pictures/drawings.ts';
import type { Painter } from '../../../vite/pictures/painter.ts';
import { type Point, Sheet, WHOLE } from '../../../vite/pictures/sheet.ts';

/** Fewer than the page takes: a build is not to wait longer. */
const MOST_TIMESTEPS = 16;
const MOST_SAMPLES = 300;
/** Draws that are computed together. */
const BATCH = 8;

const STANDARD = standardOf(settings.elbo);
const BOUND = standardOf(bound);

/** The image as a model sees it again: reconstructed, or predicted from it with noise. */
async function again(
  site: Site,
  entry: ModelEntry,
  image: Uint8Array,
  { elbo, bound: chain }: PageState,
): Promise<Uint8Array> {
  const { seed, steps, t, given } = elbo;
  if (isDiffusion(entry)) {
    const { schedule } = chain;
    const model = await site.model(entry);
    return model.diffuse(image, { t, steps, seed, schedule, class: given }).predictedX0;
  }
  if (isHierarchy(entry))
    return site.crate.toLevels((await site.model(entry)).reconstruct(image, { seed }));
  const model = await site.model(entry);
  const { mean } = model.encode(Float32Array.from(image, (level) => level / 255));
  return site.crate.toLevels(model.decode(mean));
}

/** Cost of each timestep, over the share of the chain that lies above it; a root keeps the small ones in sight. */
async function costsOf(
  site: Site,
  entry: DdpmEntry,
  image: Uint8Array,
  { elbo, bound: chain }: PageState,
  steps: number,
): Promise<Point[]> {
  const model = await site.model(entry);
  const running = model.elbo(image, {
    schedule: chain.schedule,
    steps,
    timesteps: MOST_TIMESTEPS,
    seed: elbo.seed,
  });
  while (!running.done) running.advance(BATCH);
  const terms = running.result()?.perTimestep ?? [];
  running.free();
  const costs = terms.map(({ t, nats }) => [t / steps, Math.sqrt(Math.max(0, nats))] as const);
  const most = Math.max(...costs.map(([, cost]) => cost));
  return costs.map(([share, cost]) => [share, cost / most]);
}

/** L_K over log K, from the ELBO up. */
async function boundsOf(
  site: Site,
  image: Uint8Array,
  { elbo, decoder }: PageState,
): Promise<Point[]> {
  const entry = site.entry('decoder', decoder);
  if (!entry) return [];
  const running = (await site.model(entry)).bound(image, {
    samples: Math.min(MOST_SAMPLES, elbo.samples),
    proposal: 'posterior',
    seed: elbo.seed,
  });
  while (!running.done) running.advance(BATCH);
  const found = running.result()?.importance ?? [];
  running.free();
  const [least = 0, ...others] = found.map(({ bound: { mean } }) => mean);
  const span = Math.max(...others.map((mean) => mean - least), 1);
  const longest = Math.log(STANDARD.samples);
  return found.map(({ k, bound: { mean } }) => [
    Math.log(k) / longest,
    0.1 + (0.8 * (mean - least)) / span,
  ]);
}

/** Two models side by side, the course of a bound where its settings are the point, or the image as a model sees it again. */
export const picture: Painter = async (site, state) => {
  const { elbo, besideBounds: beside, bound: chain } = state;
  const drawings = drawingsOf(site.crate);
  const wanted = 'example' in elbo.image ? elbo.image.example : '';
  const drawing = drawings.find(({ name }) => name === wanted) ?? drawings[0];
  const vae = site.entry('decoder', state.decoder);
  const ddpm = site.entry('sampler', state.sampler);
  if (!drawing || !vae || !ddpm) return null;
  const { levels } = drawing;
  const sheet = new Sheet(site.crate);
  const byId = (id: string | null) => site.entries.find((entry) => entry.id === id);

  const a = byId(beside.a);
  const b = byId(beside.b ?? beside.a);
  if (a && isDiffusion(a) && a === b) {
    sheet.image(levels, MNIST_SHAPE, 0).axes();
    const lengths = [beside.steps ?? elbo.steps, elbo.steps];
    for (const [i, steps] of lengths.entries())
      sheet.curve(i === 0 ? 'line-b' : 'line', await costsOf(site, a, levels, state, steps));
    return sheet.picture;
  }
  if (a && b) {
    sheet.image(await again(site, a, levels, state), a.image, 0);
    return sheet.image(await again(site, b, levels, state), b.image, WHOLE).picture;
  }
  if (elbo.steps !== STANDARD.steps || chain.schedule !== BOUND.schedule) {
    sheet.image(levels, MNIST_SHAPE, 0).axes();
    return sheet.curve('line', await costsOf(site, ddpm, levels, state, elbo.steps)).picture;
  }
  if (elbo.samples !== STANDARD.samples || elbo.proposal !== STANDARD.proposal) {
    sheet.image(levels, MNIST_SHAPE, 0).axes();
    return sheet.curve('line', await boundsOf(site, levels, state)).picture;
  }
  sheet.image(levels, MNIST_SHAPE, 0);
  const by = elbo.given === null ? vae : ddpm;
  return sheet.image(await again(site, by, levels, state), by.image, WHOLE).picture;
};
