import {
  CallError,
  CancelledError,
  type LossCause,
  type WorkerClient,
  WorkerLostError,
} from './client.ts';
import { Growth, type GrowthStatus } from './growth.ts';
import type { GrowthTask } from './protocol.ts';
import type { Order, Recruiter, SuppliedModel, Ticket } from './recruiter.ts';
import { once, type Slot, slotOf } from './slot.ts';
import { batchesIn } from './together.ts';

/** How long a worker computes before it hands in, so that pictures grow and cancelling is quick. */
const SPAN_MS = 60;
const LONGEST_SPAN = 64;
/** More losses than this, and the place of a lost worker stays empty. */
const LOSS_LIMIT = 3;

/**
 * Workers that share growths: each takes a span of evaluations, and one of them, the growth's home, records all values
 * in the order of their indices. How many workers there are, and which of them computes what, leaves no trace in the
 * result.
 */
export class Pool {
  #slots: Slot[] = [];
  #growths = new Map<number, Growth>();
  #aborts = new Map<number, AbortController>();
  #homes = new Map<number, { slot: Slot; recorded: number }>();
  /** Growths whose values are on their way to their home, and those that a worker is about to begin. */
  #recording = new Set<number>();
  #opening = new Set<number>();
  #models = new Map<string, SuppliedModel | null>();
  #tickets = 0;
  #losses = 0;
  #suspended = false;

  #size: number;

  constructor(
    private readonly most: number,
    private readonly recruiter: Recruiter,
  ) {
    this.#size = most;
  }

