import { afterEach, describe, expect, it } from 'vitest';
import type { Calls } from '../../../engine/calls.ts';
import type { InferenceView } from '../../../engine/protocol.ts';
import { LOOK } from '../../testing/look.ts';
import { clearUp, open, pass } from '../../testing/page.svelte.ts';
import { calls, type Script, workerOf } from '../../testing/worker.ts';
import { InferenceLab } from './lab.svelte.ts';
import { defaultInference, MAX_ITERATIONS } from './settings.ts';

afterEach(clearUp);

const Q = { weight: 1, mean: [0.123, -0.5], std: [1, 2], correlation: 0.25 } as const;

/** A fit that ends at `diverges`; its q is the start, or always the same. */
const fitting = (diverges = Infinity): Script => ({
  fit: ({ asked, setup, iterations }: Calls['fit']['params']) =>
    ({
      asked,
      painted: asked,
      state: {
        iteration: Math.min(iterations, diverges),
        diverged: iterations > diverges,
        q: setup.options.start ?? [{ ...Q, mean: [...Q.mean], std: [...Q.std] }],
      },
      data: [
        { x: 1, label: 1 },
        { x: -1, label: 0 },
      ],
    }) as unknown as InferenceView,
});

async function opened(
  hash = '#lab=inference&iterations=10',
  { script = fitting(), ...rest }: Partial<Parameters<typeof open>[0]> = {},
) {
  const { lab, page, engine } = await open({ script, hash, ...rest }, (engine, page) => {
    const made = new InferenceLab(engine, page);
    made.look = LOOK;
    return made;
  });
  return { lab, page, engine, settings: page.state.inference };
}
const asked = () => workerOf('fitter').asked('fit');

describe('a fit', () => {
  it('is asked for by its settings and its iterations', async () => {
    const { lab } = await opened('#lab=inference&target=banana&draws=20&vseed=5&iterations=10');
    expect(asked()).toHaveLength(1);
    expect(asked()[0]).toMatchObject({
      iterations: 10,
      look: LOOK,
      setup: {
        target: 'banana',
        family: 'mean-field',
        options: { samples: 20, seed: 5, optimizer: 'adam', learningRate: 0.05 },
      },
    });
    expect(lab.current).toBe(true);
    expect(lab.playing).toBe(false);
  });

  it('begins no worker before its lab is seen', async () => {
    const { page } = await opened('#iterations=10');
    expect(calls('fit')).toBe(0);
    page.state.lab = 'inference';
    await pass();
    expect(calls('fit')).toBe(1);
    expect(workerOf('fitter').asked('start')).toHaveLength(1);
  });

  it('runs by itself at the first look, and then rests', async () => {
    const { lab, settings } = await opened('#lab=inference&pace=300');
    expect(lab.playing).toBe(true);
    await pass(3000);
    expect(settings.iterations).toBe(400);
    expect(lab.playing).toBe(false);
  });

  it('does not run by itself where somebody has been, or wants no movement', async () => {
    expect((await opened()).lab.playing).toBe(false);
    clearUp();
    expect((await opened('#lab=inference', { reducedMotion: true })).lab.playing).toBe(false);
  });

  it('goes on at its pace, and waits for what has not been computed', async () => {
    const { lab, settings } = await opened('#lab=inference&iterations=10&pace=60');
    lab.toggle();
    await pass(1000);
    expect(settings.iterations).toBeGreaterThan(55);
    expect(settings.iterations).toBeLessThan(75);
    lab.toggle();
    const { iterations } = settings;
    await pass(1000);
    expect(settings.iterations).toBe(iterations);
    clearUp();
    const slow = await opened('#lab=inference&iterations=10&pace=1500', {
      script: {
        ...fitting(),
        fit: async (params, task) => {
          await new Promise((resolve) => setTimeout(resolve, 500));
          return fitting().fit?.(params, task) as never;
        },
      },
    });
    await pass(600);
    slow.lab.toggle();
    await pass(2000);
    // No more than a quarter of a second's at once: at most four answers came.
    expect(slow.settings.iterations).toBeLessThan(10 + 5 * 375);
  });

  it('steps, and starts anew', async () => {
    const { lab, settings } = await opened();
    lab.step(1);
    expect(settings.iterations).toBe(11);
    lab.step(MAX_ITERATIONS);
    expect(settings.iterations).toBe(MAX_ITERATIONS);
    lab.toggle();
    expect(lab.playing).toBe(false);
    lab.reset();
    expect(settings.iterations).toBe(0);
  });

  it('is another one with another control, and runs at once', async () => {
    const { lab, settings } = await opened();
    lab.change({ rate: 0.1 });
    expect(settings).toMatchObject({ rate: 0.1, iterations: 0 });
    expect(lab.playing).toBe(true);
    lab.dice();
    await pass();
    expect(settings.seed).toBe(77);
  });

  it('is at its end at once for who wants no movement', async () => {
    const { lab, settings } = await opened(undefined, { reducedMotion: true });
    lab.change({ rate: 0.1 });
    expect([settings.iterations, lab.playing]).toEqual([400, false]);
  });

  it('that diverges says how far it came, and stops', async () => {
    const { lab, settings } = await opened(undefined, { script: fitting(50) });
    lab.step(100);
    await pass();
    expect(settings.iterations).toBe(50);
    expect(lab.playing).toBe(false);
  });

  it('shows no fit of a worker that is gone', async () => {
    const { lab } = await opened();
    lab.step(1);
    workerOf('fitter').die();
    await pass(200);
    expect(asked().at(-1)).toMatchObject({ iterations: 11 });
    expect(lab.current).toBe(true);
  });
});

describe('q by hand', () => {
  it('is what is shown, on the grid of what can be set, with one component changed', async () => {
    const { lab, settings } = await opened();
    expect(lab.q).toEqual([{ weight: 1, mean: [0.12, -0.5], std: [1, 2], correlation: 0.25 }]);
    lab.setComponent(0, { mean: [30, 1.234] });
    expect(settings).toMatchObject({
      iterations: 0,
      start: [{ weight: 1, mean: [20, 1.23], std: [1, 2], correlation: 0.25 }],
    });
    await pass();
    expect(asked().at(-1)?.setup.options.start).toEqual(settings.start);
  });

  it('belongs to its target, family and number of components', async () => {
    const { lab, settings } = await opened();
    for (const part of [
      { target: 'ring' },
      { family: 'full-covariance' },
      { components: 4 },
    ] as const) {
      lab.setComponent(0, { weight: 1 });
      expect(settings.start).not.toBeNull();
      lab.change(part);
      expect(settings.start).toBeNull();
      await pass();
    }
    lab.setComponent(0, { weight: 1 });
    lab.change({ rate: 0.1 });
    expect(settings.start).not.toBeNull();
  });

  it('is not set where nothing is shown yet', async () => {
    const { lab, settings } = await opened('#iterations=10');
    lab.setComponent(0, { mean: [1, 1] });
    expect(settings).toEqual({ ...defaultInference(), iterations: 10 });
  });

  it('stays when an observation is moved, and both are forgotten together', async () => {
    const { lab, settings } = await opened(
      '#lab=inference&target=logistic-regression&iterations=10',
    );
    lab.setObservation(1, { x: -9, label: 1 });
    expect(settings.data).toEqual([
      { x: 1, label: 1 },
      { x: -4, label: 1 },
    ]);
    expect(settings.start).toEqual(lab.q);
    await pass();
    expect(asked().at(-1)?.setup.options.data).toEqual(settings.data);
    lab.restore();
    expect(settings).toMatchObject({ start: null, data: null, iterations: 0 });
  });
});
