import { afterEach, expect, it } from 'vitest';
import { clearUp, make, open, pass } from '../../testing/page.svelte.ts';
import { decoding } from '../../testing/scripts.ts';
import { workerOf } from '../../testing/worker.ts';
import { BesideVae } from './beside.svelte.ts';
import { LatentLab } from './lab.svelte.ts';

afterEach(clearUp);

const opened = async (hash: string) => {
  const world = await open(
    { script: decoding(), hash },
    (engine, page) => new LatentLab(engine, page),
  );
  const beside = make(() => new BesideVae(world.engine, world.page, world.lab));
  await pass(300);
  return { ...world, beside };
};
const decoded = (model: string) =>
  workerOf('decoder')
    .asked('decode')
    .filter((call) => call.model === model)
    .map(({ sources }) => sources[0]);

it('offers the models that have as many latents and pictures of one shape', async () => {
  const { beside, lab } = await opened('');
  expect(lab.partners.length).toBeGreaterThan(0);
  for (const { id, latents, image } of lab.partners) {
    expect(id).not.toBe('mnist-vae');
    expect([latents.count, image.width, image.height, image.channels]).toEqual([16, 28, 28, 1]);
  }
  expect(beside.entry).toBeUndefined();
});

it('decodes the point on display with the second model, and follows the sliders', async () => {
  const { beside, lab } = await opened('#z=seed:50&vs.vae=fashion-vae');
  expect(decoded('fashion-vae')).toEqual([{ z: Array(16).fill(0.5) }]);
  expect(beside.current).toBe(true);
  lab.setLatent(3, 1.25);
  await pass(300);
  expect(decoded('fashion-vae').at(-1)).toEqual({ z: Array(16).fill(0.5).with(3, 1.25) });
  expect(beside.current).toBe(true);
  // Its files are loaded once.
  const loads = workerOf('decoder').asked('load');
  expect(loads.filter(({ entry }) => entry.id === 'fashion-vae')).toHaveLength(1);
});

it('has its model anew from the worker that takes a lost one’s place', async () => {
  const { beside } = await opened('#z=seed:50&vs.vae=fashion-vae');
  workerOf('decoder').die();
  await pass(500);
  expect(decoded('fashion-vae')).toHaveLength(1);
  expect(beside.current).toBe(true);
});

it('is not there for a model with other latents', async () => {
  const { beside } = await opened('#vs.vae=mnist-vae-2d');
  expect(beside.entry).toBeUndefined();
  expect(beside.current).toBe(false);
});
