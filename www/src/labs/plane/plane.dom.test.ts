import { afterEach, describe, expect, it } from 'vitest';
import type { PlanePointResult, PlaneScores } from '../../../engine/protocol.ts';
import { LOOK } from '../../testing/look.ts';
import { clearUp, open, pass } from '../../testing/page.svelte.ts';
import { calls, type Script, workerOf } from '../../testing/worker.ts';
import { PlaneLab } from './lab.svelte.ts';
import { defaultPlane, MAX_POINTS } from './settings.ts';

afterEach(clearUp);

/** A worker that trains in slices of 100 steps until it is told to stop. */
const script = (): Script => ({
  planePaint: ({ asked, t }) => ({ asked, t, logSnr: 1, kernels: null }),
  planeAdvance: () => ({ reached: 0 }),
  planePoint: ({ point }) =>
    ({
      x0: point,
      bound: { elbo: -3, perTimestep: [] },
      done: true,
    }) as unknown as PlanePointResult,
  planeScores: () => ({ logP: -1 }) as unknown as PlaneScores,
  planeTrain: async ({ steps }, asked) => {
    let made = 0;
    const report = () => ({
      steps: made,
      trace: { step: [0], loss: [null], elbo: [-5] },
      exactElbo: -2,
    });
    while (made < steps && !asked.cancelled) {
      made = Math.min(steps, made + 100);
      asked.progress(report());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return report();
  },
});

async function opened(hash = '#lab=plane&pt=20') {
  const { lab, page } = await open({ script: script(), hash }, (engine, page) => {
    const made = new PlaneLab(engine, page);
    made.look = LOOK;
    made.small = { ...LOOK, size: 50 };
    return made;
  });
  return { lab, page, settings: page.state.plane };
}
const asked = () => workerOf('fitter').asked('planePaint');
const last = () => asked().at(-1);

describe('the plane', () => {
  it('is asked for by its settings', async () => {
    const { lab } = await opened(
      '#lab=plane&pt=20&pdata=moons&psteps=50&x=1,-1&field=none&particle=4',
    );
    expect(last()).toMatchObject({
      t: 20,
      setup: { options: { data: 'moons', steps: 50, particles: 1000 }, network: null },
      look: LOOK,
      small: { size: 50 },
      field: null,
      particle: 4,
      point: [1, -1],
    });
    expect(lab.view?.asked).toBe(lab.request);
    expect(lab.reached).toBe(0);
    expect(lab.current).toBe(true);
    expect(lab.scored).toHaveLength(1);
    expect(lab.direction).toBe(0);
  });

  it('begins no worker before its lab is seen', async () => {
    const { page } = await opened('#pt=20');
    expect(calls('planePaint')).toBe(0);
    page.state.lab = 'plane';
    await pass();
    expect(calls('planePaint')).toBeGreaterThan(0);
  });

  it('is down when its worker has died too often', async () => {
    const { lab } = await opened('#lab=plane');
    for (let i = 0; i < 4; i++) {
      expect(lab.down).toBe(false);
      workerOf('fitter').die();
      await pass(10);
    }
    expect(lab.down).toBe(true);
  });

  it('plays from noise to its standing place at the first look', async () => {
    const { lab, settings } = await opened('#lab=plane');
    expect(lab.direction).toBe(-1);
    await pass(20_000);
    expect([settings.t, lab.direction]).toEqual([defaultPlane().t, 0]);
  });

  it('plays both ways, from the other end where it has come to one', async () => {
    const { lab, settings } = await opened();
    lab.play(-1);
    await pass(20_000);
    expect([settings.t, lab.direction]).toEqual([0, 0]);
    lab.play(1);
    await pass(20_000);
    expect([settings.t, lab.direction]).toEqual([100, 0]);
    lab.play(1);
    await pass(100);
    expect(settings.t).toBeLessThan(50);
    lab.play(1);
    expect(lab.direction).toBe(0);
    lab.scrub(1000);
    expect(settings.t).toBe(100);
  });

  it('keeps its share of the chain when T changes, and is drawn anew with another seed', async () => {
    const { lab, settings } = await opened();
    lab.setSteps(1000);
    expect([settings.t, settings.steps]).toEqual([200, 1000]);
    lab.dice();
    await pass();
    expect(last()?.setup.options.seed).toBe(77);
    expect(lab.scored).toHaveLength(1);
  });
});

describe('the point', () => {
  it('moves on the grid of an address, and its numbers are asked for anew', async () => {
    const { lab, settings } = await opened();
    const before = calls('planePoint');
    lab.setPoint([1.234_56, -9]);
    expect(settings.point).toEqual([1.23, -4.5]);
    expect(lab.current).toBe(false);
    await pass();
    expect(calls('planePoint')).toBe(before + 1);
    expect(lab.point?.x0).toEqual([1.23, -4.5]);
    expect(lab.current).toBe(true);
  });

  it('is not asked for again by a timestep', async () => {
    const { lab } = await opened();
    const before = calls('planePoint');
    lab.scrub(5);
    await pass();
    expect(calls('planePoint')).toBe(before);
    expect(last()?.t).toBe(5);
  });
});

describe('data of one’s own', () => {
  it('are moved, added and removed; one always stays', async () => {
    const { lab, settings } = await opened('#lab=plane&pt=20&pdata=own');
    lab.setDot(0, { x: 0.5, width: 9 });
    expect(settings.points[0]).toEqual({ x: 0.5, y: 1, width: 1.5 });
    lab.addDot({ x: 2, y: 2, width: 0.3 });
    expect(settings.points).toHaveLength(4);
    await pass();
    expect(last()?.setup.options.components).toHaveLength(4);
    for (let i = 0; i < 2 * MAX_POINTS; i++) lab.addDot({ x: 0, y: 0, width: 1 });
    expect(settings.points).toHaveLength(MAX_POINTS);
    for (let i = 0; i < 2 * MAX_POINTS; i++) lab.removeDot(0);
    expect(settings.points).toHaveLength(1);
  });
});

describe('a training', () => {
  const NETWORK = '#lab=plane&pt=20&model=network';

  it('is brought to where the address says', async () => {
    const { lab, settings } = await opened(`${NETWORK}&trained=700`);
    await pass(2000);
    expect(lab.training?.steps).toBe(700);
    expect([settings.trained, lab.busy]).toEqual([700, false]);
    expect(last()?.version).toBe(700);
    expect(lab.scored.map(({ trained }) => trained).at(-1)).toBe(700);
  });

  it('pauses at the next step of a coarse grid', async () => {
    const { lab, settings } = await opened(NETWORK);
    lab.toggleTraining();
    expect(lab.busy).toBe(true);
    await pass(330);
    expect(settings.trained).toBeGreaterThan(0);
    lab.toggleTraining();
    expect(settings.trained % 500).toBe(0);
    await pass(5000);
    expect(lab.training?.steps).toBe(settings.trained);
    expect(lab.busy).toBe(false);
  });

  it('is forgotten on request, and ends with its model', async () => {
    const { lab, settings } = await opened(`${NETWORK}&trained=500`);
    await pass(1000);
    lab.resetTraining();
    await pass();
    expect([settings.trained, lab.training?.steps]).toEqual([0, 0]);
    lab.toggleTraining();
    await pass(200);
    lab.change({ model: 'exact' });
    await pass(200);
    expect([lab.busy, lab.training]).toEqual([false, null]);
    expect(last()?.setup.network).toBeNull();
  });
});
