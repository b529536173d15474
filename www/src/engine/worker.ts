/**
 * A worker that owns one instance of the crate: the only file that imports the wasm package. The page starts it for
 * decoding, for sampling and for scoring, so that none of them ever waits for another, and as often as there are cores
 * for the bounds of the ELBO lab.
 */
import init, {
  alongPath,
  Ddpm,
  type DiffusionElbo,
  digitFromPixels,
  Evaluation,
  exampleDrawings,
  Hvae,
  interpolate,
  paint,
  parseManifest,
  randomSeed,
  renderDigit,
  type Sampler,
  toLevels,
  Vae,
} from '../../pkg/elbo_room.js';
import { toLatentGrid } from '../state.ts';
import { Fitting } from './fitting.ts';
import type {
  BoundProgress,
  ChainStart,
  CallName,
  Calls,
  Frame,
  FromWorker,
  GrowthResult,
  GrowthTask,
  LatentPoint,
  LatentSource,
  SamplerOptions,
  SharedFrame,
  ToWorker,
} from './protocol.ts';

/** What grows by independent evaluations that can be computed anywhere and recorded in one place. */
interface Run {
  readonly totalEvaluations: number;
  readonly evaluations: number;
  evaluate(index: number): Float64Array;
  record(index: number, values: Float64Array): boolean;
  result(): GrowthResult | undefined;
  free(): void;
}

interface Task<K extends CallName> {
  /** True once the page has cancelled the call. */
  readonly cancelled: boolean;
  progress(value: Calls[K]['progress']): void;
}

type Handlers = {
  [K in CallName]: (
    params: Calls[K]['params'],
    task: Task<K>,
  ) => Calls[K]['result'] | Promise<Calls[K]['result']>;
};

/** How long computing waits after a frame was asked for by hand. */
const HOLD_MS = 80;
/** Progress is posted at display rate at most, and messages are looked for as often. */
const PROGRESS_MS = 16;

/** Between two looks at a growing plane. */
const PLANE_MS = 50;

const surfaces = new Map<string, OffscreenCanvas>();
let vae: Vae | undefined;
let ddpm: Ddpm | undefined;
let sampler: Sampler | undefined;
/** Frames of the chains that other workers compute, share by share. */
let shared: SharedFrame[][] = [];
/** Shares of another worker's grid. */
let assisted = { grid: '', chains: new Map<number, Sampler>() };
let bound: { ticket: number; run: DiffusionElbo } | undefined;
const models = new Map<string, Vae | Hvae | Ddpm>();
const growths = new Map<number, Run>();
const fitting = new Fitting();
let evaluation: { json: string; scores: Evaluation } | undefined;
let holdUntil = 0;
let markStarted: () => void;
/** Calls that come before the crate is instantiated wait for it, in their order. */
const started = new Promise<void>((resolve) => (markStarted = resolve));

