import type { Engine } from '../../engine/engine.svelte.ts';
import type { GrowthState } from '../../engine/growth.ts';
import type { GrowthKind, Growths, GrowthTask } from '../../engine/protocol.ts';
import type { Ticket } from '../../engine/pool.ts';

/** A task and the name that only equal tasks share. */
export interface NamedTask<K extends GrowthKind> {
  key: string;
  task: Extract<GrowthTask, { kind: K }>;
}

/** One growth on display: the newest result stays, marked as old, until its successor has one. */
export class Growing<K extends GrowthKind> {
  state = $state.raw<GrowthState | null>(null);
  result = $state.raw<Growths[K]['result'] | null>(null);
  /** Whether `result` is of the task that was asked for last. */
  current = $state(false);
  #key = '';
  #ticket: Ticket | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly rank: number,
  ) {}

  get status() {
    return this.state?.status ?? 'idle';
  }

  /** Begins a task; the same one again goes on, and null ends it. */
  set(named: NamedTask<K> | null): void {
    const key = named?.key ?? '';
    if (key === this.#key) return;
    this.#key = key;
    this.#ticket?.drop();
    this.#ticket = null;
    this.state = null;
    this.current = false;
    if (!named) return;
    const onChange = (state: GrowthState) => {
      if (key !== this.#key) return;
      this.state = state;
      if (!state.result) return;
      this.result = state.result;
      this.current = true;
    };
    this.#ticket = this.engine.pool.submit(named.task, { rank: this.rank, onChange });
  }

  pause(): void {
    this.#ticket?.pause();
  }

  resume(): void {
    this.#ticket?.resume();
  }
}
