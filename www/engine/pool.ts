import type { LossCause, WorkerClient } from './client.ts';
import { CallError, CancelledError, WorkerLostError } from './errors.ts';
import { type Home, Job, type JobStatus } from './job.ts';
import type { JobTask } from './protocol.ts';
import type { JobHandle, Order, PoolServices, ServedModel } from './pool-services.ts';
import { once, type Slot, slotOf } from './slot.ts';
import { batchesIn } from './together.ts';

/** How long a worker computes before it hands in, so that pictures grow and cancelling is quick. */
const SPAN_MS = 60;
const LONGEST_SPAN = 64;
/** More losses than this, and the place of a lost worker stays empty. */
export const LOSS_LIMIT = 3;

/**
 * Workers that share jobs: each takes a span of evaluations, and one of them, the job's home, records all values
 * in the order of their indices. How many workers there are, and which of them computes what, leaves no trace in the
 * result.
 */
export class Pool {
  protected slots: Slot[] = [];
  #jobs = new Set<Job>();
  protected readonly models = new Map<string, ServedModel | null>();
  #ids = 0;
  #losses = 0;
  #suspended = new Set<string>();
  #resting: ReturnType<typeof setTimeout> | undefined;

  #size: number;

  constructor(
    readonly most: number,
    protected readonly services: PoolServices,
  ) {
    this.#size = most;
    services.quota?.join(this);
  }

  get workers(): number {
    return this.slots.length;
  }

  /** Gives back a worker that does nothing; false where there is none. */
  spare(): boolean {
    const idle = ({ busy, uses, client }: Slot) => !busy && uses === 0 && !client.busy;
    const slot = this.slots.find(idle);
    if (!slot) return false;
    this.#leave(slot);
    slot.client.close();
    return true;
  }

