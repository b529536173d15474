import type { LossCause, WorkerClient } from './client.ts';
import { CallError, CancelledError, WorkerLostError } from './errors.ts';
import { Growth, type GrowthStatus, type Home } from './growth.ts';
import type { GrowthTask } from './protocol.ts';
import type { Order, Recruiter, SuppliedModel, Ticket } from './recruiter.ts';
import { once, type Slot, slotOf } from './slot.ts';
import { batchesIn } from './together.ts';

/** How long a worker computes before it hands in, so that pictures grow and cancelling is quick. */
const SPAN_MS = 60;
const LONGEST_SPAN = 64;
/** More losses than this, and the place of a lost worker stays empty. */
export const LOSS_LIMIT = 3;

/**
 * Workers that share growths: each takes a span of evaluations, and one of them, the growth's home, records all values
 * in the order of their indices. How many workers there are, and which of them computes what, leaves no trace in the
 * result.
 */
export class Pool {
  protected slots: Slot[] = [];
  #growths = new Set<Growth>();
  protected readonly models = new Map<string, SuppliedModel | null>();
  #tickets = 0;
  #losses = 0;
  #suspended = new Set<string>();
  #resting: ReturnType<typeof setTimeout> | undefined;

  #size: number;

  constructor(
    readonly most: number,
    protected readonly recruiter: Recruiter,
  ) {
    this.#size = most;
    recruiter.quota?.join(this);
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

  submit(task: GrowthTask, { rank = 0, owner = '', onChange }: Order): Ticket {
    const growth = new Growth(this.#tickets++, task, rank, owner, onChange);
    // A newcomer does not hold up those that have had their share already.
    growth.spent = Math.min(
      ...[...this.#growths].filter(({ open }) => open).map(({ spent }) => spent),
      Infinity,
    );
    if (growth.spent === Infinity) growth.spent = 0;
    this.#growths.add(growth);
    this.#await(task.model);
    growth.change({});
    this.#wake();
    return {
      pause: () => this.#pause(growth),
      resume: () => this.#resume(growth, 'paused', 'failed'),
      drop: () => this.#drop(growth),
      values: () => growth.valuesFrom(0),
    };
  }

  /** Takes up what failed when the last worker was lost. */
  restart(): void {
    this.#losses = 0;
    this.#size = this.most;
    for (const growth of this.#growths) this.#resume(growth, 'failed');
  }

  /** While an owner is suspended, no worker computes its growths; they go on where they were. */
  suspend(owner: string, suspended: boolean): void {
    if (suspended === this.#suspended.has(owner)) return;
    if (suspended) {
      this.#suspended.add(owner);
      for (const growth of this.#growths) if (growth.owner === owner) growth.interrupt();
    } else {
      this.#suspended.delete(owner);
      this.#wake();
    }
  }

  /** Up to `count` workers that hold a model, fewer where there is no room: for what is no growth. */
  async lend(id: string, count: number): Promise<WorkerClient[]> {
    this.models.set(id, await this.recruiter.model(id));
    this.staff();
    const equipped = this.slots.slice(0, count).map(async (slot) => {
      await this.equip(slot, id);
      return slot.client;
    });
    const settled = await Promise.allSettled(equipped);
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
    const growths = [...this.#growths];
    this.#growths.clear();
    for (const growth of growths) {
      growth.dropped = true;
      growth.abort.abort();
      if (growth.state.status === 'running')
        growth.change({ status: 'failed', error: new WorkerLostError('the pool is closed') });
    }
    for (const { client } of this.slots.splice(0)) client.close();
    clearTimeout(this.#resting);
    this.recruiter.quota?.leave(this);
  }

  /** All workers that are idle go if nothing is asked of them for a while; what is asked then gets others. */
  protected rest(): void {
    const { restMs } = this.recruiter;
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
    for (const growth of this.#growths) if (growth.home?.slot === slot) growth.home = null;
  }

  #pause(growth: Growth): void {
    if (growth.state.status !== 'running' || growth.dropped) return;
    growth.change({ status: 'paused' });
    growth.interrupt();
  }

  #resume(growth: Growth, ...from: GrowthStatus[]): void {
    if (!from.includes(growth.state.status) || growth.dropped) return;
    if (this.slots.length === 0) this.#losses = 0;
    growth.change({ status: 'running', error: null });
    this.#record(growth);
    this.#wake();
  }

  #drop(growth: Growth): void {
    const { ticket } = growth;
    if (!this.#growths.delete(growth)) return;
    growth.dropped = true;
    growth.home = null;
    growth.abort.abort();
    for (const slot of this.slots) {
      if (slot.growths.delete(ticket))
        void slot.client.call('closeGrowth', { ticket }).catch(() => undefined);
    }
  }

  #fail(growth: Growth, error: Error): void {
    if (growth.dropped) return;
    growth.change({ status: 'failed', error });
    growth.interrupt();
  }

  /** Turns to a model's growths once its files are there. */
  #await(id: string): void {
    if (this.models.has(id)) return;
    this.models.set(id, null);
    void this.recruiter.model(id).then((model) => {
      this.models.set(id, model);
      this.#wake();
      for (const growth of this.#growths) this.#record(growth);
    });
  }

  #fetchAgain(id: string): void {
    this.models.delete(id);
    this.#await(id);
  }

  /** The next growth for a free worker: the lowest rank, then whoever has had the least time. */
  #pick(): Growth | undefined {
    const ready = [...this.#growths].filter((growth) => {
      if (this.#suspended.has(growth.owner) || !this.models.get(growth.task.model)) return false;
      return growth.open || growth.unopened;
    });
    return ready.sort((a, b) => a.rank - b.rank || a.spent - b.spent || a.ticket - b.ticket)[0];
  }

  #wake(): void {
    if (!this.#pick()) return;
    this.staff();
    for (const slot of this.slots) if (!slot.busy) void this.#work(slot);
  }

  /** Fills the empty places, or as many as are needed, unless too many workers were lost. */
  protected staff(needed = this.#size): void {
    const size = Math.min(needed, this.#size);
    while (this.slots.length < size && this.#losses <= LOSS_LIMIT && this.#admitted()) {
      const slot = slotOf(this.recruiter.spawn((...loss) => this.#lost(slot, ...loss)));
      this.slots.push(slot);
    }
  }

  #admitted(): boolean {
    return this.slots.length === 0 || (this.recruiter.quota?.admits(this) ?? true);
  }

  #lost(slot: Slot, reason: string, cause: LossCause): void {
    this.#leave(slot);
    const fetched = cause === 'crash' || cause === 'silent';
    if (fetched && !slot.settled && this.slots.length > 0) {
      // Died of what others live with, before it had anything to compute: there is no memory for another.
      this.#size = this.slots.length;
      this.recruiter.onShrunk(this.#size);
    } else this.#mourn(reason, cause, fetched);
    this.#wake();
    for (const growth of this.#growths) this.#record(growth);
  }

  #mourn(reason: string, cause: LossCause, fetched: boolean): void {
    // Without its script no other worker would come either.
    this.#losses = fetched ? this.#losses + 1 : LOSS_LIMIT + 1;
    const left = this.#losses <= LOSS_LIMIT ? this.#size : this.slots.length;
    this.recruiter.onLost(reason, left, cause);
    if (left > 0) return;
    for (const growth of this.#growths) {
      if (growth.state.status === 'running') this.#fail(growth, new WorkerLostError(reason));
    }
  }

  /** Computes spans until there is nothing to do; `#wake` calls it again. */
  async #work(slot: Slot): Promise<void> {
    slot.busy = true;
    for (let growth = this.#pick(); growth; growth = this.#pick()) {
      try {
        await this.#prepare(slot, growth);
        await this.#compute(slot, growth);
      } catch (error) {
        if (error instanceof WorkerLostError) {
          // Its span is free again: others may be waiting for one.
          this.#wake();
          return;
        }
        if (!(error instanceof CancelledError)) this.#fail(growth, error as Error);
      }
      // There may be room by now that others had.
      if (this.slots.length < this.#size) this.#wake();
    }
    slot.busy = false;
    this.rest();
  }

  #prepare(slot: Slot, growth: Growth): Promise<unknown> {
    return once(slot.growths, growth.ticket, () => this.#begin(slot, growth));
  }

  async #begin(slot: Slot, growth: Growth): Promise<void> {
    const { ticket, task } = growth;
    const first = growth.state.total === null;
    if (first) growth.opening = true;
    try {
      await this.equip(slot, task.model);
      const { total } = await slot.client.call('openGrowth', { ticket, task });
      if (growth.dropped) {
        // Dropped meanwhile: nobody else would free it.
        void slot.client.call('closeGrowth', { ticket }).catch(() => undefined);
        throw new CancelledError('dropped');
      }
      growth.home ??= { slot, recorded: 0 };
      if (first) growth.change({ total });
    } finally {
      if (first) growth.opening = false;
    }
    if (first) this.#wake();
  }

  protected start(slot: Slot): Promise<unknown> {
    return once(slot.begun, 'start', async () =>
      slot.client.call('start', { module: await this.recruiter.runtime() }),
    );
  }

  protected async equip(slot: Slot, id: string): Promise<void> {
    await this.start(slot);
    await once(slot.models, id, async () => {
      const model = this.models.get(id);
      const supply = model?.supply();
      if (!model || !supply) {
        if (model) this.#fetchAgain(id);
        throw new CancelledError('the model is being fetched again');
      }
      try {
        await slot.client.call('load', { entry: model.entry, files: supply.files });
        slot.settled = true;
      } catch (error) {
        const lost = error instanceof WorkerLostError;
        if (!lost && !(error instanceof CallError)) throw error;
        if (lost && !this.recruiter.blame(id, supply, error)) throw error;
        if (this.models.get(id) === model) {
          if (!lost) this.recruiter.reject(id, supply, error);
          this.#fetchAgain(id);
        }
        if (lost) throw error;
        throw new CancelledError(error.message, { cause: error });
      }
    });
  }

  async #compute(slot: Slot, growth: Growth): Promise<void> {
    if (!growth.open) return;
    const { ticket } = growth;
    const count = growth.pace === null ? 1 : batchesIn(SPAN_MS, growth.pace);
    const span = growth.take(Math.min(LONGEST_SPAN, count));
    const { signal } = growth.abort;
    const begun = performance.now();
    try {
      const values = await slot.client.call('evaluate', { ticket, ...span }, { signal });
      growth.put(span, values, performance.now() - begun);
    } catch (error) {
      growth.giveBack(span);
      throw error;
    }
    this.#record(growth);
  }

  /** Hands what has come to the growth's home, one call after the other. */
  #record(growth: Growth): void {
    if (growth.recording || growth.complete === 0 || growth.dropped) return;
    growth.recording = true;
    void this.#handIn(growth);
  }

  async #handIn(growth: Growth): Promise<void> {
    let refetched = false;
    try {
      while (await this.#handInOnce(growth));
    } catch (error) {
      // The model is fetched again: its coming begins this anew, unless it has come already.
      if (error instanceof CancelledError) refetched = Boolean(this.models.get(growth.task.model));
      else this.#fail(growth, error as Error);
    } finally {
      growth.recording = false;
    }
    if (refetched) this.#record(growth);
  }

  /** Whether there may be more to hand in. */
  async #handInOnce(growth: Growth): Promise<boolean> {
    const { ticket } = growth;
    try {
      const home = await this.#home(growth);
      if (!home || home.recorded >= growth.complete || growth.state.status === 'failed')
        return false;
      const from = home.recorded;
      const values = growth.valuesFrom(from);
      const { client } = home.slot;
      const { evaluations, result } = await client.call('record', { ticket, from, values });
      if (growth.dropped) return false;
      home.recorded = from + values.length;
      const done = home.recorded === growth.state.total;
      growth.change({
        evaluations,
        result: result ?? growth.state.result,
        status: done ? 'done' : growth.state.status,
      });
    } catch (error) {
      // The next home, which may itself be lost before it is one, gets all values anew.
      if (!(error instanceof WorkerLostError)) throw error;
      if (growth.home && !this.slots.includes(growth.home.slot)) growth.home = null;
    }
    return true;
  }

  /** The worker that records; another one that has begun the growth, or can, where the last was lost. */
  async #home(growth: Growth): Promise<Home | null> {
    if (growth.home || growth.dropped) return growth.home;
    this.staff();
    const slot = this.slots.find(({ growths }) => growths.has(growth.ticket)) ?? this.slots[0];
    if (!slot) return null;
    await this.#prepare(slot, growth);
    return (growth.home ??= { slot, recorded: 0 });
  }
}
