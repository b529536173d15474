/** What scripted workers answer where a test does not care for the numbers, but for which of them arrive. */
import { MNIST_SHAPE } from '../../engine/facts.ts';
import type { AnyChain, LatentSource } from '../../engine/protocol.ts';
import type { Script } from './worker.ts';

/** Coordinates that tell the sources apart: of a seed all the same, of a path its position. */
function locate(source: LatentSource, latents: number): number[] {
  if ('seed' in source) return Array<number>(latents).fill(source.seed / 100);
  if ('z' in source) return source.z;
  return Array<number>(latents).fill(source.position);
}

/** Pictures whose first level counts hundredths of the first coordinate. */
export const decoding = (latents = 16): Script => ({
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
  const chains = new Map<AnyChain, { total: number; available: number }>();
  const chainAt = (place: AnyChain) => {
    const chain = chains.get(place);
    if (!chain) throw new Error(`chain ${place} is not loaded in this worker`);
    return chain;
  };
  return {
    // Log SNR falls evenly from 10 at t = 0 to −10 at t = T.
    schedule: ({ steps }) => {
      const t = Array.from({ length: steps }, (_, i) => i + 1);
      return { t, logSnr: t.map((at) => 10 - (20 * at) / steps), alphaBar: t.map(() => 0.5) };
    },
    chain: ({ place, options, start }) => {
      const total = (start?.t ?? options.steps ?? 0) + 1;
      chains.set(place, { total, available: 1 });
      return { frames: total };
    },
    advance: async ({ place }, asked) => {
      const chain = chainAt(place);
      while (chain.available < chain.total) {
        await new Promise((resolve) => setTimeout(resolve, perStep));
        if (asked.cancelled) break;
        asked.progress({ available: ++chain.available });
      }
      return { available: chain.available };
    },
    endChain: ({ place }) => {
      chains.delete(place);
      return null;
    },
    // The pictures of the second chain are ten levels lighter than those of the first.
    frame: ({ place, index, columns }) => {
      const { total } = chainAt(place);
      const levels = Uint8Array.from(
        { length: columns ** 2 * 784 },
        (_, i) => Math.floor(i / 784) + (place === 'b' ? 10 : 0),
      );
      return {
        index,
        t: total - 1 - index,
        logSnr: 0,
        x: levels,
        predictedX0: levels,
        shape: MNIST_SHAPE,
        rmsToOriginal: null,
      };
    },
  };
};
