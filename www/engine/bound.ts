/** Bounds as those who use the package see them: iterated as they grow, or awaited. */
import type { Bound } from './api.ts';
import type { JobState } from './job.ts';

/** Begins to compute, and tells how far it is. */
export type Begin<Result> = (onChange: (state: State<Result>) => void) => { drop(): void };

export type State<Result> = Pick<JobState, 'status' | 'evaluations' | 'total' | 'error'> & {
  result: Result | null;
};

interface Run<Result> {
  state: State<Result>;
  /** Whether the result is complete, or an error. */
  ended: boolean;
  /** Calls whoever waits for a change. */
  wake: Set<() => void>;
  handle: { drop(): void };
}

/** Computed once, however often it is iterated or awaited; dropped when nobody is left who waits for it. */
export class GrowingBound<Result> implements Bound<Result> {
  #run: Run<Result> | null = null;
  #waiting = 0;

  constructor(
    readonly seed: number,
    private readonly begin: Begin<Result>,
    private readonly signal?: AbortSignal,
  ) {}

  get evaluations(): number {
    return this.#run?.state.evaluations ?? 0;
  }

  get total(): number | null {
    return this.#run?.state.total ?? null;
  }

  then<A = Result, B = never>(
    onfulfilled?: ((value: Result) => A | PromiseLike<A>) | null,
    onrejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#last().then(onfulfilled, onrejected);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Result, void, void> {
    const run = this.#enter();
    let shown: Result | null = null;
    try {
      for (;;) {
        this.signal?.throwIfAborted();
        const { result, error } = run.state;
        if (error) throw error;
        if (result !== null && result !== shown) {
          yield (shown = result);
          continue;
        }
        if (run.ended) return;
        await this.#change(run);
      }
    } finally {
      this.#leave(run);
    }
  }

  async #last(): Promise<Result> {
    let last: Result | null = null;
    for await (const result of this) last = result;
    if (last === null) throw new Error('nothing was computed');
    return last;
  }

  #change(run: Run<Result>): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        run.wake.delete(done);
        this.signal?.removeEventListener('abort', done);
        resolve();
      };
      run.wake.add(done);
      this.signal?.addEventListener('abort', done);
    });
  }

  #enter(): Run<Result> {
    this.signal?.throwIfAborted();
    this.#waiting++;
    if (this.#run) return this.#run;
    const idle: State<Result> = {
      status: 'running',
      evaluations: 0,
      total: null,
      error: null,
      result: null,
    };
    const run = { state: idle, ended: false, wake: new Set<() => void>() } as Run<Result>;
    this.#run = run;
    run.handle = this.begin((state) => {
      run.state = state;
      run.ended = state.status === 'done' || state.status === 'failed';
      for (const wake of [...run.wake]) wake();
    });
    return run;
  }

  #leave(run: Run<Result>): void {
    if (--this.#waiting > 0 && !run.ended) return;
    run.handle.drop();
    // What was left before its end begins anew when it is asked for again.
    if (!run.ended || run.state.error) this.#run = null;
  }
}
