import { afterEach, expect, it } from 'vitest';
import { dimensionsOf } from '../../../engine/facts.ts';
import { byHand, clearUp, make, open, pass } from '../../testing/page.svelte.ts';
import { decoding } from '../../testing/scripts.ts';
import { type Script, workerOf } from '../../testing/worker.ts';
import { allCommands } from './commands.ts';
import { LatentLab } from './lab.svelte.ts';
import { apartOf, BesidePoints } from './points.svelte.ts';

afterEach(clearUp);

const at = (index: number, value: number) => Array<number>(16).fill(0).with(index, value);

const opened = async (hash: string) => {
  const script = decoding();
  // Whole pictures, in which each level is the one that the script gives.
  const decode: Script['decode'] = async (...asked) => {
    const decoded = await script.decode?.(...asked);
    if (!decoded) throw new Error('not decoded');
    return { ...decoded, levels: widened(decoded.levels, dimensionsOf(decoded.shape)) };
  };
  const world = await open(
    { script: { ...script, decode }, hash },
    (engine, page) => new LatentLab(engine, page),
  );
  const points = make(() => new BesidePoints(world.engine, world.page, world.lab));
  await pass(300);
  return { ...world, points };
};
const widened = (levels: Uint8Array, size: number) =>
  Uint8Array.from({ length: levels.length * size }, (_, i) => levels[Math.floor(i / size)] ?? 0);
/** Decoded together: the two ends. */
const pairs = () =>
  workerOf('decoder')
    .asked('decode')
    .filter(({ surface, sources }) => surface === null && sources.length === 2)
    .map(({ sources }) => sources);

it('decodes both ends with one model, and tells them apart', async () => {
  const { points, page } = await opened(`#vs.points&a=${at(0, 1).join()}&b=${at(1, 2).join()}`);
  expect(pairs()).toEqual([[{ z: at(0, 1) }, { z: at(1, 2) }]]);
  expect(points.current).toBe(true);
  expect([...new Set(points.shown?.a.levels)]).toEqual([100]);
  expect([...new Set(points.shown?.b.levels)]).toEqual([0]);
  expect(points.shown?.b.levels).toHaveLength(784);
  expect(points.apart?.distance).toBeCloseTo(Math.sqrt(5), 12);
  expect(points.apart?.angle).toBeCloseTo(90, 12);
  page.state.latent.b = { z: at(0, 3) };
  await pass(0);
  expect(points.apart).toBeNull();
  await pass(300);
  expect(points.apart).toEqual({ distance: 2, angle: 0 });
});

it('is not there unless it is asked for, by a command as well, and can be taken back', async () => {
  const { points, lab, page } = await opened('');
  expect([points.on, pairs().length]).toEqual([false, 0]);
  const command = allCommands(lab).find(({ id }) => id === 'latent.points');
  await byHand(() => command?.run());
  await pass(300);
  expect(page.link()).toContain('vs.points');
  expect(points.apart?.distance).toBeGreaterThan(0);
  page.edits.undo();
  expect(page.state.latent.points).toBe(false);
});

it('has no angle at the origin, and none beyond 180 degrees by rounding', () => {
  expect(apartOf([0, 0], [3, 4])).toEqual({ distance: 5, angle: null });
  expect(apartOf([0.1, 0.2, 0.3], [-0.3, -0.6, -0.9]).angle).toBeCloseTo(180, 5);
  expect(apartOf([1, 0], [1, 1]).angle).toBeCloseTo(45, 12);
});

it('chooses a second model by a command, where there is one', async () => {
  const { lab, page, engine } = await opened('');
  const ids = () => allCommands(lab).map(({ id }) => id);
  const command = allCommands(lab).find(({ id }) => id === 'latent.beside');
  expect(command?.enabled?.()).toBe(true);
  await byHand(() => command?.run());
  expect(page.state.latent.beside).toBe(lab.partners[0]?.id);
  await byHand(() => command?.run());
  expect(page.state.latent.beside).toBeNull();
  engine.manifest = engine.manifest && {
    ...engine.manifest,
    models: engine.manifest.models.filter(({ id }) => id === 'mnist-vae'),
  };
  expect(ids()).toContain('latent.beside');
  expect(command?.enabled?.()).toBe(false);
});
