import { mount, unmount } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { dimensionsOf } from '../../../engine/facts.ts';
import type { JobResult } from '../../../engine/protocol.ts';
import { messages, titleOf } from '../../messages/index.ts';
import { namesOf } from '../../models/names.ts';
import { manifest } from '../../testing/manifest.ts';
import { byHand, clearUp, open, pass } from '../../testing/page.svelte.ts';
import { layOut } from '../../testing/pictures.ts';
import { type Script, ScriptedWorker } from '../../testing/worker.ts';
import BesideCard from './BesideCard.svelte';
import { elboCommands } from './commands.ts';
import { ElboLab } from './lab.svelte.ts';

afterEach(clearUp);

const TOTAL = 4;
/** By model: log p(x|z) of each draw, less the level of the picture. */
const DRAWS: Record<string, number[]> = {
  'mnist-vae': [-10, -14, -12, -8],
  'fashion-vae': [-11, -17, -14, -10],
};

/** By model: the sum over t in each pass, less the level of the picture. */
const PASSES: Record<string, number[]> = {
  'mnist-ddpm': [70, 74, 72, 76],
  'fashion-ddpm': [72, 75, 74, 79],
};

function drawing(): Script {
  const models = new Map<number, string>();
  const levels = new Map<number, number>();
  const stroke = (x: number) => [Float32Array.of(0, 0, x, 1)];
  return {
    examples: () =>
      [
        { name: '3', strokes: stroke(0.25) },
        { name: '5', strokes: stroke(0.75) },
      ] as never,
    prepare: ({ of, format }) => {
      const at = 'strokes' in of ? (of.strokes[0]?.[2] ?? 0) : 0;
      return new Uint8Array(dimensionsOf(format.shape)).fill(at > 0.5 ? 5 : 3);
    },
    diffuse: ({ options }) => ({ t: options.t }) as never,
    evaluation: () => [],
    openJob: ({ jobId, task }) => {
      models.set(jobId, task.model);
      levels.set(jobId, task.image[0] ?? 0);
      return { total: TOTAL };
    },
    evaluate: ({ jobId, from, to }) =>
      (DRAWS[models.get(jobId) ?? ''] ?? [-1, -1, -1, -1])
        .slice(from, to)
        .map((value) => Float64Array.of(value - (levels.get(jobId) ?? 0), -2, 3)),
    record: ({ jobId, from, values }) => {
      const samples = from + values.length;
      const of = PASSES[models.get(jobId) ?? ''];
      if (of) {
        const level = levels.get(jobId) ?? 0;
        const perPass = { lDenoising: of.slice(0, samples).map((nats) => nats + level), l0: [] };
        const bound = { lT: 0.5, perPass: { ...perPass, l0: perPass.lDenoising.map(() => 2) } };
        return { evaluations: samples, result: bound as unknown as JobResult };
      }
      const bound = { samples, layers: [{}], klPerLatent: [3], kl: { mean: 3, standardError: 0 } };
      return { evaluations: samples, result: bound as unknown as JobResult };
    },
    closeJob: () => null,
  };
}

async function opened(hash: string) {
  const world = await open(
    { hash, script: drawing() },
    (engine, page) => new ElboLab(engine, page),
  );
  await pass(3000);
  return { ...world, beside: world.lab.beside };
}
/** Tasks of the comparison: from draws of q alone. */
const tasks = () =>
  ScriptedWorker.all
    .flatMap((worker) => worker.asked('openJob').map(({ task }) => task))
    .filter(({ options }) => 'proposal' in options && options.proposal === 'posterior')
    .map(({ model, image, options }) => [model, image[0], options.seed]);