function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is not loaded in this worker`);
  return value;
}

const surface = (name: string) => need(surfaces.get(name), `canvas ${name}`);

const channel = new MessageChannel();
const resumptions: (() => void)[] = [];
channel.port1.onmessage = () => resumptions.shift()?.();

/** Lets the messages that arrived meanwhile be handled: cancellations and frames to show. */
async function breathe(): Promise<void> {
  const hold = holdUntil - performance.now();
  if (hold > 0) return new Promise((resolve) => setTimeout(resolve, hold));
  return new Promise((resolve) => {
    resumptions.push(resolve);
    channel.port2.postMessage(null);
  });
}

function point(model: Vae, at: LatentPoint): Float32Array {
  return Float32Array.from('seed' in at ? model.samplePrior(at.seed) : at.z, toLatentGrid);
}

/** Latents on the slider grid, so that what is decoded is what the sliders and the URL say. */
function locate(model: Vae, source: LatentSource): number[] {
  const find = () => {
    if ('a' in source) return interpolate(point(model, source.a), point(model, source.b), source.position, source.mode);
    if (!('path' in source)) return point(model, source);
    return alongPath(Float32Array.from(source.path), model.latents, Float64Array.of(source.position));
  };
  return Array.from(find(), toLatentGrid);
}

/** Calls `step` until it says that nothing is left or the page cancels, reporting through `report` in between. */
async function inSlices<K extends CallName>(task: Task<K>, step: () => boolean, report: () => Calls[K]['progress']) {
  let reported = 0;
  while (step()) {
    if (performance.now() - reported >= PROGRESS_MS) {
      reported = performance.now();
      task.progress(report());
    }
    await breathe();
    if (task.cancelled) break;
  }
}

function beginChain(options: SamplerOptions, start: ChainStart | null): Sampler {
  const model = need(ddpm, 'the DDPM');
  return start ? model.denoise(start.image, start.t, options) : model.sampler(options);
}

/** Frames that all shares of a grid have. */
const ofGrid = (own: Sampler) => Math.min(own.available, ...shared.map(({ length }) => length));

/** A frame of all chains, those of the other workers after one's own. */
function wholeFrame(own: Sampler, index: number): Frame {
  const frame = own.frame(index);
  const parts: SharedFrame[] = [frame, ...shared.map((frames) => need(frames[index], `frame ${index} of a share`))];
  const joined = (which: 'x' | 'predictedX0') => Uint8Array.from(parts.flatMap((part) => [...part[which]]));
  return {
    ...frame,
    x: joined('x'),
    predictedX0: joined('predictedX0'),
    rmsToOriginal: frame.rmsToOriginal && parts.flatMap(({ rmsToOriginal }) => rmsToOriginal ?? []),
  };
}

function vaeOf(id: string): Vae {
  const model = models.get(id);
  if (model instanceof Vae) return model;
  throw new Error(`${id} is no VAE in this worker`);
}

function hierarchy(id: string): Hvae {
  const model = models.get(id);
  if (model instanceof Hvae) return model;
  throw new Error(`${id} is no hierarchical VAE in this worker`);
}

/** Parsed anew only when the text is another. */
function evaluate(json: string): Evaluation {
  if (evaluation?.json !== json) {
    evaluation?.scores.free();
    evaluation = { json, scores: Evaluation.parse(json) };
  }
  return evaluation.scores;
}

function begin({ kind, model: id, image, options }: GrowthTask): Run {
  const model = need(models.get(id), id);
  if (kind === 'latent' && !(model instanceof Ddpm)) return model.bound(image, options);
  if (kind === 'diffusion' && model instanceof Ddpm) return model.elbo(image, options);
  if (kind === 'classes' && model instanceof Ddpm) return model.classify(image, options);
  throw new Error(`${id} has no growth of kind ${kind}`);
}

const handlers: Handlers = {
  async start({ module }) {
    await init({ module_or_path: module });
    markStarted();
    return null;
  },

  manifest: ({ json }) => parseManifest(json),

  load({ entry, files }) {
    const old = models.get(entry.id);
    old?.free();
    models.delete(entry.id);
    if (entry.kind === 'vae') {
      const model = files['encoder'] ? Vae.load(entry, files) : Vae.loadDecoder(entry, files);
      models.set(entry.id, model);
      // The first is the lab's; those that come later are asked for by their name.
      if (!vae || vae === old) vae = model;
    } else if (entry.kind === 'hvae') models.set(entry.id, Hvae.load(entry, files));
    else models.set(entry.id, (ddpm = Ddpm.load(entry, files)));
    return null;
  },

  surface({ name, canvas }) {
    surfaces.set(name, canvas);
    return null;
  },

  settle: () => null,

  randomSeed: () => randomSeed(),

  decode({ sources, surface: name, model: id }) {
    const model = id === undefined ? need(vae, 'the VAE') : vaeOf(id);
    const z = sources.map((source) => locate(model, source));
    const levels = toLevels(model.decode(Float32Array.from(z.flat())));
    paint(surface(name), levels, { width: model.width, height: model.height, columns: sources.length });
    return { z, levels };
  },

  async plane({ model, surface: name, range, grids }, task) {
    const plane = vaeOf(model).plane({ range, grids: [...grids] });
    try {
      // At once, and then as often as an eye can tell: painting the whole plane takes longer than decoding a tile.
      for (let painted = -PLANE_MS; ; ) {
        plane.step();
        const now = performance.now();
        if (plane.done || now - painted >= PLANE_MS) {
          plane.paint(surface(name));
          task.progress(plane.decoded / plane.total);
          painted = now;
        }
        if (plane.done) return null;
        await breathe();
        if (task.cancelled) return null;
      }
    } finally {
      plane.free();
    }
  },

  classRegions: ({ model, shares }) => vaeOf(model).classRegions(Float64Array.from(shares)),

  scoreVae({ image, samples, seed, surface: name }) {
    const model = need(vae, 'the VAE');
    const result = model.elbo(image, { samples, seed });
    const ink = result.binarized?.map((bit) => bit * 255) ?? image;
    paint(surface(name), ink, { width: model.width, height: model.height });
    return result;
  },

  schedule: ({ kind, steps }) => need(ddpm, 'the DDPM').schedule(kind, steps),

  chain({ options, start, shares }) {
    sampler?.free();
    sampler = undefined;
    shared = Array.from({ length: shares }, () => []);
    sampler = beginChain(options, start);
    return { frames: sampler.length };
  },

  async advance(_, task) {
    const chain = need(sampler, 'a chain');
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

  async assist({ grid, share, options, start, from }, task) {
    if (assisted.grid !== grid) {
      for (const chain of assisted.chains.values()) chain.free();
      assisted = { grid, chains: new Map() };
    }
    const chain = assisted.chains.get(share) ?? beginChain(options, start);
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
    return { held: held.length, available: ofGrid(need(sampler, 'a chain')) };
  },

  frame({ index, x, predictedX0, start, columns, hold }) {
    const model = need(ddpm, 'the DDPM');
    const chain = need(sampler, 'a chain');
    const frame = wholeFrame(chain, index);
    const layout = { width: model.width, height: model.height, columns };
    paint(surface(x), frame.x, layout);
    paint(surface(predictedX0), frame.predictedX0, layout);
    if (start) paint(surface(start), wholeFrame(chain, 0).x, layout);
    if (hold) holdUntil = performance.now() + HOLD_MS;
    const { t, logSnr, rmsToOriginal } = frame;
    return { index, t, logSnr, predictedX0: frame.predictedX0, rmsToOriginal };
  },

  fit: (request) => fitting.show(request, surface),

  async scoreDdpm({ ticket, image, options }, task) {
    const model = need(ddpm, 'the DDPM');
    if (bound?.ticket !== ticket) {
      bound?.run.free();
      bound = undefined;
      bound = { ticket, run: model.elbo(image, options) };
    }
    const { run } = bound;
    const total = run.totalEvaluations;
    let evaluations = run.evaluations;
    let result = run.result() ?? null;
    const report = (): BoundProgress => ({ evaluations, total, result });
    const step = () => {
      if (!run.done && run.step()) result = run.result() ?? null;
      evaluations = run.evaluations;
      return !run.done;
    };
    await inSlices(task, step, report);
    return report();
  },

  openGrowth({ ticket, task }) {
    growths.get(ticket)?.free();
    growths.delete(ticket);
    const run = begin(task);
    growths.set(ticket, run);
    return { total: run.totalEvaluations };
  },

  async evaluate({ ticket, from, to }, task) {
    const values: Float64Array[] = [];
    let breathed = performance.now();
    for (let index = from; index < to && !task.cancelled; index++) {
      // Looked up each time: it may be closed in a pause.
      values.push(need(growths.get(ticket), 'a growth').evaluate(index));
      if (performance.now() - breathed < PROGRESS_MS) continue;
      await breathe();
      breathed = performance.now();
    }
    return values;
  },

  record({ ticket, from, values }) {
    const run = need(growths.get(ticket), 'a growth');
    let changed = false;
    values.forEach((value, i) => (changed = run.record(from + i, value) || changed));
    return { evaluations: run.evaluations, result: changed ? (run.result() ?? null) : null };
  },

  closeGrowth({ ticket }) {
    growths.get(ticket)?.free();
    growths.delete(ticket);
    return null;
  },

  evaluation: ({ json }) => evaluate(json).models,

  percentile: ({ json, model, elbo }) => evaluate(json).percentile(model, elbo),

  examples: () => exampleDrawings(),

  renderDigit: ({ strokes }) => renderDigit(strokes),

  digitFromPixels: ({ rgba, width, height }) => digitFromPixels(rgba, width, height),

  diffuse: ({ image, options }) => need(ddpm, 'the DDPM').diffuse(image, options),

  generate: ({ model, seeds }) => seeds.map((layers) => toLevels(hierarchy(model).generate({ seeds: layers }))),

  reconstruct: ({ model, image, layers, seeds }) =>
    seeds.map((seed) => toLevels(hierarchy(model).reconstruct(image, { posteriorLayers: layers, seed }))),
};

const cancellations = new Map<number, () => void>();

/** A trap leaves the instance's memory in an unknown state; every other error leaves it sound. */
const isTrap = (error: unknown) => error instanceof WebAssembly.RuntimeError || error instanceof RangeError;

async function serve<K extends CallName>(id: number, call: K, params: Calls[K]['params']): Promise<void> {
  let cancelled = false;
  cancellations.set(id, () => (cancelled = true));
  const post = (message: FromWorker) => postMessage(message);
  try {
    if (call !== 'start') await started;
    const task: Task<K> = {
      get cancelled() {
        return cancelled;
      },
      progress: (progress) => post({ id, progress }),
    };
    post({ id, result: await handlers[call](params, task) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    post({ id, error: { name, message }, fatal: isTrap(error) });
  } finally {
    cancellations.delete(id);
  }
}

onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if ('cancel' in data) cancellations.get(data.cancel)?.();
  else void serve(data.id, data.call, data.params);
};
