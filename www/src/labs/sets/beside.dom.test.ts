import { afterEach, describe, expect, it } from 'vitest';
import { VAE } from '../../testing/manifest.ts';
import { clearUp, pass } from '../../testing/page.svelte.ts';
import { COUNT, give, images, memory, opened, scoring } from '../../testing/set-lab.ts';
import { ScriptedWorker } from '../../testing/worker.ts';
import { setsCommands } from './commands.ts';
import { runOf } from './setup.ts';
import { valueOf } from './view.ts';

afterEach(clearUp);

/** What jobs of a model were asked with, each once. */
const askedOf = (model: string) => {
  const all = ScriptedWorker.all.flatMap((worker) =>
    worker.asked('openJob').flatMap(({ task }) => (task.kind === 'set' ? [task] : [])),
  );
  return all.filter((task) => task.model === model);
};

async function both(hash: string) {
  const all = await opened(`#lab=sets&setImages=all&${hash}`);
  await give(all.lab, images(COUNT));
  await pass(100);
  return all;
}

describe('a second scoring of the same images', () => {
  it('is not there where it would have the same numbers', async () => {
    const { lab, page } = await both('vs.sets');
    expect([lab.beside.on, lab.beside.scored]).toEqual([true, null]);
    page.state.besideSets.draws = 16;
    await pass(100);
    expect(lab.beside.scored).not.toBeNull();
    page.state.sets.draws = 16;
    await pass(100);
    expect(lab.beside.scored).toBeNull();
  });

  it('begins, pauses and ends with the first, and has its own numbers beside them', async () => {
    const { lab, page } = await both('vs.sets&vs.setSeed=9');
    const { score, cancel } = setsCommands(lab);
    score.run();
    await pass(60);
    expect(lab.runs.map((run) => run.scoring.status)).toEqual(['running', 'running']);
    score.run();
    await pass(100);
    expect(lab.runs.map((run) => run.scoring.status)).toEqual(['paused', 'paused']);
    score.run();
    await pass(3000);
    expect(lab.complete).toBe(true);
    cancel.run();
    expect(lab.runs.map((run) => run.scoring.done)).toEqual([COUNT, COUNT]);
    // The images of A in the order of A, with noise of their own.
    const seeds = new Set(askedOf(VAE).map(({ options }) => options.seed));
    expect(seeds).toEqual(new Set([0, 9]));
    const orders = ScriptedWorker.all.flatMap((worker) => worker.asked('imageOrder'));
    expect(orders.map(({ seed }) => seed)).toEqual([0, 0]);
    const { scores } = lab;
    if (!scores) throw new Error('there are scores');
    expect(valueOf(scores, 'difference.elbo', 3)).toBe(
      valueOf(scores, 'b.elbo', 3) - valueOf(scores, 'elbo', 3),
    );
    // The second scoring's numbers have the seed in them, so the largest difference is that of the largest number.
    page.state.sets.side = 'difference';
    page.state.sets.descending = true;
    expect(lab.key).toBe('difference.elbo');
    expect(lab.places.map((place) => scores.order[place]).slice(0, 2)).toEqual([
      COUNT - 1,
      COUNT - 2,
    ]);
    page.state.sets.band = { column: 'difference.elbo', low: 18, high: 36 };
    expect(lab.places.map((place) => scores.order[place])).toEqual([4, 3, 2]);
    expect(lab.tabled.slice(0, 3)).toEqual(['elbo', 'b.elbo', 'difference.elbo']);
    // Without it, the rows are those of the first alone.
    lab.beside.toggle();
    await pass(100);
    expect([lab.key, lab.places.length, lab.beside.scored]).toEqual(['elbo', COUNT, null]);
    expect(page.state.besideSets).toMatchObject({ on: false, seed: null });
  });

  it('stands beside models of the same data alone, and says what an address asked in vain', async () => {
    const { lab, page } = await both('vs.sets&vs.setModel=mnist-ddpm');
    expect(page.rejected).toEqual([{ key: 'vs.setModel', value: 'mnist-ddpm' }]);
    expect(page.state.besideSets.model).toBeNull();
    const partners = lab.beside.partners.map(({ id }) => id);
    expect(partners).toEqual(expect.arrayContaining([VAE, 'mnist-hvae', 'fashion-vae']));
    expect(partners).not.toContain('mnist-vae-8bit');
    lab.beside.setModel('fashion-vae');
    await pass(100);
    expect(lab.beside.scored?.scoring.setup.model).toBe('fashion-vae');
    const { model, settings, given } = lab.beside;
    if (!model) throw new Error('it has a model');
    expect(runOf(settings, model, { title: 't', given })).toMatchObject({
      model: { id: 'fashion-vae' },
      estimator: { samples: 64 },
      seed: 0,
    });
    // A model of other data takes its own with it.
    lab.setModel('mnist-ddpm');
    await pass(100);
    expect([page.state.besideSets.model, lab.beside.parts]).toEqual([
      null,
      ['model', 'schedule', 'timesteps', 'seed'],
    ]);
  });
});

it('keeps both scorings apart', async () => {
  const files = memory();
  const first = await opened('#lab=sets&setImages=all&vs.sets&vs.setDraws=16', files, scoring());
  await give(first.lab, images(COUNT));
  await pass(100);
  setsCommands(first.lab).score.run();
  await pass(3000);
  expect(first.lab.complete).toBe(true);
  clearUp();
  const again = await opened('#lab=sets&setImages=all&vs.sets&vs.setDraws=16', files);
  expect(again.lab.runs.map((run) => run.scoring.done)).toEqual([COUNT, COUNT]);
});
