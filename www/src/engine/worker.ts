/**
 * A worker that owns one instance of the crate: the only file that imports the wasm package. The page starts it three
 * times, for decoding, for sampling and for scoring, so that none of them ever waits for another.
 */
import init, {
  Ddpm,
  type DiffusionElbo,
  interpolate,
  paint,
  parseManifest,
  randomSeed,
  type Sampler,
  toLevels,
  Vae,
} from '../../pkg/elbo_room.js';
import { toLatentGrid } from '../state.ts';
import type { BoundProgress, CallName, Calls, FromWorker, LatentPoint, LatentSource, ToWorker } from './protocol.ts';

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
/** Progress is posted at display rate at most. */
const PROGRESS_MS = 16;

const surfaces = new Map<string, OffscreenCanvas>();
let vae: Vae | undefined;
let ddpm: Ddpm | undefined;
let sampler: Sampler | undefined;
let bound: { ticket: number; run: DiffusionElbo } | undefined;
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
  const z = 'a' in source
    ? interpolate(point(model, source.a), point(model, source.b), source.position, source.mode)
    : point(model, source);
  return Array.from(z, toLatentGrid);
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

const handlers: Handlers = {
  async start({ module }) {
    await init({ module_or_path: module });
    markStarted();
    return null;
  },

  manifest: ({ json }) => parseManifest(json),

  load({ entry, files }) {
    if (entry.kind === 'vae') {
      vae?.free();
      vae = undefined;
      vae = Vae.load(entry, files);
    } else if (entry.kind === 'ddpm') {
      ddpm?.free();
      ddpm = undefined;
      ddpm = Ddpm.load(entry, files);
    }
    return null;
  },

  surface({ name, canvas }) {
    surfaces.set(name, canvas);
    return null;
  },

  randomSeed: () => randomSeed(),

  decode({ sources, surface: name }) {
    const model = need(vae, 'the VAE');
    const z = sources.map((source) => locate(model, source));
    const levels = toLevels(model.decode(Float32Array.from(z.flat())));
    paint(surface(name), levels, { width: model.width, height: model.height, columns: sources.length });
    return { z, levels };
  },

  scoreVae({ image, samples, seed, surface: name }) {
    const model = need(vae, 'the VAE');
    const result = model.elbo(image, { samples, seed });
    const ink = result.binarized.map((bit) => bit * 255);
    paint(surface(name), ink, { width: model.width, height: model.height });
    return result;
  },

  schedule: ({ kind, steps }) => need(ddpm, 'the DDPM').schedule(kind, steps),

  chain({ options }) {
    sampler?.free();
    sampler = undefined;
    sampler = need(ddpm, 'the DDPM').sampler(options);
    return { frames: sampler.length };
  },

  async advance(_, task) {
    const chain = need(sampler, 'a chain');
    // Kept aside: a cancelled call may come back to a chain that a newer one has freed.
    let available = chain.available;
    const report = () => ({ available });
    const step = () => {
      if (!chain.done) chain.step();
      available = chain.available;
      return !chain.done;
    };
    await inSlices(task, step, report);
    return report();
  },

  frame({ index, x, predictedX0, columns, hold }) {
    const model = need(ddpm, 'the DDPM');
    const frame = need(sampler, 'a chain').frame(index);
    const layout = { width: model.width, height: model.height, columns };
    paint(surface(x), frame.x, layout);
    paint(surface(predictedX0), frame.predictedX0, layout);
    if (hold) holdUntil = performance.now() + HOLD_MS;
    return { index: frame.index, t: frame.t, logSnr: frame.logSnr, predictedX0: frame.predictedX0 };
  },

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
