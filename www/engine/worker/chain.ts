/** Reverse chains and their frames, of one picture or of a grid whose shares other workers compute. */
import type { Ddpm, Sampler } from '../../pkg/elbo_room.js';
import type {
  AnyChain,
  ChainPlace,
  ChainStart,
  FilmFrames,
  ImageShape,
  SamplerOptions,
  SharedFrame,
} from '../protocol.ts';
import { shapeOf } from './images.ts';
import { ddpm, need } from './models.ts';
import { surface } from './surfaces.ts';
import { breathe, type Handlers, hold, inSlices } from './task.ts';

interface Chain {
  sampler: Sampler;
  shape: ImageShape;
}

const chains = new Map<AnyChain, Chain>();
/** Shares of another worker's grids. */
const assisted = new Map<ChainPlace, { grid: string; shares: Map<number, Sampler> }>();

const chainAt = (place: AnyChain) => need(chains.get(place), `chain ${place}`);

function endChain(place: AnyChain): void {
  chains.get(place)?.sampler.free();
  chains.delete(place);
}

function beginChain(model: Ddpm, options: SamplerOptions, start: ChainStart | null): Sampler {
  return start ? model.denoise(start.image, start.t, options) : model.sampler(options);
}

export const chainHandlers: Handlers<
  | 'schedules'
  | 'schedule'
  | 'chain'
  | 'advance'
  | 'endChain'
  | 'stored'
  | 'assist'
  | 'collect'
  | 'frame'
  | 'frames'
  | 'diffuse'
> = {
  schedules({ model: id }) {
    const model = ddpm(id);
    return { kinds: model.schedules, trainedSteps: model.trainedSteps ?? null };
  },

  schedule: ({ model, kind, steps }) => ddpm(model).schedule(kind, steps),

  chain({ place, model: id, options, start, shares }) {
    endChain(place);
    const model = ddpm(id);
    const sampler = beginChain(model, options, start);
    sampler.expectShares(shares);
    chains.set(place, { sampler, shape: shapeOf(model) });
    return { frames: sampler.length };
  },

  async advance({ place }, task) {
    const { sampler } = chainAt(place);
    // Kept aside: a cancelled call may come back to a chain that a newer one has freed.
    let { available } = sampler;
    const report = () => ({ available });
    const step = () => {
      if (!sampler.done) sampler.step();
      ({ available } = sampler);
      return !sampler.done;
    };
    await inSlices(task, step, report);
    return report();
  },

  endChain({ place }) {
    endChain(place);
    return null;
  },

  async stored({ place, index }, task) {
    const chain = chainAt(place);
    // While others were let in, the chain may have ended.
    const goesOn = () => chains.get(place) === chain && !task.cancelled;
    while (goesOn() && chain.sampler.available <= index && !chain.sampler.done) {
      chain.sampler.step();
      await breathe();
    }
    if (!goesOn()) throw new Error(`chain ${place} has ended`);
    return chain.sampler.frame(index);
  },

  async assist({ place, model, grid, share, options, start, from }, task) {
    let known = assisted.get(place);
    if (known?.grid !== grid) {
      for (const chain of known?.shares.values() ?? []) chain.free();
      known = { grid, shares: new Map() };
      assisted.set(place, known);
    }
    const chain = known.shares.get(share) ?? beginChain(ddpm(model), options, start);
    known.shares.set(share, chain);
    let next = from;
    const report = () => {
      const frames: SharedFrame[] = [];
      for (; next < chain.available; next++) {
        const { x, predictedX0, rmsToOriginal } = chain.frame(next);
        frames.push({ x, predictedX0, rmsToOriginal });
      }
      return frames;
    };
    const step = () => {
      if (!chain.done) chain.step();
      return !chain.done;
    };
    await inSlices(task, step, report);
    // Cancelled, it may have been freed meanwhile; and nobody would read the answer.
    return task.cancelled ? [] : report();
  },

  collect({ place, share, frames }) {
    const { sampler } = chainAt(place);
    const held = sampler.collect(share, frames);
    return { held, available: sampler.available };
  },

  async frame({ place, index, x, predictedX0, start, columns, hold: wait }) {
    const [xCanvas, predictedCanvas, startCanvas] = await Promise.all([
      surface(x),
      surface(predictedX0),
      start && surface(start),
    ]);
    const { sampler, shape } = chainAt(place);
    sampler.paint(xCanvas, index, 'x', columns);
    sampler.paint(predictedCanvas, index, 'predictedX0', columns);
    if (startCanvas) sampler.paint(startCanvas, 0, 'x', columns);
    if (wait) hold();
    return { ...sampler.frame(index), shape };
  },

  async frames({ place, indices }, task) {
    const chain = chainAt(place);
    const frames: FilmFrames['frames'] = [];
    for (const index of indices) {
      // While others were let in, the chain may have given way to another one.
      if (task.cancelled || chains.get(place) !== chain) break;
      const { t, x, predictedX0 } = chain.sampler.frame(index);
      frames.push({ t, x, predictedX0 });
      task.progress(frames.length / indices.length);
      await breathe();
    }
    return { shape: chain.shape, frames };
  },

  diffuse: ({ model, image, options }) => ddpm(model).diffuse(image, options),
};
