/**
 * What the page and its workers say to each other. Every call carries an id and is answered by exactly one `result` or
 * `error`; progress may come before. Cancelling is a message of its own that the worker sees between two network
 * evaluations.
 */
import type {
  DiffusionElboResult,
  Estimate,
  FileEntry,
  Manifest,
  ModelEntry,
  SamplerOptions,
  ScheduleKind,
  ScheduleTable,
  VaeElbo,
} from '../../pkg/elbo_room.js';

export type {
  DiffusionElboResult,
  Estimate,
  FileEntry,
  Manifest,
  ModelEntry,
  SamplerOptions,
  ScheduleKind,
  ScheduleTable,
  VaeElbo,
};

export type LatentPoint = { seed: number } | { z: number[] };
export type LatentSource =
  | LatentPoint
  | { a: LatentPoint; b: LatentPoint; position: number; mode: 'linear' | 'spherical' };

/** A stored frame of the chain as the page needs it; the pixels are already on the canvases. */
export interface FrameInfo {
  index: number;
  t: number;
  /** Infinity at t = 0. */
  logSnr: number;
  /** Predicted x_0 of every chain, 8-bit levels. */
  predictedX0: Uint8Array;
}

export interface BoundOptions {
  schedule: ScheduleKind;
  steps: number;
  timesteps: number | 'all';
  class: number | null;
  seed: number;
}

export interface BoundProgress {
  evaluations: number;
  total: number;
  /** null until the first pass over all strata is complete. */
  result: DiffusionElboResult | null;
}

interface Call<Params, Result, Progress = never> {
  params: Params;
  result: Result;
  progress: Progress;
}

export interface Calls {
  /** Instantiates the compiled crate. */
  start: Call<{ module: WebAssembly.Module }, null>;
  manifest: Call<{ json: string }, Manifest>;
  /** Verifies and loads one model; a model of the same kind that was there before is freed. */
  load: Call<{ entry: ModelEntry; files: Record<string, Uint8Array> }, null>;
  /** Hands over a canvas that later calls paint on by its name. */
  surface: Call<{ name: string; canvas: OffscreenCanvas }, null>;
  randomSeed: Call<null, number>;
  /** Decodes points of latent space, on the slider grid, and paints them side by side. */
  decode: Call<{ sources: LatentSource[]; surface: string }, { z: number[][]; levels: Uint8Array }>;
  scoreVae: Call<{ image: Uint8Array; samples: number; seed: number; surface: string }, VaeElbo>;
  schedule: Call<{ kind: ScheduleKind; steps: number }, ScheduleTable>;
  /** Begins a new chain in place of the last one; computes nothing yet. */
  chain: Call<{ options: SamplerOptions }, { frames: number }>;
  /** Computes the chain's remaining frames; progress tells how many there are. */
  advance: Call<null, { available: number }, { available: number }>;
  /** Paints a stored frame. With `hold`, computing waits a moment, so that a scrubbing hand is served first. */
  frame: Call<{ index: number; x: string; predictedX0: string; columns: number; hold: boolean }, FrameInfo>;
  /** Computes a bound; with the ticket of the last one it is continued where it was cancelled. */
  scoreDdpm: Call<{ ticket: number; image: Uint8Array; options: BoundOptions }, BoundProgress, BoundProgress>;
}

export type CallName = keyof Calls;

export type ToWorker =
  | { [K in CallName]: { id: number; call: K; params: Calls[K]['params'] } }[CallName]
  | { cancel: number };

export interface WireError {
  name: string;
  message: string;
}

export type FromWorker =
  | { id: number; result: Calls[CallName]['result'] }
  | { id: number; progress: Calls[CallName]['progress'] }
  /** `fatal`: the wasm instance trapped and can no longer be trusted. */
  | { id: number; error: WireError; fatal: boolean };
