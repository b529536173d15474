/** What the pool of workers asks of its owner, and what it gives for that. */
import type { LossCause, OnLost, WorkerClient } from './client.ts';
import type { JobState } from './job.ts';
import type { ModelEntry } from './protocol.ts';
import type { WorkerQuota } from './quota.ts';

/** The files of a model by their roles. */
export interface StoredModel {
  id: string;
  files: Record<string, Uint8Array>;
}

export interface ServedModel {
  entry: ModelEntry;
  /** The files that whoever fetched them keeps; null while they are fetched again. The pool keeps none, which would be a second copy. */
  files(): StoredModel | null;
}

/** Where the pool gets its workers and what they need. */
export interface PoolServices {
  spawn(onLost: OnLost): WorkerClient;
  runtime(): Promise<WebAssembly.Module>;
  model(id: string): Promise<ServedModel>;
  /** The crate refused the files: `model` waits for another copy from here on. */
  reject(id: string, files: StoredModel, error: Error): void;
  /** A worker was lost while it loaded the files; whether they are refused for it. */
  blame(id: string, files: StoredModel, error: Error): boolean;
  onLost(reason: string, left: number, cause: LossCause): void;
  /** The machine has no room for more workers than these. */
  onShrunk(size: number): void;
  /** Shared with the pools of others; without it, the pool has its size to itself. */
  readonly quota?: WorkerQuota | undefined;
  /** Workers with nothing to do for so long are given back, in milliseconds; without it, they stay. */
  readonly restMs?: number;
}

export interface Order {
  /** Jobs of a higher rank wait until those of a lower one have no work left to give; 0 if absent. */
  rank?: number;
  /** Whose it is: all jobs of one owner can be suspended together. */
  owner?: string;
  onChange: (state: JobState) => void;
}

/** Where other work is done. */
export interface Place {
  near?: WorkerClient | null;
  apart?: boolean;
}

/** What its owner can do with a job. */
export interface JobHandle {
  pause(): void;
  resume(): void;
  /** Ends it for good and frees what it holds in the workers. */
  drop(): void;
  /** Values of its evaluations that have come, without a gap from the first on. */
  values(): readonly Float64Array[];
}

/** Workers that nobody needs are given back after so long. */
export const REST_MS = 5 * 60_000;

/** Each worker holds models of its own, some tens of megabytes: beyond this, they cost more than the time that is won. */
const MOST_WORKERS = 16;

/**
 * Workers for a machine: one for each core, since the page itself, which only waits and draws, is let in between them; a
 * machine with little memory gets few.
 */
export function poolSize(cores: number | undefined, memoryGigabytes: number | undefined): number {
  const most = memoryGigabytes !== undefined && memoryGigabytes <= 4 ? 4 : MOST_WORKERS;
  return Math.max(1, Math.min(most, cores ?? 2));
}
