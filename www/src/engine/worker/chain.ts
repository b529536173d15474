/** The reverse chain and its frames, of one picture or of a grid whose shares other workers compute. */
import type { Ddpm, Sampler } from '../../../pkg/elbo_room.js';
import type {
  ChainStart,
  FilmFrames,
  Frame,
  ImageShape,
  SamplerOptions,
  SharedFrame,
} from '../protocol.ts';
import { paintImages, shapeOf } from './images.ts';
import { ddpm, need } from './models.ts';
import { surface } from './surfaces.ts';
import { breathe, type Handlers, hold, inSlices } from './task.ts';

let own: { sampler: Sampler; shape: ImageShape } | undefined;
/** Frames of the chains that other workers compute, share by share. */
let shared: SharedFrame[][] = [];
/** Shares of another worker's grid. */
let assisted = { grid: '', chains: new Map<number, Sampler>() };

const ownChain = () => need(own, 'a chain');

function beginChain(model: Ddpm, options: SamplerOptions, start: ChainStart | null): Sampler {
  return start ? model.denoise(start.image, start.t, options) : model.sampler(options);
}

/** Frames that all shares of a grid have. */
const ofGrid = (own: Sampler) => Math.min(own.available, ...shared.map(({ length }) => length));

/** A frame of all chains, those of the other workers after one's own. */
function wholeFrame(own: Sampler, index: number): Frame {
  const frame = own.frame(index);
  const parts: SharedFrame[] = [
    frame,
    ...shared.map((frames) => need(frames[index], `frame ${index} of a share`)),
  ];
  const joined = (which: 'x' | 'predictedX0') =>
    Uint8Array.from(parts.flatMap((part) => [...part[which]]));
  return {
    ...frame,
    x: joined('x'),
    predictedX0: joined('predictedX0'),
    rmsToOriginal: frame.rmsToOriginal && parts.flatMap(({ rmsToOriginal }) => rmsToOriginal ?? []),
  };
}

export const chainHandlers: Handlers<
  | 'schedules'
  | 'schedule'
  | 'chain'
  | 'advance'
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

  chain({ model: id, options, start, shares }) {
    own?.sampler.free();
    own = undefined;
    shared = Array.from({ length: shares }, () => []);
    const model = ddpm(id);
    const sampler = beginChain(model, options, start);
    own = { sampler, shape: shapeOf(model) };
    return { frames: sampler.length };
  },

  async advance(_, task) {
    const chain = ownChain().sampler;
    // Kept aside: a cancelled call may come back to a chain that a newer one has freed.
    let available = ofGrid(chain);
    const report = () => ({ available });
    const step = () => {
      if (!chain.done) chain.step();
      available = ofGrid(chain);
      return !chain.done;
    };
    await inSlices(task, step, report);
    return report();
  },

  async assist({ model, grid, share, options, start, from }, task) {
    if (assisted.grid !== grid) {
      for (const chain of assisted.chains.values()) chain.free();
      assisted = { grid, chains: new Map() };
    }
    const chain = assisted.chains.get(share) ?? beginChain(ddpm(model), options, start);
    assisted.chains.set(share, chain);
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

  collect({ share, frames }) {
    const held = need(shared[share], `share ${share}`);
    held.push(...frames);
    return { held: held.length, available: ofGrid(ownChain().sampler) };
  },

  async frame({ index, x, predictedX0, start, columns, hold: wait }) {
    const [xCanvas, predictedCanvas, startCanvas] = await Promise.all([
      surface(x),
      surface(predictedX0),
      start && surface(start),
    ]);
    const { sampler: chain, shape } = ownChain();
    const frame = wholeFrame(chain, index);
    paintImages(xCanvas, frame.x, shape, columns);
    paintImages(predictedCanvas, frame.predictedX0, shape, columns);
    if (startCanvas) paintImages(startCanvas, wholeFrame(chain, 0).x, shape, columns);
    if (wait) hold();
    const { t, logSnr, rmsToOriginal } = frame;
    return { index, t, logSnr, predictedX0: frame.predictedX0, shape, rmsToOriginal };
  },

  async frames({ indices }, task) {
    const { sampler, shape } = ownChain();
    const frames: FilmFrames['frames'] = [];
    for (const index of indices) {
      // While others were let in, the chain may have given way to another one.
      if (task.cancelled || own?.sampler !== sampler) break;
      const { t, x, predictedX0 } = wholeFrame(sampler, index);
      frames.push({ t, x, predictedX0 });
      task.progress(frames.length / indices.length);
      await breathe();
    }
    return { shape, frames };
  },

  diffuse: ({ model, image, options }) => ddpm(model).diffuse(image, options),
};
