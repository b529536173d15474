/** The other end of a WorkerClient: answers calls, in the worker that runs this. */
import type { CallMap, FromWorker, ToWorker } from './calls.ts';
import { toWire } from './errors.ts';

/** What the handler of a call is given beside its parameters. */
export interface TaskOf<Progress> {
  /** True once the page has cancelled the call. */
  readonly cancelled: boolean;
  progress(value: Progress): void;
}

export type HandlersOf<C extends CallMap<C>> = {
  [K in keyof C]: (
    params: C[K]['params'],
    task: TaskOf<C[K]['progress']>,
  ) => C[K]['result'] | Promise<C[K]['result']>;
};

/** A trap leaves the instance's memory in an unknown state; every other error leaves it sound. */
const isTrap = (error: unknown) =>
  error instanceof WebAssembly.RuntimeError || error instanceof RangeError;

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

/** Answers calls from here on; those that come before `start` has been answered wait for it, in their order. */
export function serve<C extends CallMap<C> & { start: unknown }>(handlers: HandlersOf<C>): void {
  const cancellations = new Map<number, () => void>();
  let markStarted: () => void;
  const started = new Promise<void>((resolve) => (markStarted = resolve));
  const post = (message: { id: number; result: unknown } | { id: number; progress: unknown }) =>
    postMessage(message);

  async function answer<K extends keyof C>(id: number, call: K, params: C[K]['params']) {
    let cancelled = false;
    cancellations.set(id, () => (cancelled = true));
    try {
      if (call !== 'start') await started;
      const result = await handlers[call](params, {
        get cancelled() {
          return cancelled;
        },
        progress: (progress) => post({ id, progress }),
      });
      if (call === 'start') markStarted();
      post({ id, result });
    } catch (error) {
      postMessage({ id, error: toWire(error), fatal: isTrap(error) } satisfies FromWorker);
    } finally {
      cancellations.delete(id);
    }
  }

  // Whatever it was, it would never be answered.
  onmessageerror = () => {
    throw new Error('unreadable message');
  };

  onmessage = ({ data }: MessageEvent<ToWorker<C>>) => {
    if ('watch' in data) void hold(data.watch);
    else if ('cancel' in data) cancellations.get(data.cancel)?.();
    else void answer(data.id, data.call, data.params);
  };
}
