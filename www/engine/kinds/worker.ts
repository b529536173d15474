/** What a worker does with a kind of model: loads it, and grows the bound of an image. */
import type { JobResult, Jobs, ImageShape, ModelEntry } from '../protocol.ts';

/** What grows by independent evaluations that can be computed anywhere and recorded in one place. */
export interface Run {
  readonly totalEvaluations: number;
  readonly evaluations: number;
  evaluateRange(from: number, to: number): Float64Array[];
  record(index: number, values: Float64Array): boolean;
  result(): JobResult | undefined;
  free(): void;
}

/** The same in one worker alone. */
export interface Bound extends Run {
  readonly done: boolean;
  advance(count: number): boolean;
}

export interface Loaded extends Readonly<ImageShape> {
  free(): void;
}

type Options = Jobs['latent']['options'] & Jobs['diffusion']['options'];

export interface WorkerKind<Entry extends ModelEntry = ModelEntry, Model extends Loaded = Loaded> {
  id: Entry['kind'];
  /** Which files it needs is for the crate to say. */
  load: (entry: Entry, files: Record<string, Uint8Array>) => Model;
  bound: (model: Model, levels: Uint8Array, options: Options) => Bound;
}

export const defineWorkerKind = <Entry extends ModelEntry, Model extends Loaded>(
  kind: WorkerKind<Entry, Model>,
): WorkerKind<Entry, Model> => kind;
