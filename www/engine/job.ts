import type { JobResult, JobTask } from './protocol.ts';
import type { Slot } from './slot.ts';

/** Evaluations `from` to before `to`. */
export interface Span {
  from: number;
  to: number;
}

export type JobStatus = 'running' | 'paused' | 'done' | 'failed';

/** What is known of a job; `result` grows with `evaluations`, which counts from the first without a gap. */
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
 * All that the pool keeps of one job: which evaluations are to be done, which are out, and the values that have come. The
 * values are kept here, so that a lost worker takes nothing with it but what it was computing.
 */
export class Job {
  state: JobState = {
    status: 'running',
    evaluations: 0,
    total: null,
    result: null,
    error: null,
  };
  /** Time that workers have spent on it, in milliseconds: the pool gives its turns to those who have had least. */
  spent = 0;
  /** Mean time of one evaluation; null before the first. */
  pace: number | null = null;
  /** Ends the spans that workers have in hand. */
  abort = new AbortController();
  /** The worker that records, and how many values it has; null where none is, or it was lost. */
  home: Home | null = null;
  /** Values are on their way to the home. */
  recording = false;
  /** A worker is about to begin it, the first. */
  opening = false;
  /** Nobody wants it any more. */
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

  /** What is being computed is thrown away; what has come stays. */
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

  /** Up to `count` evaluations that nobody has in hand, the earliest first. */
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

  /** A span that came to nothing can be taken again. */
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

  /** Values that have come, without a gap from the first on. */
  get complete(): number {
    return this.#complete;
  }

  valuesFrom(from: number): Float64Array[] {
    return this.#values.slice(from, this.#complete) as Float64Array[];
  }
}
