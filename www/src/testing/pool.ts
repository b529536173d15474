/** A pool of workers that answer from a script of habits, and a job whose sum would show another order. */
import { vi } from 'vitest';
import type { CallName, Calls, FromWorker, ToWorker } from '../../engine/calls.ts';
import { WorkerClient, type WorkerLike } from '../../engine/client.ts';
import type { JobState } from '../../engine/job.ts';
import { toWire } from '../../engine/errors.ts';
import { Pool } from '../../engine/pool.ts';
import type { Order, PoolServices, ServedModel } from '../../engine/pool-services.ts';
import { PromptWorker } from '../../engine/prompt.ts';
import type { JobTask, LatentBoundResult } from '../../engine/protocol.ts';

export const TOTAL = 3000;

/** A value that a sum in another order would show. */
const valueAt = (index: number) => Math.sin(index + 1) * 10 ** (index % 7);

/** What one worker alone would find: the sum in the order of the indices. */
export const expectedOf = (total: number) =>
  Array.from({ length: total }, (_, i) => valueAt(i)).reduce((sum, value) => sum + value, 0);
export const EXPECTED = expectedOf(TOTAL);

export interface Habits {
  /** Evaluations of a job. */
  total?: number;
  delay: () => number;
  fails?: (call: CallName) => Error | null;
  dies?: (call: CallName) => boolean;
  /** What its error event says. */
  words?: string;
  /** Ended before its first word: it never says one, and sends no error. */
  mute?: boolean;
}

/** A worker that answers after `delay()` milliseconds, and can die in place of an answer. */
class FakeWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  sums = new Map<number, { sum: number; count: number }>();
  calls: CallName[] = [];
  /** Numbers of the jobs that were asked for values, in turn. */
  evaluated: number[] = [];
  dead = false;

  constructor(private readonly habits: Habits) {}

  postMessage(message: ToWorker) {
    if (this.habits.mute || 'cancel' in message) return;
    if ('watch' in message) {
      // Without its script it does not come so far.
      if (this.habits.words !== '')
        setTimeout(() => this.#post({ watched: null }), this.habits.delay());
      return;
    }
    this.calls.push(message.call);
    if (message.call === 'evaluate') this.evaluated.push(message.params.jobId);
    setTimeout(() => {
      if (this.dead) return;
      const error = this.habits.fails?.(message.call);
      if (this.habits.dies?.(message.call)) this.die();
      else if (error) this.#post({ id: message.id, error: toWire(error), fatal: false });
      else this.#post({ id: message.id, result: this.#answer(message.call, message.params) });
    }, this.habits.delay());
  }

  die() {
    const { words: message = 'dead' } = this.habits;
    this.onerror?.({ message, preventDefault() {} } as ErrorEvent);
  }

  terminate() {
    this.dead = true;
  }

  #post(data: FromWorker) {
    if (!this.dead) this.onmessage?.({ data } as MessageEvent<FromWorker>);
  }

  #answer(call: CallName, params: unknown): Calls[CallName]['result'] {
    if (call === 'openJob') {
      this.sums.set((params as Calls['openJob']['params']).jobId, { sum: 0, count: 0 });
      return { total: this.habits.total ?? TOTAL };
    }
    if (call === 'evaluate') {
      const { from, to } = params as Calls['evaluate']['params'];
      return Array.from({ length: to - from }, (_, i) => Float64Array.of(valueAt(from + i)));
    }
    if (call === 'record') {
      const { jobId, from, values } = params as Calls['record']['params'];
      const sum = this.sums.get(jobId);
      if (sum?.count !== from) throw new Error(`recorded ${from} after ${sum?.count}`);
      for (const [value = NaN] of values) sum.sum += value;
      sum.count += values.length;
      return { evaluations: sum.count, result: { samples: sum.sum } as LatentBoundResult };
    }
    return null;
  }
}

const task: JobTask = { kind: 'latent', model: 'vae', image: new Uint8Array(784), options: {} };
const files = { id: 'vae', files: {} };
const model = { entry: {}, files: () => files } as ServedModel;

/** `fetchScript`: how the page comes by the workers' script. */
export function setUp(
  size: number,
  habits: (worker: number) => Habits,
  fetchScript: () => Promise<unknown> = async () => null,
  limits: Pick<PoolServices, 'quota' | 'restMs'> = {},
) {
  const workers: FakeWorker[] = [];
  const services: PoolServices = {
    spawn(onLost) {
      const worker = new FakeWorker(habits(workers.length));
      workers.push(worker);
      return new WorkerClient(new PromptWorker(worker, fetchScript), onLost);
    },
    runtime: async () => ({}),
    model: vi.fn(async () => model),
    reject: vi.fn(),
    blame: vi.fn(() => false),
    onLost: vi.fn(),
    onShrunk: vi.fn(),
    ...limits,
  };
  return { pool: new Pool(size, services), workers, services };
}

export function grow(pool: Pool, order: Omit<Order, 'onChange'> = {}) {
  const states: JobState[] = [];
  let settle: (state: JobState) => void;
  const settled = new Promise<JobState>((resolve) => (settle = resolve));
  let begin: () => void;
  /** The first values are recorded, and most are still to come. */
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const handle = pool.submit(task, {
    ...order,
    onChange: (state) => {
      states.push(state);
      if (state.evaluations > 0) begin();
      if (state.status === 'done' || state.status === 'failed') settle(state);
    },
  });
  return { handle, states, settled, begun };
}

export const sumOf = ({ result }: JobState) => (result as LatentBoundResult).samples;
