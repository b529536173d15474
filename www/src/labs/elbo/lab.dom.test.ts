import { afterEach, describe, expect, it } from 'vitest';
import type { Calls } from '../../../engine/calls.ts';
import type { JobResult } from '../../../engine/protocol.ts';
import { datasetOf, dimensionsOf, taskOf } from '../../../engine/facts.ts';
import { manifest, VAE } from '../../testing/manifest.ts';
import { clearUp, make, open, pass } from '../../testing/page.svelte.ts';
import { flat } from '../../testing/images.ts';
import { calls, type Script, ScriptedWorker, workerOf } from '../../testing/worker.ts';
import { Hierarchy } from './hierarchy.svelte.ts';
import { ElboLab, SWEEP_STEPS } from './lab.svelte.ts';

afterEach(clearUp);

/** Jobs of `total` evaluations whose result is how many there were. */
function growing(total = 40): Script {
  return {
    examples: () => [{ name: '3', strokes: [Float32Array.of(0, 0, 1, 1)] }] as never,
    prepare: ({ format }) => new Uint8Array(dimensionsOf(format.shape)).fill(3),
    diffuse: ({ options }) => ({ t: options.t }) as never,
    evaluation: () => [],
    openJob: () => ({ total }),
    evaluate: async ({ from, to }) => {
      await new Promise((resolve) => setTimeout(resolve, to - from));
      return Array.from({ length: to - from }, (_, i) => Float64Array.of(from + i));
    },
    record: ({ from, values }) => {
      const evaluations = from + values.length;
      return { evaluations, result: { samples: evaluations } as JobResult };
    },
    closeJob: () => null,
    generate: ({ seeds }) => seeds.map(([first = 0]) => Uint8Array.of(first % 256)),
    reconstruct: ({ seeds, layers }) => seeds.map((seed) => Uint8Array.of(seed % 256, layers)),
  };
}

async function opened(hash = '#lab=elbo', script: Script = growing()) {
  const { lab, page, engine } = await open(
    { hash, script },
    (engine, page) => new ElboLab(engine, page),
  );
  return { lab, page, engine };
}

const tasks = () =>
  ScriptedWorker.all.flatMap((worker) => worker.asked('openJob').map(({ task }) => task));
const closed = () => ScriptedWorker.all.flatMap((worker) => worker.asked('closeJob')).length;

