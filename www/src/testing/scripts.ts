/** What scripted workers answer where a test does not care for the numbers, but for which of them arrive. */
import { MNIST_SHAPE } from '../engine/facts.ts';
import type { LatentSource, ScheduleTable } from '../engine/protocol.ts';
import type { Script } from './worker.ts';

/** Coordinates that tell the sources apart: of a seed all the same, of a path its position. */
function locate(source: LatentSource, latents: number): number[] {
  if ('seed' in source) return Array<number>(latents).fill(source.seed / 100);
  if ('z' in source) return source.z;
  return Array<number>(latents).fill(source.position);
}

/** Pictures whose first level counts hundredths of the first coordinate. */
export const decoding = (latents = 16): Script => ({
  randomSeed: () => 77,
  decode: ({ sources, model }) => {
    const z = sources.map((source) => locate(source, model.endsWith('2d') ? 2 : latents));
    const levels = Uint8Array.from(z, ([first = 0]) => Math.round(100 * Math.abs(first)));
    return { z, levels, shape: MNIST_SHAPE, painted: 0 };
  },
  plane: (_, { progress }) => {
    progress(0.5);
    progress(1);
    return null;
  },
  classRegions: () => [],
});

/** Chains whose frames come `perStep` milliseconds apart, until the call is cancelled. */
export const denoising = (perStep = 10): Script => {
  let total = 0;
  let available = 0;
  return {
    randomSeed: () => 77,
    schedule: ({ kind, steps }) => ({ kind, steps }) as unknown as ScheduleTable,
    chain: ({ options, start }) => {
      total = (start?.t ?? options.steps ?? 0) + 1;
      available = 1;
      return { frames: total };
    },
    advance: async (_, asked) => {
      while (available < total) {
        await new Promise((resolve) => setTimeout(resolve, perStep));
        if (asked.cancelled) break;
        asked.progress({ available: ++available });
      }
      return { available };
    },
    frame: ({ index, columns }) => ({
      index,
      t: total - 1 - index,
      logSnr: 0,
      predictedX0: Uint8Array.from({ length: columns ** 2 * 784 }, (_, i) => Math.floor(i / 784)),
      shape: MNIST_SHAPE,
      rmsToOriginal: null,
    }),
  };
};
