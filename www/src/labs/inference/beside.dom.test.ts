import { afterEach, describe, expect, it } from 'vitest';
import type { Calls } from '../../../engine/calls.ts';
import type { InferenceView } from '../../../engine/protocol.ts';
import { LOOK } from '../../testing/look.ts';
import { byHand, clearUp, open, pass } from '../../testing/page.svelte.ts';
import { type Script, workerOf } from '../../testing/worker.ts';
import { inferenceCommands } from './commands.ts';
import { InferenceLab } from './lab.svelte.ts';
import { defaultInference, otherThan } from './settings.ts';

afterEach(clearUp);

/** By family: ELBO, KL(q||p) and KL(p||q). */
const FITS = {
  'mean-field': { elbo: -1.25, gap: 0.75, forwardKl: 2 },
  'full-covariance': { elbo: -0.75, gap: 0.25, forwardKl: 0.5 },
  mixture: { elbo: -0.5, gap: 0, forwardKl: 0.25 },
};

/** The second run answers after so many milliseconds. */
const fitting = (delay = 0): Script => ({
  fit: async ({ place, asked, setup, iterations }: Calls['fit']['params']) => {
    if (place === 'b') await new Promise((resolve) => setTimeout(resolve, delay));
    return {
      asked,
      painted: asked,
      state: { iteration: iterations, diverged: false, q: [], ...FITS[setup.family] },
    } as unknown as InferenceView;
  },
});

async function opened(hash: string, script = fitting()) {
  const world = await open({ script, hash }, (engine, page) => {
    const made = new InferenceLab(engine, page);
    made.look = LOOK;
    made.beside.mounted = true;
    return made;
  });
  return { ...world, beside: world.lab.beside };
}
const asked = () =>
  workerOf('fitter')
    .asked('fit')
    .filter(({ place }) => place === 'b');

describe('a second run', () => {
  it('is of the first one’s settings but for those set apart, at the same iteration', async () => {
    const { beside, page } = await opened(
      '#lab=inference&target=banana&draws=3&iterations=10&vs.fit&vs.family=full-covariance&vs.vseed=9',
    );
    expect(asked()).toHaveLength(1);
    expect(asked()[0]).toMatchObject({
      iterations: 10,
      look: LOOK,
      setup: { target: 'banana', family: 'full-covariance', options: { samples: 3, seed: 9 } },
    });
    expect(beside.current).toBe(true);
    // What the one bound has more, the other divergence has less: log Z is the same.
    expect(beside.difference).toEqual({ elbo: 0.5, reverse: -0.5, forward: -1.5 });
    page.state.inference.iterations = 12;
    await pass();
    expect(asked().at(-1)?.iterations).toBe(12);
  });

  it('is waited for by what plays', async () => {
    const { lab, page } = await opened(
      '#lab=inference&iterations=10&pace=30&vs.fit&vs.gradient=score-function',
      fitting(1000),
    );
    lab.toggle();
    await pass(500);
    expect(page.state.inference.iterations).toBe(10);
    await pass(2000);
    const reached = page.state.inference.iterations;
    expect(reached).toBeGreaterThan(10);
    expect(reached).toBeLessThan(30);
  });

  it('says no difference between two iterations', async () => {
    const { lab, beside } = await opened(
      '#lab=inference&iterations=10&vs.fit&vs.family=mixture',
      fitting(1000),
    );
    await pass(2000);
    expect(beside.difference).not.toBeNull();
    lab.step(1);
    await pass(100);
    expect(beside.difference).toBeNull();
    await pass(2000);
    expect(beside.difference?.elbo).toBe(0.75);
  });

  it('comes with a family of its own, and goes with all that was set apart', async () => {
    const { beside, lab, page } = await opened('#lab=inference&iterations=10');
    expect([beside.on, asked().length]).toEqual([false, 0]);
    const ids = () => inferenceCommands(lab).map(({ id }) => id);
    expect(ids()).toContain('inference.beside');
    expect(ids()).not.toContain('inference.beside.dice');
    await byHand(() => beside.apart.toggle('family'));
    await pass();
    expect(page.state.besideFit).toMatchObject({ on: true, family: 'full-covariance', seed: null });
    expect(ids()).not.toContain('inference.beside.dice');
    await byHand(() => beside.apart.set('seed', true));
    expect(ids()).toContain('inference.beside.dice');
    expect(page.link()).toContain('vs.vseed=2');
    await byHand(() => beside.dice());
    await pass();
    expect(page.state.besideFit.seed).toBe(77);
    expect(beside.apart.canBe('components')).toBe(false);
    await byHand(() => beside.apart.toggle('family'));
    expect(page.link()).not.toContain('vs.');
    page.edits.undo();
    expect(page.state.besideFit).toMatchObject({ on: true, family: 'full-covariance', seed: 77 });
  });

  it('starts from a q that was set by hand where its family has one such', async () => {
    const start = '&q=1,0.5,-0.5,1,2,0';
    const { beside } = await opened(`#lab=inference&iterations=10${start}&vs.fit&vs.rate=0.3`);
    expect(asked()[0]?.setup.options.start).toHaveLength(1);
    beside.apart.change({ family: 'mixture' });
    await pass();
    expect(asked().at(-1)?.setup.options).not.toHaveProperty('start');
  });

  it('is not there for what an address sets apart without it', async () => {
    const { page } = await opened('#lab=inference&vs.rate=0.3');
    expect(page.rejected).toEqual([expect.objectContaining({ key: 'vs.rate', value: '0.3' })]);
    expect(page.state.besideFit.rate).toBeNull();
  });

  it('can be given another value in each part', async () => {
    const { beside } = await opened('#lab=inference&iterations=10&family=mixture&vs.fit');
    const first = { ...defaultInference(), family: 'mixture' as const };
    for (const part of beside.apart.parts) {
      const other = otherThan(first, part) ?? {};
      expect(Object.keys(other)).toEqual([part]);
      expect(other[part]).not.toBe(first[part]);
    }
  });
});
