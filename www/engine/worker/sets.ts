/** Data sets: their files, the bounds of their images, and what compares them. */
import {
  histogram,
  imageOrder,
  imageSeed,
  npyFile,
  principalComponents,
  readDataFile,
  roc,
} from '../../pkg/elbo_room.js';
import { kindOf } from '../kinds/index.ts';
import type { Bound } from '../kinds/worker.ts';
import type { Jobs, JobTask } from '../protocol.ts';
import { rowOf } from '../scores.ts';
import { levelsFor } from './images.ts';
import { heldOf } from './models.ts';
import { breathe, type Handlers, PROGRESS_MS, type Task } from './task.ts';

type SetTask = Extract<JobTask, { kind: 'set' }>;
type SetResult = Jobs['set']['result'];

/** Evaluations between two looks at the clock. */
const TOGETHER = { latent: 64, diffusion: 8 };

/** Images of a data set, each of which is one evaluation: its whole bound. */
export class SetRun {
  #rows: Float64Array[] = [];

  constructor(private readonly task: SetTask) {}

  get totalEvaluations(): number {
    return this.task.options.images.length;
  }

  get evaluations(): number {
    return this.#rows.length;
  }

  /** The rows of images `from` to before `to`, fewer where the page cancels. */
  async evaluate(from: number, to: number, task: Task<'evaluate'>): Promise<Float64Array[]> {
    const rows: Float64Array[] = [];
    for (let i = from; i < to; i++) {
      const row = await this.#score(i, task);
      if (!row) break;
      rows.push(row);
    }
    return rows;
  }

  record(index: number, row: Float64Array): boolean {
    this.#rows[index] = row;
    return true;
  }

  result(): SetResult {
    const columns = this.#rows[0]?.length ?? 0;
    const rows = new Float64Array(columns * this.#rows.length);
    this.#rows.forEach((row, i) => rows.set(row, i * columns));
    return { columns, rows };
  }

  free(): void {
    this.#rows = [];
  }

  async #score(i: number, task: Task<'evaluate'>): Promise<Float64Array | null> {
    const { image, options } = this.task;
    const { shape, images, seed, latent, diffusion } = options;
    const size = shape.channels * shape.height * shape.width;
    const { entry, kind, model } = heldOf(this.task.model);
    const levels = levelsFor(model, { levels: image.subarray(i * size, (i + 1) * size), shape });
    const own = { seed: imageSeed(seed, images[i] ?? 0) };
    const { bound: name } = kindOf(entry);
    const asked = name === 'diffusion' ? diffusion : latent;
    const bound = kind.bound(model, levels, { ...asked, ...own });
    const result = await this.#grow(bound, TOGETHER[name], task);
    return result && rowOf(entry, result);
  }

  /** Others are let in while it grows; null where the page cancels meanwhile. */
  async #grow(bound: Bound, together: number, task: Task<'evaluate'>) {
    try {
      let breathed = performance.now();
      while (!bound.done) {
        bound.advance(together);
        if (performance.now() - breathed < PROGRESS_MS) continue;
        await breathe();
        if (task.cancelled) return null;
        breathed = performance.now();
      }
      return bound.result() ?? null;
    } finally {
      bound.free();
    }
  }
}

export const setHandlers: Handlers<
  'readData' | 'imageOrder' | 'roc' | 'histogram' | 'components' | 'npy'
> = {
  readData: ({ bytes }) => readDataFile(bytes),

  imageOrder: ({ seed, images }) => imageOrder(seed, images),

  roc: ({ positives, negatives }) => roc(positives, negatives),

  histogram: ({ values, bins }) => histogram(values, bins),

  components: ({ points, dimensions, components }) =>
    principalComponents(points, dimensions, components),

  npy: ({ values }) => npyFile(values),
};
