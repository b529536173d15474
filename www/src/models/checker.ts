import type { CallName, Calls } from '../../engine/calls.ts';
import type { WorkerClient } from '../../engine/client.ts';
import { WorkerLostError } from '../../engine/errors.ts';
import type { Engine } from '../engine/engine.svelte.ts';

/** It did not end in time. */
export class TimeLimitError extends Error {
  override name = 'TimeLimitError';
  constructor(readonly seconds: number) {
    super(`stopped after ${seconds} s`);
  }
}

export const FIRST_LIMIT_MS = 20_000;
/** Whoever asks again, after the time was up, knows that his model is slow. */
const LIMIT_GROWTH = 3;

/** A worker for files that nobody knows, with a limit of time. */
export class Checker {
  #worker: Promise<WorkerClient> | null = null;
  #client: WorkerClient | null = null;
  #limit = FIRST_LIMIT_MS;

  constructor(private readonly engine: Pick<Engine, 'checker'>) {}

  get limitSeconds(): number {
    return this.#limit / 1000;
  }

  get busy(): boolean {
    return this.#client?.busy ?? false;
  }

  allowMore(): void {
    this.#limit *= LIMIT_GROWTH;
  }

  /** Asks the worker, which is ended when the time is up: what it is at cannot be interrupted otherwise. */
  async ask<K extends CallName>(call: K, params: Calls[K]['params']): Promise<Calls[K]['result']> {
    this.#worker ??= this.engine.checker(() => {
      this.#worker = this.#client = null;
    });
    const client = (this.#client = await this.#worker);
    const time = { up: false };
    const timer = setTimeout(() => {
      time.up = true;
      if (client === this.#client) this.end();
    }, this.#limit);
    try {
      return await client.call(call, params);
    } catch (error) {
      if (time.up) throw new TimeLimitError(this.limitSeconds);
      // A trap, or no memory: the file's doing, unless the worker was ended from here.
      if (error instanceof WorkerLostError && client !== this.#client)
        throw Object.assign(new Error(error.message), { name: 'RuntimeError' });
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the worker; the next question gets another. */
  end(): void {
    this.#client?.close();
    this.#worker = this.#client = null;
  }

  /** With the time of the beginning. */
  reset(): void {
    this.end();
    this.#limit = FIRST_LIMIT_MS;
  }
}
