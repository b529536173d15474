import type { Engine } from '../engine/engine.svelte.ts';
import type { JobState } from '../../engine/job.ts';
import type { JobKind, Jobs, JobTask, ModelEntry } from '../../engine/protocol.ts';
import type { Order, JobHandle } from '../../engine/pool-services.ts';
import type { KeyedImage } from './displayed.ts';

/** A task and the name that only equal tasks share. */
export interface NamedTask<K extends JobKind> {
  key: string;
  task: Extract<JobTask, { kind: K }>;
}

/** What is asked about an image. */
export type TaskOf<K extends JobKind> = Omit<Extract<JobTask, { kind: K }>, 'image' | 'model'>;

/** A task about an image, as the model wants it. */
export function namedTask<K extends JobKind>(
  image: KeyedImage | null,
  entry: ModelEntry,
  task: TaskOf<K>,
): NamedTask<K> | null {
  if (!image) return null;
  const named = { ...task, model: entry.id };
  const key = JSON.stringify([image.key, named]);
  return {
    key,
    task: { ...named, image: image.levels } as unknown as Extract<JobTask, { kind: K }>,
  };
}

/** One job on display: the newest result stays, marked as old, until its successor has one. */
export class JobView<K extends JobKind> {
  state = $state.raw<JobState | null>(null);
  result = $state.raw<Jobs[K]['result'] | null>(null);
  /** Whether `result` is of the task that was asked for last. */
  current = $state(false);
  #key = '';
  #handle: JobHandle | null = null;

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
    this.#handle?.drop();
    this.#handle = null;
    this.state = null;
    this.current = false;
    if (!named) return;
    const onChange = (state: JobState) => {
      if (key !== this.#key) return;
      this.state = state;
      if (!state.result) return;
      this.result = state.result;
      this.current = true;
    };
    this.#handle = this.engine.pool.submit(named.task, { ...this.order, onChange });
  }

  /** Values of the task's evaluations so far, in their order. */
  get values(): readonly Float64Array[] {
    return this.#handle?.values() ?? [];
  }

  pause(): void {
    this.#handle?.pause();
  }

  resume(): void {
    this.#handle?.resume();
  }
}
