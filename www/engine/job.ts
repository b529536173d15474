import type { JobResult, JobTask } from './protocol.ts';
import type { Slot } from './slot.ts';

/** The evaluations `from` to `to` - 1. */
export interface Span {
  from: number;
  to: number;
}

export type JobStatus = 'running' | 'paused' | 'done' | 'failed';

/** The state of a job; `result` is of the first `evaluations` evaluations. */
export interface JobState {
  status: JobStatus;
  evaluations: number;
  /** null until a worker has begun it. */
  total: number | null;
  result: JobResult | null;
  error: Error | null;
}

export interface Home {
  slot: Slot;
  recorded: number;
}

/**
 * The pool's record of one job: evaluations to be done, evaluations under way, and the values so far. The values are kept
 * here, so that the crash of a worker loses only what it was computing.
 */
export class Job {
  state: JobState = {
    status: 'running',
    evaluations: 0,
    total: null,
    result: null,
    error: null,
  };
  /** Time that workers have spent on it, in milliseconds: the pool prefers the jobs that have had least. */
  spent = 0;
  /** Mean time of one evaluation; null before the first. */
  pace: number | null = null;
  /** Aborts the spans that workers are computing. */
  abort = new AbortController();
  /** The worker that records values, and how many it has recorded; null before there is one, and after its crash. */
  home: Home | null = null;
  /** Whether values are being sent to the worker that records. */
  recording = false;
  /** Whether the first worker is about to begin it. */
  opening = false;
  /** Whether it was dropped: its result is not needed any more. */
  dropped = false;
  #values: (Float64Array | undefined)[] = [];
  #next = 0;
  #returned: Span[] = [];
  #complete = 0;

  constructor(
    readonly id: number,
    readonly task: JobTask,
    readonly rank: number,
    readonly owner: string,
    private readonly onChange: (state: JobState) => void,
  ) {}

  change(part: Partial<JobState>): void {
    this.state = { ...this.state, ...part };
    this.onChange(this.state);
  }

  /** Discards evaluations under way; keeps the values so far. */
  interrupt(): void {
    this.abort.abort();
    this.abort = new AbortController();
  }

  /** Whether it waits for the first worker to begin it. */
  get unopened(): boolean {
    return this.state.status === 'running' && this.state.total === null && !this.opening;
  }

  /** Whether there are evaluations to hand out. */
  get open(): boolean {
    const { status, total } = this.state;
    return (
      status === 'running' && total !== null && (this.#returned.length > 0 || this.#next < total)
    );
  }

  /** Up to `count` evaluations that no worker is computing, the earliest first. */
  take(count: number): Span {
    const total = this.state.total ?? 0;
    const again = this.#returned.shift();
    if (!again) {
      const from = this.#next;
      this.#next = Math.min(total, from + count);
      return { from, to: this.#next };
    }
    const to = Math.min(again.to, again.from + count);
    if (to < again.to) this.#returned.unshift({ from: to, to: again.to });
    return { from: again.from, to };
  }

  /** Returns a span without values, to be taken again. */
  giveBack(span: Span): void {
    if (span.to <= span.from) return;
    this.#returned.push(span);
    this.#returned.sort((a, b) => a.from - b.from);
  }

  put({ from }: Span, values: readonly Float64Array[], milliseconds: number): void {
    values.forEach((value, i) => (this.#values[from + i] = value));
    while (this.#values[this.#complete]) this.#complete++;
    this.spent += milliseconds;
    this.pace = milliseconds / Math.max(1, values.length);
  }

  /** The number of values from the first on without a gap. */
  get complete(): number {
    return this.#complete;
  }

  valuesFrom(from: number): Float64Array[] {
    return this.#values.slice(from, this.#complete) as Float64Array[];
  }
}