describe('the ELBO lab', () => {
  it('is down when its workers are given up, or those of its pictures, and not before', async () => {
    const { lab, engine } = await opened('#lab=elbo', growing(5000));
    await pass(1000);
    const alive = () => ScriptedWorker.all.filter(({ name, ended }) => name === 'pool' && !ended);
    const most = alive().length;
    expect(most).toBeGreaterThan(0);
    let lost = 0;
    for (; alive().length > 0 && lost < 20; lost++) {
      expect(lab.down).toBe(false);
      alive()[0]?.die();
      await pass(200);
    }
    // Three are replaced, and as many as there were are not.
    expect(lost).toBe(3 + most);
    expect(lab.down).toBe(true);
    expect(engine.losses).toMatchObject([{ role: 'pool', restarting: false }]);
    engine.restart('pool');
    await pass(1000);
    expect(lab.down).toBe(false);
    expect(alive()).toHaveLength(most);

    for (let i = 0; i < 4; i++) {
      expect(lab.down).toBe(false);
      workerOf('decoder').die();
      await pass(10);
    }
    expect(lab.down).toBe(true);
  });

  it('scores a picture that rests under every model, each task once', async () => {
    const { lab } = await opened();
    await pass(2000);
    const ids = manifest.models
      .filter((entry) => entry.kind !== 'ddpm' && datasetOf(entry) === 'MNIST')
      .map(({ id }) => id);
    expect(lab.latent.map(({ entry }) => entry.id).toSorted()).toEqual(ids.toSorted());
    for (const { bound } of lab.latent) {
      expect(bound.status).toBe('done');
      expect(bound.result?.samples).toBe(40);
      expect(bound.current).toBe(true);
    }
    expect(lab.bound.status).toBe('done');
    expect(lab.classes.status).toBe('done');
    expect(lab.of('8-bit').map(({ entry }) => entry.id)).toContain('mnist-hvae-8bit');
    expect(
      lab.latent.every(({ entry }) => (taskOf(entry) === '8-bit') === entry.id.endsWith('8bit')),
    ).toBe(true);
    const asked = new Set(
      tasks().map((task) => JSON.stringify([task.kind, task.model, task.options])),
    );
    expect(asked.size).toBe(ids.length + 2);
  });

  it('asks for what the address says', async () => {
    await opened(
      '#lab=elbo&noise=5&k=100&proposal=laplace&T=50&given=4&perClass=10&bound=linear&timesteps=all',
    );
    await pass(2000);
    expect(tasks().find(({ kind }) => kind === 'latent')?.options).toEqual({
      samples: 100,
      proposal: 'laplace',
      seed: 5,
    });
    expect(tasks().find(({ kind }) => kind === 'diffusion')?.options).toEqual({
      schedule: 'linear',
      steps: 50,
      timesteps: 'all',
      class: 4,
      seed: 5,
      consistency: true,
    });
    expect(tasks().find(({ kind }) => kind === 'classes')?.options).toEqual({
      schedule: 'linear',
      steps: 50,
      evaluationsPerClass: 10,
      seed: 5,
    });
  });

  it('keeps the last result, marked as old, until the next picture has one', async () => {
    const { lab, page } = await opened();
    await pass(2000);
    page.state.elbo.seed = 9;
    await pass(5);
    expect(lab.bound.current).toBe(false);
    expect(lab.bound.result).not.toBeNull();
    await pass(2000);
    expect(lab.bound.current).toBe(true);
    expect(tasks().at(-1)?.options).toMatchObject({ seed: 9 });
  });

  it('frees the bounds of a picture that is gone', async () => {
    const { lab } = await opened('#lab=elbo', growing(100_000));
    await pass(1000);
    expect(lab.bound.status).toBe('running');
    const open = tasks().length;
    expect(closed()).toBe(0);
    lab.imageInput.take(flat(200));
    await pass(1000);
    expect(closed()).toBe(open);
  });

  it('frees the bounds of models that are gone', async () => {
    const { engine } = await opened('#lab=elbo', growing(100_000));
    await pass(1000);
    const open = tasks().length;
    const gone = tasks().filter(({ model }) => model === VAE).length;
    expect(gone).toBeGreaterThan(0);
    const models = engine.manifest?.models.filter(({ id }) => id !== VAE) ?? [];
    engine.manifest = engine.manifest && { ...engine.manifest, models };
    await pass(1000);
    expect(closed()).toBe(gone);
    // The others go on where they were.
    expect(tasks()).toHaveLength(open);
  });

  it('waits until the pen is up and the picture rests', async () => {
    const { lab } = await opened('#lab=elbo&image=strokes:');
    await pass(1000);
    expect(tasks()).toEqual([]);
    lab.imageInput.draw([1, 1, 200, 200]);
    await pass(1000);
    expect(tasks()).toEqual([]);
    lab.imageInput.lift();
    await pass(100);
    expect(tasks()).toEqual([]);
    await pass(1000);
    expect(tasks()).not.toEqual([]);
  });

  it('stands still while another lab is on display, and goes on from there', async () => {
    const { lab, page } = await opened('#lab=elbo', growing(5000));
    await pass(1000);
    page.state.lab = 'latent';
    await pass(200);
    const evaluated = calls('evaluate');
    await pass(5000);
    expect(calls('evaluate')).toBe(evaluated);
    const done = lab.bound.state?.evaluations ?? 0;
    page.state.lab = 'elbo';
    await pass(60_000);
    expect(lab.bound.status).toBe('done');
    expect(done).toBeGreaterThan(0);
    // Nothing was computed twice: no worker was lost.
    const spans = ScriptedWorker.all.flatMap((worker) => worker.asked('evaluate'));
    const own = spans.filter(({ jobId }) => jobId === spans[0]?.jobId);
    expect(own.reduce((sum, { from, to }) => sum + to - from, 0)).toBeLessThan(5000 + 3 * 64);
  });

  it('pauses and goes on by hand', async () => {
    const { lab } = await opened('#lab=elbo', growing(3000));
    await pass(1000);
    lab.bound.pause();
    await pass(500);
    const { evaluations } = lab.bound.state ?? {};
    expect(lab.bound.status).toBe('paused');
    await pass(1000);
    expect(lab.bound.state?.evaluations).toBe(evaluations);
    lab.bound.resume();
    await pass(20_000);
    expect(lab.bound.status).toBe('done');
  });

  it('compares chains only when it is asked to', async () => {
    const { lab } = await opened();
    await pass(2000);
    expect(lab.sweep).toHaveLength(3 * SWEEP_STEPS.length);
    expect(lab.sweep.every(({ bound }) => bound.status === 'idle')).toBe(true);
    lab.sweeping = true;
    await pass(5000);
    expect(lab.sweep.map(({ bound }) => bound.status)).toEqual(Array(18).fill('done'));
    lab.sweeping = false;
    await pass();
    expect(lab.sweep.every(({ bound }) => bound.state === null)).toBe(true);
  });

  it('shows the picture under the playhead, within the chain', async () => {
    const { lab, page } = await opened('#lab=elbo&T=50&t=40');
    await pass(1000);
    expect(lab.diffused).toEqual({ t: 40 });
    page.state.elbo.t = 10;
    await pass();
    expect(lab.diffused).toEqual({ t: 10 });
  });
});