  submit(task: GrowthTask, { rank = 0, onChange }: Order): Ticket {
    const growth = new Growth(this.#tickets++, task, rank, onChange);
    // A newcomer does not hold up those that have had their share already.
    growth.spent = Math.min(
      ...[...this.#growths.values()].filter(({ open }) => open).map(({ spent }) => spent),
      Infinity,
    );
    if (growth.spent === Infinity) growth.spent = 0;
    this.#growths.set(growth.ticket, growth);
    this.#aborts.set(growth.ticket, new AbortController());
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
    for (const growth of this.#growths.values()) this.#resume(growth, 'failed');
  }

  /** While suspended, no worker computes; everything goes on where it was. */
  set suspended(suspended: boolean) {
    if (suspended === this.#suspended) return;
    this.#suspended = suspended;
    if (suspended) for (const growth of this.#growths.values()) this.#interrupt(growth);
    else this.#wake();
  }

  /**
   * Up to `count` workers that hold a model, fewer where there is no room: for what is no growth. Whoever borrows them has the pool
   * suspended meanwhile.
   */
  async lend(id: string, count: number): Promise<WorkerClient[]> {
    this.#models.set(id, await this.recruiter.model(id));
    this.#staff();
    const equipped = this.#slots.slice(0, count).map(async (slot) => {
      await this.#equip(slot, id);
      return slot.client;
    });
    const settled = await Promise.allSettled(equipped);
    return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }

  /** Frees a model in all workers; whoever asks for it again loads it anew. */
  forget(id: string): void {
    this.#models.delete(id);
    for (const slot of this.#slots) {
      if (slot.models.delete(id)) void slot.client.call('unload', { id }).catch(() => undefined);
    }
  }

  /** Ends all workers and forgets what they were at. */
  close(): void {
    for (const growth of this.#growths.values()) this.#interrupt(growth);
    this.#growths.clear();
    for (const { client } of this.#slots.splice(0)) client.close();
  }

  #pause(growth: Growth): void {
    if (growth.state.status !== 'running' || !this.#growths.has(growth.ticket)) return;
    growth.change({ status: 'paused' });
    this.#interrupt(growth);
  }

  #resume(growth: Growth, ...from: GrowthStatus[]): void {
    if (!from.includes(growth.state.status) || !this.#growths.has(growth.ticket)) return;
    if (this.#slots.length === 0) this.#losses = 0;
    growth.change({ status: 'running', error: null });
    this.#record(growth);
    this.#wake();
  }

  #drop(growth: Growth): void {
    const { ticket } = growth;
    if (!this.#growths.delete(ticket)) return;
    this.#aborts.get(ticket)?.abort();
    this.#aborts.delete(ticket);
    this.#homes.delete(ticket);
    for (const slot of this.#slots) {
      if (slot.growths.delete(ticket))
        void slot.client.call('closeGrowth', { ticket }).catch(() => undefined);
    }
  }

  /** What is being computed is thrown away; what has come stays. */
  #interrupt({ ticket }: Growth): void {
    this.#aborts.get(ticket)?.abort();
    this.#aborts.set(ticket, new AbortController());
  }

  #fail(growth: Growth, error: Error): void {
    if (!this.#growths.has(growth.ticket)) return;
    growth.change({ status: 'failed', error });
    this.#interrupt(growth);
  }

  /** Turns to a model's growths once its files are there. */
  #await(id: string): void {
    if (this.#models.has(id)) return;
    this.#models.set(id, null);
    void this.recruiter.model(id).then((model) => {
      this.#models.set(id, model);
      this.#wake();
      for (const growth of this.#growths.values()) this.#record(growth);
    });
  }

  #fetchAgain(id: string): void {
    this.#models.delete(id);
    this.#await(id);
  }

  /** The next growth for a free worker: the lowest rank, then whoever has had the least time. */
  #pick(): Growth | undefined {
    if (this.#suspended) return undefined;
    const ready = [...this.#growths.values()].filter((growth) => {
      if (!this.#models.get(growth.task.model)) return false;
      const unopened = growth.state.status === 'running' && growth.state.total === null;
      return growth.open || (unopened && !this.#opening.has(growth.ticket));
    });
    return ready.sort((a, b) => a.rank - b.rank || a.spent - b.spent || a.ticket - b.ticket)[0];
  }

  #wake(): void {
    if (!this.#pick()) return;
    this.#staff();
    for (const slot of this.#slots) if (!slot.busy) void this.#work(slot);
  }

  /** Fills the empty places, unless too many workers were lost. */
  #staff(): void {
    while (this.#slots.length < this.#size && this.#losses <= LOSS_LIMIT) {
      const slot = slotOf(this.recruiter.spawn((...loss) => this.#lost(slot, ...loss)));
      this.#slots.push(slot);
    }
  }

  #lost(slot: Slot, reason: string, cause: LossCause): void {
    this.#slots = this.#slots.filter((other) => other !== slot);
    for (const [ticket, home] of this.#homes) if (home.slot === slot) this.#homes.delete(ticket);
    const fetched = cause === 'crash' || cause === 'silent';
    if (fetched && !slot.settled && this.#slots.length > 0) {
      // Died of what others live with, before it had anything to compute: there is no memory for another.
      this.#size = this.#slots.length;
      this.recruiter.onShrunk(this.#size);
    } else this.#mourn(reason, cause, fetched);
    this.#wake();
    for (const growth of this.#growths.values()) this.#record(growth);
  }

  #mourn(reason: string, cause: LossCause, fetched: boolean): void {
    // Without its script no other worker would come either.
    this.#losses = fetched ? this.#losses + 1 : LOSS_LIMIT + 1;
    const left = this.#losses <= LOSS_LIMIT ? this.#size : this.#slots.length;
    this.recruiter.onLost(reason, left, cause);
    if (left > 0) return;
    for (const growth of this.#growths.values()) {
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
    }
    slot.busy = false;
  }

  #prepare(slot: Slot, growth: Growth): Promise<unknown> {
    return once(slot.growths, growth.ticket, () => this.#begin(slot, growth));
  }

  async #begin(slot: Slot, growth: Growth): Promise<void> {
    const { ticket, task } = growth;
    const first = growth.state.total === null;
    if (first) this.#opening.add(ticket);
    try {
      await this.#equip(slot, task.model);
      const { total } = await slot.client.call('openGrowth', { ticket, task });
      if (!this.#growths.has(ticket)) {
        // Dropped meanwhile: nobody else would free it.
        void slot.client.call('closeGrowth', { ticket }).catch(() => undefined);
        throw new CancelledError('dropped');
      }
      if (!this.#homes.has(ticket)) this.#homes.set(ticket, { slot, recorded: 0 });
      if (first) growth.change({ total });
    } finally {
      if (first) this.#opening.delete(ticket);
    }
    if (first) this.#wake();
  }

  async #equip(slot: Slot, id: string): Promise<void> {
    await once(slot.begun, 'start', async () =>
      slot.client.call('start', { module: await this.recruiter.runtime() }),
    );
    await once(slot.models, id, async () => {
      const model = this.#models.get(id);
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
        if (this.#models.get(id) === model) {
          if (!lost) this.recruiter.reject(id, supply, error);
          this.#fetchAgain(id);
        }
        if (lost) throw error;
        throw new CancelledError(error.message);
      }
    });
  }

  async #compute(slot: Slot, growth: Growth): Promise<void> {
    if (!growth.open) return;
    const { ticket } = growth;
    const count = growth.pace === null ? 1 : batchesIn(SPAN_MS, growth.pace);
    const span = growth.take(Math.min(LONGEST_SPAN, count));
    const signal = this.#aborts.get(ticket)?.signal;
    const begun = performance.now();
    try {
      const values = await slot.client.call(
        'evaluate',
        { ticket, ...span },
        signal ? { signal } : {},
      );
      growth.put(span, values, performance.now() - begun);
    } catch (error) {
      growth.giveBack(span);
      throw error;
    }
    this.#record(growth);
  }

  /** Hands what has come to the growth's home, one call after the other. */
  #record(growth: Growth): void {
    const { ticket } = growth;
    if (this.#recording.has(ticket) || growth.complete === 0 || !this.#growths.has(ticket)) return;
    this.#recording.add(ticket);
    void this.#handIn(growth);
  }

  async #handIn(growth: Growth): Promise<void> {
    const { ticket, task } = growth;
    let refetched = false;
    try {
      while (await this.#handInOnce(growth));
    } catch (error) {
      // The model is fetched again: its coming begins this anew, unless it has come already.
      if (error instanceof CancelledError) refetched = Boolean(this.#models.get(task.model));
      else this.#fail(growth, error as Error);
    } finally {
      this.#recording.delete(ticket);
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
      if (!this.#growths.has(ticket)) return false;
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
    }
    return true;
  }

  /** The worker that records; another one that has begun the growth, or can, where the last was lost. */
  async #home(growth: Growth): Promise<{ slot: Slot; recorded: number } | undefined> {
    const { ticket } = growth;
    const known = this.#homes.get(ticket);
    if (known || !this.#growths.has(ticket)) return known;
    this.#staff();
    const slot = this.#slots.find((other) => other.growths.has(ticket)) ?? this.#slots[0];
    if (!slot) return undefined;
    await this.#prepare(slot, growth);
    const home = this.#homes.get(ticket) ?? { slot, recorded: 0 };
    this.#homes.set(ticket, home);
    return home;
  }
}
