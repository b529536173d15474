import { afterEach, expect, it } from 'vitest';
import { MNIST_SHAPE } from '../../../engine/facts.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import type { Page } from '../../page.svelte.ts';
import { clearUp, make, open, pass } from '../../testing/page.svelte.ts';
import { denoising } from '../../testing/scripts.ts';
import { calls, type Script, workerOf } from '../../testing/worker.ts';
import { ChainLab } from './lab.svelte.ts';
import { PathsLab } from './paths.svelte.ts';

afterEach(clearUp);

/** The first two pixels of a picture are its coordinates. */
const script: Script = {
  ...denoising(),
  frames: ({ place, indices }) => ({
    shape: MNIST_SHAPE,
    frames: indices.map((index) => ({
      t: 20 - index,
      x: new Uint8Array(784),
      predictedX0: new Uint8Array(784).fill(index).fill(place === 'b' ? 100 : 0, 1, 2),
    })),
  }),
  components: ({ points, dimensions }) => ({
    mean: [],
    axes: [],
    variances: [6, 2],
    totalVariance: 16,
    scores: Array.from({ length: points.length / dimensions }, (_, i) => [
      points[i * dimensions] ?? 0,
      points[i * dimensions + 1] ?? 0,
    ]).flat(),
  }),
};

const opened = async (hash: string) => {
  const opened = await open({ script, hash, first: 'sampler' }, (engine: Engine, page: Page) => {
    const lab = new ChainLab(engine, page, { imageFor: () => null });
    lab.beside.mounted = true;
    return lab;
  });
  const paths = make(() => new PathsLab(opened.engine, opened.page, opened.lab));
  return { ...opened, paths };
};

it('draws the chain when it is complete, and not before', async () => {
  const { paths, lab } = await opened('#lab=denoise&steps=20&paths=x0');
  expect(lab.available).toBeLessThan(21);
  expect(calls('components')).toBe(0);
  await pass(1000);
  expect(paths.drawn?.explained).toEqual([6 / 16, 2 / 16]);
  expect(paths.drawn?.paths.map(({ points }) => points.at(-1))).toEqual([[20, 0]]);
  expect(paths.old).toBe(false);
  // The sampler goes on painting: the components are another worker's work.
  expect(workerOf('sampler').asked('components')).toEqual([]);
});

it('draws both chains in one plane, and anew when one of them is another', async () => {
  const { paths, lab } = await opened('#lab=denoise&steps=20&paths=x0&vs=1&vs.steps=50');
  await pass(2000);
  expect(paths.drawn?.paths.map(({ of, points }) => [of, points.at(-1)])).toEqual([
    [0, [20, 0]],
    [1, [50, 100]],
  ]);
  expect(calls('components')).toBe(1);
  lab.beside.apart.change({ seed: 9 });
  await pass(300);
  expect(paths.old).toBe(true);
  await pass(2000);
  expect(paths.old).toBe(false);
  expect(calls('components')).toBe(2);
});

it('shows the picture at the playhead of the path that is pointed at', async () => {
  const { paths, lab, page } = await opened('#lab=denoise&steps=20&paths=x0&vs=1&vs.steps=100');
  await pass(3000);
  lab.scrub(5);
  await pass(100);
  const [first, second] = paths.drawn?.paths ?? [];
  expect(paths.active).toBe(first);
  expect(first && paths.imageOf(first)?.levels[0]).toBe(5);
  paths.pointed = 1;
  expect(paths.active).toBe(second);
  // Of the hundred steps, the twenty-fifth has no point; the next one has.
  expect(second && paths.imageOf(second)?.levels[0]).toBe(25);
  page.state.denoise.paths = 'x';
  await pass(500);
  expect(paths.drawn?.of).toBe('x');
});
