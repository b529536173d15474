/** Data sets: their files, the bounds of their images, and what compares them. */
import {
  Ddpm,
  histogram,
  imageOrder,
  imageSeed,
  npyFile,
  principalComponents,
  readDataFile,
  roc,
} from '../../pkg/elbo_room.js';
import type { Growths, GrowthTask } from '../protocol.ts';
import { diffusionRow, latentRow } from '../scores.ts';
import { levelsFor } from './images.ts';
import { modelOf } from './models.ts';
import { breathe, type Handlers, PROGRESS_MS, type Task } from './task.ts';

type SetTask = Extract<GrowthTask, { kind: 'set' }>;
type SetResult = Growths['set']['result'];

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
    const model = modelOf(this.task.model);
    const levels = levelsFor(model, { levels: image.subarray(i * size, (i + 1) * size), shape });
    const own = { seed: imageSeed(seed, images[i] ?? 0) };
    if (model instanceof Ddpm) {
      const bound = model.elbo(levels, { ...diffusion, ...own });
      return this.#grow(bound, TOGETHER.diffusion, task, diffusionRow);
    }
    const bound = model.bound(levels, { ...latent, ...own });
    return this.#grow(bound, TOGETHER.latent, task, (result) =>
      latentRow(result, result.layers.length > 1),
    );
  }

  /** Others are let in while it grows; null where the page cancels meanwhile. */
  async #grow<T>(
    bound: {
      done: boolean;
      advance(count: number): boolean;
      result(): T | undefined;
      free(): void;
    },
    together: number,
    task: Task<'evaluate'>,
    rowOf: (result: T) => Float64Array,
  ): Promise<Float64Array | null> {
    try {
      let breathed = performance.now();
      while (!bound.done) {
        bound.advance(together);
        if (performance.now() - breathed < PROGRESS_MS) continue;
        await breathe();
        if (task.cancelled) return null;
        breathed = performance.now();
      }
      const result = bound.result();
      return result ? rowOf(result) : null;
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
