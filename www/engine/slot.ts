import type { WorkerClient } from './client.ts';

/** A worker, and what it has been asked to start, to load and to begin: each of them once. */
export interface Slot {
  client: WorkerClient;
  begun: Map<'start', Promise<unknown>>;
  models: Map<string, Promise<unknown>>;
  jobs: Map<number, Promise<unknown>>;
  /** Takes spans of jobs. */
  busy: boolean;
  /** What else it has been given to do. */
  uses: number;
  /** Holds a model, so that there is room for it. */
  settled: boolean;
}

export const slotOf = (client: WorkerClient): Slot => ({
  client,
  begun: new Map(),
  models: new Map(),
  jobs: new Map(),
  busy: false,
  uses: 0,
  settled: false,
});

/** What is under way or done is not begun again; what failed is. */
export function once<K>(
  known: Map<K, Promise<unknown>>,
  key: K,
  begin: () => Promise<unknown>,
): Promise<unknown> {
  let promise = known.get(key);
  if (!promise) {
    promise = begin().catch((error) => {
      known.delete(key);
      throw error;
    });
    known.set(key, promise);
  }
  return promise;
}
