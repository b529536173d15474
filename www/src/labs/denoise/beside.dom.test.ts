import { afterEach, describe, expect, it, vi } from 'vitest';
import { MNIST_SHAPE } from '../../../engine/facts.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import type { Page } from '../../page.svelte.ts';
import { clearUp, open, pass } from '../../testing/page.svelte.ts';
import { flat } from '../../testing/images.ts';
import { denoising } from '../../testing/scripts.ts';
import { calls, workerOf } from '../../testing/worker.ts';
import { chainFilm, chainStrips } from './film.ts';
import { ChainLab } from './lab.svelte.ts';

afterEach(clearUp);

const BESIDE = '#lab=denoise&steps=20&vs=1&vs.sampler=ddim&vs.steps=50';

/** With the canvases of a second chain. */
function create(engine: Engine, page: Page): ChainLab {
  const lab = new ChainLab(engine, page, { imageFor: () => ({ key: 'seven', ...flat(7) }) });
  lab.beside.mounted = true;
  return lab;
}

const opened = (hash = BESIDE, surroundings: Partial<Parameters<typeof open>[0]> = {}) =>
  open({ script: denoising(), hash, first: 'sampler', ...surroundings }, create);
const asked = (place: 'a' | 'b') =>
  workerOf('sampler')
    .asked('chain')
    .filter((call) => call.place === place)
    .map(({ options }) => options);

describe('a second chain', () => {
  it('is computed beside the first by the same worker, from the first one’s settings but for those set apart', async () => {
    const { lab } = await opened();
    await pass(1500);
    const [a] = asked('a');
    expect(asked('b')).toEqual([{ ...a, method: 'ddim', steps: 50 }]);
    expect([lab.available, lab.beside.chain.available]).toEqual([21, 51]);
  });

  it('is not there until it is asked for', async () => {
    const { lab } = await opened('#lab=denoise&steps=20');
    await pass(500);
    expect(asked('b')).toEqual([]);
    lab.beside.apart.toggle('seed');
    await pass(500);
    expect(asked('b')).toMatchObject([{ seed: 2 }]);
  });

  it('follows the first where nothing is set apart', async () => {
    const { lab } = await opened();
    await pass(1500);
    lab.change({ digit: 8 });
    await pass(1500);
    expect(asked('a').at(-1)).toMatchObject({ class: 8, method: 'ddpm' });
    expect(asked('b').at(-1)).toMatchObject({ class: 8, method: 'ddim' });
    lab.beside.apart.set('digit', true);
    await pass(1500);
    lab.change({ digit: 5 });
    await pass(1500);
    expect(asked('b').at(-1)).toMatchObject({ class: 9 });
    // What the first does not have in common with it begins nothing anew.
    const before = asked('b').length;
    lab.change({ digit: 4 });
    await pass(1500);
    expect(asked('b')).toHaveLength(before);
  });

  it('shows the frame that belongs to the first one’s', async () => {
    const { lab } = await opened();
    await pass(1500);
    lab.scrub(10);
    await pass(100);
    expect([lab.shown?.index, lab.beside.chain.shown?.index]).toEqual([10, 25]);
    lab.toEnd();
    await pass(100);
    expect(lab.beside.chain.shown?.index).toBe(50);
  });

  it('is waited for while both play', async () => {
    const { lab } = await opened(`${BESIDE}&speed=240`, { script: denoising(30) });
    await pass(400);
    lab.toggle();
    for (let i = 0; i < 20; i++) {
      await pass(100);
      expect(lab.beside.step).toBeLessThan(Math.max(1, lab.beside.chain.available));
    }
    await pass(2000);
    expect(lab.step).toBe(20);
    expect(lab.playing).toBe(false);
  });

  it('has both frames at hand for their difference', async () => {
    const { lab } = await opened();
    await pass(1500);
    const { a, b } = lab.beside.pair ?? {};
    expect([a?.x[0], b?.x[0]]).toEqual([0, 10]);
    lab.beside.apart.toggle('seed');
    await pass(100);
    expect(lab.beside.pair).toBeNull();
  });

  it('is freed when it is no longer wanted, and what was set apart with it', async () => {
    const { lab, page } = await opened();
    await pass(300);
    lab.beside.apart.toggle('seed');
    await pass(500);
    expect(calls('endChain')).toBe(1);
    expect(page.state.besideChain).toMatchObject({ on: false, method: null, steps: null });
    expect(lab.beside.chain.available).toBe(0);
    lab.beside.apart.toggle('seed');
    await pass(1500);
    expect(lab.beside.chain.available).toBe(21);
    expect(lab.beside.chain.shown?.index).toBe(lab.step);
  });

  it('of another model is computed when the sampler holds that too', async () => {
    const { lab, engine } = await opened(`${BESIDE}&vs.ddpm=fashion-ddpm`);
    await pass(2000);
    expect(lab.beside.entry?.id).toBe('fashion-ddpm');
    const models = workerOf('sampler')
      .asked('chain')
      .map(({ place, model }) => [place, model]);
    expect(models).toEqual([
      ['a', lab.entry?.id],
      ['b', 'fashion-ddpm'],
    ]);
    expect(engine.faults).toEqual([]);
    // Another worker in its place gets both.
    workerOf('sampler').die();
    await pass(3000);
    expect(lab.beside.chain.available).toBe(51);
    expect(workerOf('sampler').asked('load')).toHaveLength(2);
  });

  it('starts from the same picture', async () => {
    const { lab } = await opened('#lab=denoise&steps=20&from=10&vs=1&vs.steps=100');
    await pass(2000);
    const starts = workerOf('sampler')
      .asked('chain')
      .map(({ place, start }) => [place, start?.t, start?.image[0]]);
    expect(starts).toEqual([
      ['a', 10, 7],
      ['b', 50, 7],
    ]);
    expect([lab.steps, lab.beside.steps]).toEqual([10, 50]);
  });

  it('is in the film and on the strip', async () => {
    const frames = vi.fn(({ indices }: { place: string; indices: number[] }) => ({
      shape: MNIST_SHAPE,
      frames: indices.map((t) => ({
        t,
        x: new Uint8Array(784).fill(t),
        predictedX0: new Uint8Array(784).fill(255),
      })),
    }));
    const { lab } = await opened(undefined, { script: { ...denoising(), frames } });
    await pass(1500);
    const pending = chainFilm(
      lab,
      { samples: 1, speed: 30 },
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
    await pass();
    const { frames: pictures } = await pending;
    expect(pictures).toHaveLength(21);
    const [one, two] = frames.mock.calls.map(([params]) => params);
    expect(one).toMatchObject({ place: 'a', indices: Array.from({ length: 21 }, (_, i) => i) });
    expect(two).toMatchObject({ place: 'b' });
    expect(two?.indices).toEqual(one?.indices.map((index) => Math.round((index * 50) / 20)));
    // x and the prediction of both, enlarged, with gaps.
    const factor = Math.ceil(224 / 56);
    expect(pictures[0]?.width).toBe(factor * (4 * 56 + 3 * 4));
    const strips = chainStrips(lab, { samples: 1 });
    await pass();
    expect(await strips).toMatchObject({ width: 11 * 28, height: 2 * 28 });
  });
});
