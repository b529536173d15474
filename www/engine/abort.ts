import { CancelledError } from './errors.ts';

/** What was cancelled by a signal rejects with the signal's reason, as `fetch` does. */
export async function abortable<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  try {
    return await work();
  } catch (error) {
    if (error instanceof CancelledError) signal.throwIfAborted();
    throw error;
  }
}

/** Aborted by whichever comes first. */
export const either = (signal: AbortSignal | undefined, other: AbortSignal): AbortSignal =>
  signal ? AbortSignal.any([signal, other]) : other;