describe('the hierarchy', () => {
  async function hierarchy(hash = '#lab=elbo') {
    const picture = { key: 'x', ...flat(1) };
    const { engine, page } = await opened(hash);
    const entry = engine.manifest?.models.find((model) => model.kind === 'hvae');
    if (entry?.kind !== 'hvae') throw new Error('no hierarchy');
    const made = make(() => new Hierarchy(engine, page, entry, () => picture));
    await pass(100);
    /** These values of the upper layers, and of all below what they have by themselves. */
    const all = <T>(upper: T[], lower: (layer: number) => T) =>
      entry.layers.map((_, l) => upper[l] ?? lower(l));
    return { made, page, all };
  }
  const generated = () => ScriptedWorker.all.flatMap((worker) => worker.asked('generate'));

  it('holds the top layer at first, and draws the others anew in each picture', async () => {
    const { made, all } = await hierarchy();
    expect(made.seeds).toEqual(all([], (l) => l + 1));
    expect(made.held).toEqual(all([true], () => false));
    const { seeds } = generated().at(-1) as Calls['generate']['params'];
    expect(seeds).toHaveLength(8);
    expect(seeds[0]).toEqual(all([], (l) => l + 1));
    expect(seeds[3]).toEqual(all([1], (l) => l + 4));
    expect(made.generated).toHaveLength(8);
  });

  it('takes seeds and held layers from the address, as far as it has them', async () => {
    const { made, all } = await hierarchy('#lab=elbo&layers=9,4294967295&hold=01&level=32');
    expect(made.seeds).toEqual(all([9, 4294967295], (l) => l + 1));
    expect(made.held).toEqual(all([false, true], () => false));
    expect(made.level).toBe(made.entry.layers.length);
    // Seeds are 32-bit numbers in every picture.
    const { seeds } = generated().at(-1) as Calls['generate']['params'];
    for (const seed of seeds.flat()) expect(seed).toBeLessThan(2 ** 32);
  });

  it('holds and draws anew a layer of the visitor’s choice', async () => {
    const { made, page, all } = await hierarchy();
    made.hold(2, true);
    made.resample(4);
    await pass();
    expect(page.state.elbo.held).toEqual(all([true, false, true], () => false));
    expect(page.state.elbo.layers).toEqual(all([1, 2, 3, 4, 77], (l) => l + 1));
  });

  it('reconstructs from the upper layers, each picture with noise of its own', async () => {
    const { made, page } = await hierarchy('#lab=elbo&noise=5&level=2');
    expect(made.reconstructed.map(([seed]) => seed)).toEqual([5, 6, 7, 8, 9, 10, 11, 12]);
    page.state.elbo.seed = 2 ** 32 - 2;
    await pass();
    const [asked] = ScriptedWorker.all.flatMap((worker) => worker.asked('reconstruct')).slice(-1);
    expect(asked?.seeds).toEqual([2 ** 32 - 2, 2 ** 32 - 1, 0, 1, 2, 3, 4, 5]);
    page.state.elbo.seed = 5;
    made.level = 3;
    await pass();
    expect(page.state.elbo.level).toBe(3);
    expect(made.reconstructed[0]).toEqual(Uint8Array.of(5, 3));
  });
});