describe('two bounds beside each other', () => {
  it('are of one picture and one seed, and differ by the mean of the pairs', async () => {
    const { beside } = await opened('#lab=elbo&noise=9&vs.a=mnist-vae&vs.b=fashion-vae');
    expect([...new Set(tasks().map(String))].sort()).toEqual(['fashion-vae,3,9', 'mnist-vae,3,9']);
    expect(beside.sameNoise).toBe(true);
    expect(beside.paired?.draws).toBe(TOTAL);
    const { difference, a } = beside.paired?.terms.elbo ?? {};
    expect(a?.mean).toBe(-11 - 3 - 3);
    // -1, -3, -2, -2.
    expect(difference?.mean).toBe(-2);
    expect(difference?.standardError).toBeCloseTo(Math.sqrt(2 / 12), 12);
  });

  it('are not there unless they are asked for, and end with all that was set apart', async () => {
    const { beside, page } = await opened('#lab=elbo');
    expect([beside.on, tasks().length, beside.paired]).toEqual([false, 0, null]);
    await byHand(() => beside.toggle());
    await pass(3000);
    expect(page.state.besideBounds).toMatchObject({ a: 'mnist-vae', image: null });
    expect(beside.second?.id).not.toBe('mnist-vae');
    expect(beside.paired).not.toBeNull();
    expect(page.link()).toContain('vs.a=mnist-vae');
    await byHand(() => beside.keepPicture());
    beside.toggle();
    await pass();
    expect(page.link()).not.toContain('vs.');
    expect(beside.paired).toBeNull();
    page.edits.undo();
    expect(beside.on).toBe(true);
  });

  it('may be of two pictures under one model', async () => {
    const { beside, lab, page } = await opened('#lab=elbo&vs.a=mnist-vae&image=example:5');
    expect(beside.second?.id).toBe('mnist-vae');
    expect(beside.paired?.terms.elbo.difference).toEqual({ mean: 0, standardError: 0 });
    beside.keepPicture();
    const [example] = lab.imageInput.examples;
    if (!example) throw new Error('no examples');
    lab.imageInput.choose(example);
    await pass(3000);
    expect(page.state.besideBounds.image).toEqual({ example: '5' });
    // A has the levels 3, B has the levels 5.
    expect(beside.paired?.terms.elbo.difference.mean).toBe(-2);
    beside.samePicture();
    await pass(3000);
    expect(beside.paired?.terms.elbo.difference.mean).toBe(0);
  });

  it('are of one task: another first model takes a partner of its own', async () => {
    const { beside } = await opened('#lab=elbo&vs.a=mnist-vae&vs.b=fashion-vae');
    beside.setFirst('mnist-vae-8bit');
    expect(beside.partners.map(({ id }) => id).every((id) => id.endsWith('8bit'))).toBe(true);
    expect(beside.second?.id.endsWith('8bit')).toBe(true);
    expect(beside.second?.id).not.toBe('mnist-vae-8bit');
    beside.setFirst('mnist-vae');
    beside.setSecond('mnist-vae-2d');
    expect(beside.sameNoise).toBe(false);
  });

  it.each([
    ['vs.a=nobody', 'vs.a', 'nobody'],
    ['vs.b=mnist-vae', 'vs.b', 'mnist-vae'],
    ['vs.a=mnist-vae&vs.b=mnist-vae-8bit', 'vs.b', 'mnist-vae-8bit'],
    ['vs.image=example:5', 'vs.image', 'example:5'],
    ['vs.T=20', 'vs.T', '20'],
    ['vs.a=mnist-vae&vs.bound=linear', 'vs.bound', 'linear'],
    ['vs.a=mnist-ddpm&vs.bound=trained', 'vs.bound', 'trained'],
    ['vs.a=mnist-ddpm&vs.b=mnist-vae', 'vs.b', 'mnist-vae'],
  ])('say what of an address is not possible: %s', async (part, key, value) => {
    const { page } = await opened(`#lab=elbo&${part}`);
    expect(page.rejected).toEqual([expect.objectContaining({ key, value })]);
    expect(page.link()).not.toContain(`${key}=`);
  });

  it('have their terms on one axis, and say which is higher and what the noise has to do with it', async () => {
    const { lab, engine, page } = await opened('#lab=elbo&vs.a=mnist-vae&vs.b=fashion-vae');
    layOut(600, 400);
    const names = namesOf(engine.manifest?.models ?? manifest.models, titleOf);
    const card = mount(BesideCard, { target: document.body, props: { lab, names } });
    await pass();
    const say = (id: string) =>
      document.querySelector(`[data-testid="elbo-beside-${id}"]`)?.textContent ?? '';
    const row = say('elbo').replace(/\s+/g, ' ');
    expect(row).toContain('−17.0');
    expect(row).toContain('−2.00± 0.41');
    const widthOf = (bar: string) =>
      Number(
        document
          .querySelector(`[data-testid="elbo-beside-chart-${bar}"] rect.bar`)
          ?.getAttribute('width'),
      );
    expect(widthOf('elbo-b') / widthOf('elbo-a')).toBeCloseTo(19 / 17, 6);
    expect(widthOf('kl-a') / widthOf('elbo-a')).toBeCloseTo(3 / 17, 6);
    const text = messages.elboLab.beside;
    expect(say('verdict')).toBe(text.higher({ side: 'A', ends: '−2.80 … −1.20' }));
    expect(say('noise')).toContain(text.latent.sameNoise);
    const context = { engine, page, onnoise: () => undefined };
    const ids = () => elboCommands(lab, context).map(({ id }) => id);
    expect(ids()).toContain('elbo.beside.keep');
    lab.beside.toggle();
    expect(ids()).not.toContain('elbo.beside.keep');
    await unmount(card);
  });
});

