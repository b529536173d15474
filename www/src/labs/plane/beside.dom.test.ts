import { afterEach, describe, expect, it } from 'vitest';
import type { PlanePointResult, PlaneScores } from '../../../engine/protocol.ts';
import { LOOK } from '../../testing/look.ts';
import { byHand, clearUp, open, pass } from '../../testing/page.svelte.ts';
import { type Script, workerOf } from '../../testing/worker.ts';
import { PlaneLab } from './lab.svelte.ts';
import { defaultPlane, linkedTimestep, otherThan } from './settings.ts';

afterEach(clearUp);

/** A bound that comes closer to log p(x) = -1 with every step; samplers of the second diffusion that take their time. */
const script = (delay = 0): Script => ({
  planePaint: ({ asked, t }) => ({ asked, t, logSnr: 1, kernels: null }),
  planeAdvance: async ({ place, setup }, task) => {
    if (place === 'b' && delay > 0) {
      task.progress({ reached: setup.options.steps ?? 0 });
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
    return { reached: 0 };
  },
  planePoint: ({ setup, point }) =>
    ({
      x0: point,
      logP: -1,
      bound: { elbo: -1 - 4 / (setup.options.steps ?? 1), perTimestep: [] },
      done: true,
    }) as unknown as PlanePointResult,
  planeScores: ({ place }) =>
    ({ ancestral: place === 'b' ? 0.25 : 0.125 }) as unknown as PlaneScores,
});

async function opened(hash: string, delay = 0) {
  const world = await open({ script: script(delay), hash }, (engine, page) => {
    const made = new PlaneLab(engine, page);
    made.look = LOOK;
    made.small = { ...LOOK, size: 50 };
    made.beside.mounted = true;
    return made;
  });
  return { ...world, beside: world.lab.beside };
}
const asked = () =>
  workerOf('fitter')
    .asked('planePaint')
    .filter(({ place }) => place === 'b');

describe('a second diffusion', () => {
  it('is of the same data and particles, at the same share of its steps', async () => {
    const { beside, page } = await opened(
      '#lab=plane&pdata=moons&psteps=100&pt=20&pseed=7&vs.plane&vs.psteps=10&vs.model=gaussian',
    );
    expect(asked().at(-1)).toMatchObject({
      t: 2,
      setup: { options: { data: 'moons', steps: 10, seed: 7, model: 'gaussian' }, network: null },
      small: { size: 50 },
    });
    expect(beside.view?.asked).toBe(beside.request);
    page.state.plane.t = 55;
    await pass();
    expect(asked().at(-1)?.t).toBe(6);
  });

  it('has a bound of the same point', async () => {
    const { beside, lab, page } = await opened('#lab=plane&psteps=100&pt=20&vs.plane&vs.psteps=10');
    await pass();
    expect(beside.bounds).toEqual({ a: -1.04, b: -1.4, logP: -1 });
    expect([lab.scores?.ancestral, beside.scores?.ancestral]).toEqual([0.125, 0.25]);
    const points = () =>
      workerOf('fitter')
        .asked('planePoint')
        .map(({ point }) => point.join());
    lab.setPoint([1, -1]);
    await pass();
    expect(points().filter((point) => point === '1,-1')).toHaveLength(2);
    page.state.besidePlane.on = false;
    await pass();
    expect(beside.bounds).toBeNull();
  });

  it('is waited for by what plays', async () => {
    const { lab, page } = await opened('#lab=plane&psteps=100&pt=80&vs.plane&vs.peta=1', 2000);
    await pass(100);
    lab.play(-1);
    await pass(1000);
    expect(page.state.plane.t).toBe(80);
    await pass(4000);
    expect(page.state.plane.t).toBeLessThan(70);
  });

  it('shares the first one’s network, whatever its schedule', async () => {
    await opened(
      '#lab=plane&model=network&trained=0&psteps=100&pt=20&vs.plane&vs.pschedule=linear',
    );
    const setups = (place: 'a' | 'b') =>
      workerOf('fitter')
        .asked('planePaint')
        .filter((call) => call.place === place)
        .at(-1)?.setup;
    expect(setups('b')?.options.schedule).toBe('linear');
    expect(setups('b')?.network).toEqual(setups('a')?.network);
    expect(setups('b')?.network?.schedule).toBe('log-snr-linear');
  });

  it('comes with a schedule of its own, and goes with all that was set apart', async () => {
    const { beside, page } = await opened('#lab=plane&pt=20');
    expect([beside.on, asked().length]).toEqual([false, 0]);
    await byHand(() => beside.apart.toggle('schedule'));
    await pass();
    expect(page.state.besidePlane).toMatchObject({ on: true, schedule: 'linear', steps: null });
    expect(asked().length).toBeGreaterThan(0);
    await byHand(() => beside.apart.set('steps', true));
    expect(page.link()).toContain('vs.psteps=10');
    expect(beside.apart.canBe('blur')).toBe(false);
    await byHand(() => beside.apart.toggle('schedule'));
    expect(page.link()).not.toContain('vs.');
    page.edits.undo();
    expect(page.state.besidePlane).toMatchObject({ on: true, schedule: 'linear', steps: 10 });
  });

  it('is not there for what an address sets apart without it, nor with a network of its own', async () => {
    const { page } = await opened('#lab=plane&pt=20&vs.psteps=10');
    expect(page.rejected).toEqual([expect.objectContaining({ key: 'vs.psteps', value: '10' })]);
    clearUp();
    const other = await opened('#lab=plane&pt=20&vs.plane&vs.model=network');
    expect(other.page.rejected).toEqual([expect.objectContaining({ key: 'vs.model' })]);
  });

  it('can be given another value in each part', async () => {
    const { beside } = await opened('#lab=plane&pt=20&model=blurred&vs.plane');
    const first = { ...defaultPlane(), model: 'blurred' as const };
    for (const part of beside.apart.parts) {
      const other = otherThan(first, part) ?? {};
      expect(Object.keys(other)).toEqual([part]);
      expect(other[part]).not.toBe(first[part]);
    }
  });
});

it('links the ends of two chains, and what lies between by its share', () => {
  expect([0, 1, 37, 50, 100].map((t) => linkedTimestep({ t, steps: 100 }, 10))).toEqual([
    0, 0, 4, 5, 10,
  ]);
  expect(linkedTimestep({ t: 7, steps: 7 }, 1000)).toBe(1000);
});