  submit(task: JobTask, { rank = 0, owner = '', onChange }: Order): JobHandle {
    const job = new Job(this.#ids++, task, rank, owner, onChange);
    // A newcomer does not hold up those that have had their share already.
    job.spent = Math.min(
      ...[...this.#jobs].filter(({ open }) => open).map(({ spent }) => spent),
      Infinity,
    );
    if (job.spent === Infinity) job.spent = 0;
    this.#jobs.add(job);
    this.#await(task.model);
    job.change({});
    this.#wake();
    return {
      pause: () => this.#pause(job),
      resume: () => this.#resume(job, 'paused', 'failed'),
      drop: () => this.#drop(job),
      values: () => job.valuesFrom(0),
    };
  }

  /** Takes up what failed when the last worker was lost. */
  restart(): void {
    this.#losses = 0;
    this.#size = this.most;
    for (const job of this.#jobs) this.#resume(job, 'failed');
  }

  /** While an owner is suspended, no worker computes its jobs; they go on where they were. */
  suspend(owner: string, suspended: boolean): void {
    if (suspended === this.#suspended.has(owner)) return;
    if (suspended) {
      this.#suspended.add(owner);
      for (const job of this.#jobs) if (job.owner === owner) job.interrupt();
    } else {
      this.#suspended.delete(owner);
      this.#wake();
    }
  }

  /** Up to `count` workers that hold a model, fewer where there is no room: for other work. */
  async borrow(id: string, count: number): Promise<WorkerClient[]> {
    this.models.set(id, await this.services.model(id));
    this.hire();
    const ensured = this.slots.slice(0, count).map(async (slot) => {
      await this.ensureModel(slot, id);
      return slot.client;
    });
    const settled = await Promise.allSettled(ensured);
    this.rest();
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  /** Frees a model in all workers; whoever asks for it again loads it anew. */
  forget(id: string): void {
    this.models.delete(id);
    for (const slot of this.slots) {
      if (slot.models.delete(id)) void slot.client.call('unload', { id }).catch(() => undefined);
    }
  }

  /** Ends all workers and what they were at, for good. */
  close(): void {
    this.#size = 0;
    const jobs = [...this.#jobs];
    this.#jobs.clear();
    for (const job of jobs) {
      job.dropped = true;
      job.abort.abort();
      if (job.state.status === 'running')
        job.change({ status: 'failed', error: new WorkerLostError('the pool is closed') });
    }
    for (const { client } of this.slots.splice(0)) client.close();
    clearTimeout(this.#resting);
    this.services.quota?.leave(this);
  }

  /** All workers that are idle go if nothing is asked of them for a while; what is asked then gets others. */
  protected rest(): void {
    const { restMs } = this.services;
    clearTimeout(this.#resting);
    if (restMs === undefined || this.slots.length === 0) return;
    this.#resting = setTimeout(() => {
      while (this.spare());
      this.rest();
    }, restMs);
  }

  /** What it has recorded is recorded anew by another. */
  #leave(slot: Slot): void {
    this.slots = this.slots.filter((other) => other !== slot);
    for (const job of this.#jobs) if (job.home?.slot === slot) job.home = null;
  }

  #pause(job: Job): void {
    if (job.state.status !== 'running' || job.dropped) return;
    job.change({ status: 'paused' });
    job.interrupt();
  }

  #resume(job: Job, ...from: JobStatus[]): void {
    if (!from.includes(job.state.status) || job.dropped) return;
    if (this.slots.length === 0) this.#losses = 0;
    job.change({ status: 'running', error: null });
    this.#record(job);
    this.#wake();
  }

  #drop(job: Job): void {
    const { id: jobId } = job;
    if (!this.#jobs.delete(job)) return;
    job.dropped = true;
    job.home = null;
    job.abort.abort();
    for (const slot of this.slots) {
      if (slot.jobs.delete(jobId))
        void slot.client.call('closeJob', { jobId }).catch(() => undefined);
    }
  }

  #fail(job: Job, error: Error): void {
    if (job.dropped) return;
    job.change({ status: 'failed', error });
    job.interrupt();
  }

  /** Turns to a model's jobs once its files are there. */
  #await(id: string): void {
    if (this.models.has(id)) return;
    this.models.set(id, null);
    void this.services.model(id).then((model) => {
      this.models.set(id, model);
      this.#wake();
      for (const job of this.#jobs) this.#record(job);
    });
  }

  #fetchAgain(id: string): void {
    this.models.delete(id);
    this.#await(id);
  }

  /** The next job for a free worker: the lowest rank, then whoever has had the least time. */
  #pick(): Job | undefined {
    const ready = [...this.#jobs].filter((job) => {
      if (this.#suspended.has(job.owner) || !this.models.get(job.task.model)) return false;
      return job.open || job.unopened;
    });
    return ready.sort((a, b) => a.rank - b.rank || a.spent - b.spent || a.id - b.id)[0];
  }

  #wake(): void {
    if (!this.#pick()) return;
    this.hire();
    for (const slot of this.slots) if (!slot.busy) void this.#work(slot);
  }

  /** Fills the empty places, or as many as are needed, unless too many workers were lost. */
  protected hire(needed = this.#size): void {
    const size = Math.min(needed, this.#size);
    while (this.slots.length < size && this.#losses <= LOSS_LIMIT && this.#admitted()) {
      const slot = slotOf(this.services.spawn((...loss) => this.#lost(slot, ...loss)));
      this.slots.push(slot);
    }
  }

  #admitted(): boolean {
    return this.slots.length === 0 || (this.services.quota?.admits(this) ?? true);
  }

  #lost(slot: Slot, reason: string, cause: LossCause): void {
    this.#leave(slot);
    const fetched = cause === 'crash' || cause === 'silent';
    if (fetched && !slot.settled && this.slots.length > 0) {
      // Died of what others live with, before it had anything to compute: there is no memory for another.
      this.#size = this.slots.length;
      this.services.onShrunk(this.#size);
    } else this.#onCrash(reason, cause, fetched);
    this.#wake();
    for (const job of this.#jobs) this.#record(job);
  }

  #onCrash(reason: string, cause: LossCause, fetched: boolean): void {
    // Without its script no other worker would come either.
    this.#losses = fetched ? this.#losses + 1 : LOSS_LIMIT + 1;
    const left = this.#losses <= LOSS_LIMIT ? this.#size : this.slots.length;
    this.services.onLost(reason, left, cause);
    if (left > 0) return;
    for (const job of this.#jobs) {
      if (job.state.status === 'running') this.#fail(job, new WorkerLostError(reason));
    }
  }

  /** Computes spans until there is nothing to do; `#wake` calls it again. */
  async #work(slot: Slot): Promise<void> {
    slot.busy = true;
    for (let job = this.#pick(); job; job = this.#pick()) {
      try {
        await this.#prepare(slot, job);
        await this.#compute(slot, job);
      } catch (error) {
        if (error instanceof WorkerLostError) {
          // Its span is free again: others may be waiting for one.
          this.#wake();
          return;
        }
        if (!(error instanceof CancelledError)) this.#fail(job, error as Error);
      }
      // There may be room by now that others had.
      if (this.slots.length < this.#size) this.#wake();
    }
    slot.busy = false;
    this.rest();
  }

  #prepare(slot: Slot, job: Job): Promise<unknown> {
    return once(slot.jobs, job.id, () => this.#begin(slot, job));
  }

  async #begin(slot: Slot, job: Job): Promise<void> {
    const { id: jobId, task } = job;
    const first = job.state.total === null;
    if (first) job.opening = true;
    try {
      await this.ensureModel(slot, task.model);
      const { total } = await slot.client.call('openJob', { jobId, task });
      if (job.dropped) {
        // Dropped meanwhile: nobody else would free it.
        void slot.client.call('closeJob', { jobId }).catch(() => undefined);
        throw new CancelledError('dropped');
      }
      job.home ??= { slot, recorded: 0 };
      if (first) job.change({ total });
    } finally {
      if (first) job.opening = false;
    }
    if (first) this.#wake();
  }

  protected start(slot: Slot): Promise<unknown> {
    return once(slot.begun, 'start', async () =>
      slot.client.call('start', { module: await this.services.runtime() }),
    );
  }

  protected async ensureModel(slot: Slot, id: string): Promise<void> {
    await this.start(slot);
    await once(slot.models, id, async () => {
      const model = this.models.get(id);
      const files = model?.files();
      if (!model || !files) {
        if (model) this.#fetchAgain(id);
        throw new CancelledError('the model is being fetched again');
      }
      try {
        await slot.client.call('load', { entry: model.entry, files: files.files });
        slot.settled = true;
      } catch (error) {
        const lost = error instanceof WorkerLostError;
        if (!lost && !(error instanceof CallError)) throw error;
        if (lost && !this.services.blame(id, files, error)) throw error;
        if (this.models.get(id) === model) {
          if (!lost) this.services.reject(id, files, error);
          this.#fetchAgain(id);
        }
        if (lost) throw error;
        throw new CancelledError(error.message, { cause: error });
      }
    });
  }

  async #compute(slot: Slot, job: Job): Promise<void> {
    if (!job.open) return;
    const { id: jobId } = job;
    const count = job.pace === null ? 1 : batchesIn(SPAN_MS, job.pace);
    const span = job.take(Math.min(LONGEST_SPAN, count));
    const { signal } = job.abort;
    const begun = performance.now();
    try {
      const values = await slot.client.call('evaluate', { jobId, ...span }, { signal });
      job.put(span, values, performance.now() - begun);
    } catch (error) {
      job.giveBack(span);
      throw error;
    }
    this.#record(job);
  }

  /** Hands what has come to the job's home, one call after the other. */
  #record(job: Job): void {
    if (job.recording || job.complete === 0 || job.dropped) return;
    job.recording = true;
    void this.#handIn(job);
  }

  async #handIn(job: Job): Promise<void> {
    let refetched = false;
    try {
      while (await this.#handInOnce(job));
    } catch (error) {
      // The model is fetched again: its coming begins this anew, unless it has come already.
      if (error instanceof CancelledError) refetched = Boolean(this.models.get(job.task.model));
      else this.#fail(job, error as Error);
    } finally {
      job.recording = false;
    }
    if (refetched) this.#record(job);
  }

  /** Whether there may be more to hand in. */
  async #handInOnce(job: Job): Promise<boolean> {
    const { id: jobId } = job;
    try {
      const home = await this.#home(job);
      if (!home || home.recorded >= job.complete || job.state.status === 'failed') return false;
      const from = home.recorded;
      const values = job.valuesFrom(from);
      const { client } = home.slot;
      const { evaluations, result } = await client.call('record', { jobId, from, values });
      if (job.dropped) return false;
      home.recorded = from + values.length;
      const done = home.recorded === job.state.total;
      job.change({
        evaluations,
        result: result ?? job.state.result,
        status: done ? 'done' : job.state.status,
      });
    } catch (error) {
      // The next home, which may itself be lost before it is one, gets all values anew.
      if (!(error instanceof WorkerLostError)) throw error;
      if (job.home && !this.slots.includes(job.home.slot)) job.home = null;
    }
    return true;
  }

  /** The worker that records; another one that has begun the job, or can, where the last was lost. */
  async #home(job: Job): Promise<Home | null> {
    if (job.home || job.dropped) return job.home;
    this.hire();
    const slot = this.slots.find(({ jobs }) => jobs.has(job.id)) ?? this.slots[0];
    if (!slot) return null;
    await this.#prepare(slot, job);
    return (job.home ??= { slot, recorded: 0 });
  }
}
