/**
 * A worker that owns one instance of the crate; what it does with it lies in `worker/`, the only folder that imports the wasm
 * package. The page starts it for decoding, for sampling and for scoring, so that none of them ever waits for another, and
 * as often as there are cores for the bounds of the ELBO lab.
 */
import init from '../pkg/elbo_room.js';
import type { CallName, Calls, FromWorker, ToWorker } from './calls.ts';
import { toWire } from './errors.ts';
import { boundHandlers } from './worker/bounds.ts';
import { chainHandlers } from './worker/chain.ts';
import { fitFrames, Fitting } from './worker/fitting.ts';
import { foreignHandlers } from './worker/foreign.ts';
import { latentHandlers } from './worker/latent.ts';
import { modelHandlers } from './worker/models.ts';
import { pictureHandlers } from './worker/pictures.ts';
import { planeHandlers } from './worker/plane.ts';
import { setHandlers } from './worker/sets.ts';
import { surface, surfaceHandlers } from './worker/surfaces.ts';
import type { Handlers, Task } from './worker/task.ts';

const fittings = { a: new Fitting(), b: new Fitting() };
let markStarted: () => void;
/** Calls that come before the crate is instantiated wait for it, in their order. */
const started = new Promise<void>((resolve) => (markStarted = resolve));

const handlers: Handlers = {
  async start({ module }) {
    await init({ module_or_path: module });
    markStarted();
    return null;
  },

  settle: () => null,

  async fit(request) {
    if (request.place === 'b')
      return fittings.b.show(request, { reverse: await surface('inference-b') });
    const [reverse, forward] = await Promise.all([
      surface('inference-reverse'),
      surface('inference-forward'),
    ]);
    return fittings.a.show(request, { reverse, forward });
  },

  fitFrames,

  ...surfaceHandlers,
  ...modelHandlers,
  ...foreignHandlers,
  ...latentHandlers,
  ...chainHandlers,
  ...boundHandlers,
  ...pictureHandlers,
  ...planeHandlers,
  ...setHandlers,
};

const cancellations = new Map<number, () => void>();

/** A trap leaves the instance's memory in an unknown state; every other error leaves it sound. */
const isTrap = (error: unknown) =>
  error instanceof WebAssembly.RuntimeError || error instanceof RangeError;

async function serve<K extends CallName>(
  id: number,
  call: K,
  params: Calls[K]['params'],
): Promise<void> {
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
    post({ id, error: toWire(error), fatal: isTrap(error) });
  } finally {
    cancellations.delete(id);
  }
}

/** Never lets go: the lock is free when the worker is gone. */
async function hold(watch: string | null): Promise<void> {
  const say = (watched: string | null) => postMessage({ watched } satisfies FromWorker);
  if (watch === null) {
    say(null);
    return;
  }
  const held = navigator.locks.request(watch, () => {
    say(watch);
    return new Promise(() => undefined);
  });
  await held.catch(() => say(null));
}

/** Whatever it was, it would never be answered. */
onmessageerror = () => {
  throw new Error('unreadable message');
};

onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if ('watch' in data) void hold(data.watch);
  else if ('cancel' in data) cancellations.get(data.cancel)?.();
  else void serve(data.id, data.call, data.params);
};