describe('two bounds of diffusion models', () => {
  const chains = () =>
    ScriptedWorker.all
      .flatMap((worker) => worker.asked('openJob').map(({ task }) => task))
      .flatMap(({ kind, model, options }) =>
        kind === 'diffusion' && !('consistency' in options)
          ? [[model, options.schedule, options.steps, options.timesteps, options.seed]]
          : [],
      );

  it('are of passes over the same timesteps, and differ by the mean of the pairs', async () => {
    const { beside } = await opened('#lab=elbo&noise=9&vs.a=mnist-ddpm&vs.b=fashion-ddpm');
    expect(new Set(chains().map(String))).toEqual(
      new Set(['mnist-ddpm,log-snr-linear,1000,128,9', 'fashion-ddpm,log-snr-linear,1000,128,9']),
    );
    expect(beside.partners.map(({ id }) => id)).toEqual(['mnist-ddpm', 'fashion-ddpm']);
    expect(beside.sameNoise).toBe(true);
    const { a, difference } = beside.paired?.terms.elbo ?? {};
    expect(a?.mean).toBe(-(0.5 + 73 + 3 + 2));
    // -2, -1, -2, -3.
    expect(difference?.mean).toBe(-2);
    expect(difference?.standardError).toBeCloseTo(Math.sqrt(2 / 12), 12);
    // Squares around the means: 20 and 26.
    expect(beside.paired?.terms.elbo.independent).toBeCloseTo(Math.sqrt(46 / 12), 12);
  });

  it('may be of two chains of one model', async () => {
    const { beside, page } = await opened('#lab=elbo&vs.a=mnist-ddpm&vs.T=5');
    expect(chains().map(([, , steps, timesteps]) => [steps, timesteps])).toContainEqual([5, 64]);
    expect(beside.sameNoise).toBe(false);
    expect(beside.apart.is('steps')).toBe(true);
    await byHand(() => beside.apart.set('schedule', true));
    await pass(3000);
    const own = page.state.besideBounds.schedule;
    expect(own).not.toBe(page.state.bound.schedule);
    expect(chains()).toContainEqual(['mnist-ddpm', own, 5, 64, 0]);
    await byHand(() => beside.apart.set('schedule', false));
    await byHand(() => beside.apart.set('steps', false));
    await pass(3000);
    expect(page.link()).not.toMatch(/vs\.(T|bound)=/);
    expect(beside.sameNoise).toBe(true);
  });

  it('give up their chain where they become those of VAEs', async () => {
    const { beside, page } = await opened('#lab=elbo&vs.a=mnist-ddpm&vs.T=5&vs.bound=linear');
    await byHand(() => beside.setFirst('mnist-vae'));
    await pass(3000);
    expect(page.rejected).toEqual([]);
    expect(page.state.besideBounds).toMatchObject({ steps: null, schedule: null });
    expect(beside.chainB).toBeNull();
  });

  it('have their terms on one axis, and controls for the chain of B', async () => {
    const { lab, engine, page } = await opened('#lab=elbo&vs.a=mnist-ddpm&vs.b=fashion-ddpm');
    layOut(600, 400);
    const names = namesOf(engine.manifest?.models ?? manifest.models, titleOf);
    const card = mount(BesideCard, { target: document.body, props: { lab, names } });
    await pass();
    const at = (id: string) => document.querySelector(`[data-testid="elbo-beside-${id}"]`);
    expect(at('lDenoising')?.textContent.replace(/\s+/g, ' ')).toContain('2.00± 0.41');
    expect(at('chart-elbo-b')?.textContent).toContain('80.5');
    expect(at('noise')?.textContent).toContain(messages.elboLab.beside.diffusion.sameNoise);
    const apart = document.querySelector<HTMLInputElement>('[data-testid="apart-steps"]');
    apart?.click();
    await pass();
    expect(page.state.besideBounds.steps).toBe(100);
    const steps = at('steps') as HTMLInputElement;
    const type = (value: string) => {
      steps.value = value;
      steps.dispatchEvent(new Event('change', { bubbles: true }));
    };
    type('1');
    expect(steps.value).toBe('100');
    type('30');
    expect(page.state.besideBounds.steps).toBe(30);
    await pass(3000);
    expect(at('chain-A')?.textContent).toContain('T = 1000');
    expect(at('chain-B')?.textContent).toContain('T = 30');
    expect(at('noise')?.textContent).toContain(messages.elboLab.beside.diffusion.partNoise);
    await unmount(card);
  });
});

it('draws of a result that is of another model are not paired', async () => {
  const { beside, page } = await opened('#lab=elbo&vs.a=mnist-vae&vs.b=fashion-vae');
  expect(beside.paired).not.toBeNull();
  page.state.elbo.seed = 4;
  await pass(0);
  expect(beside.paired).toBeNull();
  await pass(3000);
  expect(beside.a.result).toMatchObject({ samples: TOTAL });
  expect(beside.paired).not.toBeNull();
});
