import { afterEach, describe, expect, it } from 'vitest';
import { clearUp, open, pass } from '../../testing/page.svelte.ts';
import { flat } from '../../testing/images.ts';
import { denoising } from '../../testing/scripts.ts';
import { calls, workerOf } from '../../testing/worker.ts';
import { ChainLab } from './lab.svelte.ts';
import type { KeyedImage } from '../../scoring/displayed.ts';

afterEach(clearUp);

const seven: KeyedImage = { key: 'seven', ...flat(7) };

const opened = (
  hash = '#lab=denoise&steps=20',
  surroundings: Partial<Parameters<typeof open>[0]> = {},
  picture: KeyedImage | null = seven,
) =>
  open(
    { script: denoising(), hash, first: 'sampler', ...surroundings },
    (engine, page) => new ChainLab(engine, page, { imageFor: () => picture }),
  );
const chains = () => workerOf('sampler').asked('chain');

describe('the chain', () => {
  it('is computed ahead of what is shown', async () => {
    const { lab } = await opened();
    await pass(500);
    expect(lab.available).toBe(21);
    expect(lab.shown?.index).toBe(0);
    expect(lab.still).toBe(true);
    expect(chains()).toHaveLength(1);
    expect(chains()[0]?.options).toEqual({
      seed: 1,
      class: 3,
      schedule: 'cosine',
      steps: 20,
      method: 'ddpm',
      eta: 0,
      guidance: 0.5,
      firstChain: 0,
      chains: 1,
    });
  });

  it('is not computed before its lab is on display, and goes on where it was after a visit elsewhere', async () => {
    const { lab, page } = await opened('#steps=20');
    expect(calls('chain')).toBe(0);
    page.state.lab = 'denoise';
    await pass(100);
    const { available } = lab;
    expect(available).toBeGreaterThan(3);
    page.state.lab = 'latent';
    await pass(1000);
    expect(lab.available).toBeLessThan(available + 3);
    page.state.lab = 'denoise';
    await pass(500);
    expect(lab.available).toBe(21);
    expect(calls('chain')).toBe(1);
  });

  it('waits for a frame that is not there, and shows it when it is', async () => {
    const { lab } = await opened('#lab=denoise&steps=100');
    lab.toEnd();
    await pass(100);
    expect(lab.waiting).toBe(true);
    expect(lab.still).toBe(false);
    await pass(2000);
    expect(lab.waiting).toBe(false);
    expect(lab.shown?.index).toBe(100);
    expect(lab.still).toBe(true);
  });

  it('plays at its speed, one step after the other, and stops at the end', async () => {
    const { lab } = await opened('#lab=denoise&steps=100&speed=30');
    await pass(2000);
    lab.toggle();
    await pass(1000);
    expect(lab.step).toBeGreaterThan(27);
    expect(lab.step).toBeLessThan(32);
    await pass(4000);
    expect(lab.step).toBe(100);
    expect(lab.playing).toBe(false);
    // From the end, a press begins anew.
    lab.toggle();
    await pass(100);
    expect(lab.playing).toBe(true);
    expect(lab.step).toBeLessThan(10);
  });

  it('does not play past the frames that there are', async () => {
    const { lab } = await opened('#lab=denoise&steps=20&speed=240', { script: denoising(200) });
    lab.toggle();
    for (let i = 0; i < 10; i++) {
      await pass(100);
      expect(lab.step).toBeLessThanOrEqual(Math.max(0, lab.available - 1));
    }
  });

  it('shows only frames that are there to a scrubbing hand', async () => {
    const { lab } = await opened('#lab=denoise&steps=20', { script: denoising(100) });
    await pass(300);
    lab.scrub(20);
    expect(lab.step).toBe(lab.available - 1);
    lab.scrub(-5);
    expect(lab.step).toBe(0);
  });

  it('is another one when a control changes, begun once when the control rests', async () => {
    const { lab } = await opened();
    await pass(500);
    const before = chains().length;
    for (const guidance of [0.6, 0.7, 0.8, 0.9]) {
      lab.change({ guidance });
      await pass(30);
    }
    expect(lab.available).toBe(0);
    await pass(500);
    expect(chains()).toHaveLength(before + 1);
    expect(chains().at(-1)?.options.guidance).toBe(0.9);
    expect(lab.available).toBe(21);
  });

  it('plays a changed chain at once, and shows its end to who wants no movement', async () => {
    const moving = await opened();
    await pass(500);
    moving.lab.change({ digit: 8 });
    expect([moving.lab.playing, moving.lab.step]).toEqual([true, 0]);
    clearUp();
    const still = await opened(undefined, { reducedMotion: true });
    still.lab.change({ digit: 8 });
    expect([still.lab.playing, still.lab.step]).toEqual([false, 20]);
  });

  it('has no eta but for DDIM, and no guidance without a class', async () => {
    const { lab } = await opened('#lab=denoise&steps=20&eta=0.5&digit=none&guidance=2');
    await pass(500);
    expect(chains().at(-1)?.options).toMatchObject({ eta: 0, guidance: 0, class: null });
    lab.change({ method: 'ddim' });
    await pass(500);
    expect(chains().at(-1)?.options).toMatchObject({ eta: 0.5 });
  });

  it('starts from the picture of the ELBO lab, half-way noised', async () => {
    const { lab, page } = await opened();
    await pass(500);
    lab.startFrom('picture');
    await pass(500);
    expect(page.state.denoise).toMatchObject({ from: 10, digit: null });
    expect(chains().at(-1)?.start).toEqual({ image: seven.levels, t: 10 });
    expect([lab.steps, lab.total, lab.skipped, lab.own]).toEqual([10, 20, 10, true]);
    expect(lab.available).toBe(11);
    // In a chain of another length, as far down the way.
    lab.change({ steps: 100 });
    await pass(1000);
    expect(page.state.denoise.from).toBe(50);
    lab.startFrom('noise');
    await pass(1500);
    expect(page.state.denoise.from).toBeNull();
    expect(chains().at(-1)?.start).toBeNull();
  });

  it('asks for a picture where there is none to start from', async () => {
    const { lab } = await opened('#lab=denoise&steps=20&from=10', {}, null);
    await pass(500);
    expect(lab.lacksImage).toBe(true);
    expect(calls('chain')).toBe(0);
  });

  it('hands the chosen picture of a grid on, and chooses another where there are fewer', async () => {
    const { lab, page } = await opened('#lab=denoise&steps=20&samples=16&cell=5', { cores: 1 });
    await pass(500);
    expect(lab.picture?.levels).toEqual(new Uint8Array(784).fill(5));
    const { key } = lab.picture ?? {};
    page.state.denoise.cell = 6;
    await pass();
    expect(lab.picture?.levels).toEqual(new Uint8Array(784).fill(6));
    expect(lab.picture?.key).not.toBe(key);
    lab.change({ samples: 1 });
    expect(page.state.denoise.cell).toBe(0);
  });

  it('is computed anew by the worker that takes a lost one’s place', async () => {
    const { lab } = await opened();
    await pass(500);
    workerOf('sampler').die();
    await pass(50);
    expect(lab.available).toBeLessThan(21);
    await pass(800);
    expect(lab.available).toBe(21);
    expect(lab.still).toBe(true);
    expect(chains()).toHaveLength(1);
  });

  it('stands still where its worker was given up', async () => {
    const { lab } = await opened('#lab=denoise&steps=100');
    await pass(500);
    lab.toggle();
    await pass(200);
    for (let death = 0; death < 4; death++) {
      workerOf('sampler').die();
      await pass();
    }
    expect(lab.ready).toBe(false);
    const { step } = lab;
    await pass(2000);
    expect(lab.step).toBe(step);
  });

  it('takes a seed of chance', async () => {
    const { lab, page } = await opened();
    lab.dice();
    await pass();
    expect(page.state.denoise.seed).toBe(77);
  });
});
