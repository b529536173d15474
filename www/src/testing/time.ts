import { vi } from 'vitest';

/** Waits for `promise` under fake timers, and lets the clock go on to the next timer as often as that takes. */
export async function inTime<T>(promise: Promise<T>): Promise<T> {
  const state = { open: true };
  const close = () => (state.open = false);
  promise.then(close, close);
  // A promise may settle some turns after the timer that leads to it.
  for (let idle = 0; state.open && idle < 100; idle = vi.getTimerCount() > 0 ? 0 : idle + 1)
    await vi.advanceTimersToNextTimerAsync();
  if (state.open) throw new Error('nothing is left that could settle the promise');
  return promise;
}
