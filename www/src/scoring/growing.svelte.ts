import type { Engine } from '../engine/engine.svelte.ts';
import type { GrowthState } from '../../engine/growth.ts';
import type { GrowthKind, Growths, GrowthTask, ModelEntry } from '../../engine/protocol.ts';
import type { Order, Ticket } from '../../engine/recruiter.ts';
import type { Picture } from './picture.ts';

/** A task and the name that only equal tasks share. */
export interface NamedTask<K extends GrowthKind> {
  key: string;
  task: Extract<GrowthTask, { kind: K }>;
}

/** What is asked about a picture. */
export type TaskOf<K extends GrowthKind> = Omit<
  Extract<GrowthTask, { kind: K }>,
  'image' | 'model'
>;

/** A task about a picture, as the model wants it. */
export function namedTask<K extends GrowthKind>(
  picture: Picture | null,
  entry: ModelEntry,
  task: TaskOf<K>,
): NamedTask<K> | null {
  if (!picture) return null;
  const named = { ...task, model: entry.id };
  const key = JSON.stringify([picture.key, named]);
  return {
    key,
    task: { ...named, image: picture.levels } as unknown as Extract<GrowthTask, { kind: K }>,
  };
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
    private readonly order: Omit<Order, 'onChange'>,
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
    this.#ticket = this.engine.pool.submit(named.task, { ...this.order, onChange });
  }

  /** Values of the task's evaluations so far, in their order. */
  get values(): readonly Float64Array[] {
    return this.#ticket?.values() ?? [];
  }

  pause(): void {
    this.#ticket?.pause();
  }

  resume(): void {
    this.#ticket?.resume();
  }
}
