/** A pool whose workers also answer other calls. */
import type { WorkerClient } from './client.ts';
import { asError, CancelledError, WorkerLostError } from './errors.ts';
import { LOSS_LIMIT, Pool } from './pool.ts';
import type { Place } from './pool-services.ts';
import type { Slot } from './slot.ts';

export class SharedPool extends Pool {
  /**
   * Has one worker that holds a model answer a call, between the jobs' evaluations: `near` if that worker is still there, else
   * the least busy one; with `apart`, another worker for each call. After a crash another worker begins the call again.
   */
  async use<T>(
    id: string,
    work: (client: WorkerClient) => Promise<T>,
    place: Place = {},
  ): Promise<T> {
    return this.#attempt(
      async () => {
        if (!this.models.get(id)) this.models.set(id, await this.services.model(id));
      },
      () => this.#place(id, place),
      async (slot) => {
        await this.ensureModel(slot, id);
        return work(slot.client);
      },
    );
  }

  /** The same for a call that needs no model. */
  async ask<T>(work: (client: WorkerClient) => Promise<T>): Promise<T> {
    return this.#attempt(
      async () => undefined,
      () => this.#place('', {}),
      async (slot) => {
        await this.start(slot);
        return work(slot.client);
      },
    );
  }

  async #attempt<T>(
    ready: () => Promise<void>,
    place: () => Slot | undefined,
    work: (slot: Slot) => Promise<T>,
  ): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await ready();
      // In one turn: the next one sees that this place is taken.
      const slot = place();
      if (!slot) throw new WorkerLostError('no worker is left');
      slot.uses++;
      try {
        return await work(slot);
      } catch (error) {
        // Files that were not accepted.
        if (error instanceof CancelledError && error.cause) throw asError(error.cause);
        if (!(error instanceof WorkerLostError) || attempt > LOSS_LIMIT) throw error;
      } finally {
        slot.uses--;
        this.rest();
      }
    }
  }

  #place(id: string, { near = null, apart = false }: Place): Slot | undefined {
    const known = this.slots.find(({ client }) => client === near);
    if (known) return known;
    const load = ({ uses, busy, models }: Slot) =>
      4 * uses + 2 * Number(busy) + Number(!models.has(id));
    const least = () => [...this.slots].sort((a, b) => load(a) - load(b))[0];
    const found = least();
    if (found && (!apart || found.uses === 0)) return found;
    this.hire(this.slots.length + 1);
    return least();
  }
}
