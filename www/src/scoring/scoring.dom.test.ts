import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DiffusionElboResult, JobTask, LatentBoundResult } from '../../engine/protocol.ts';
import { clearUp, open, pass } from '../testing/page.svelte.ts';
import { flat } from '../testing/images.ts';
import { type Script, ScriptedWorker, workerOf } from '../testing/worker.ts';
import type { KeyedImage } from './displayed.ts';
import { Scoring } from './scoring.svelte.ts';
import { box } from '../testing/box.svelte.ts';

afterEach(clearUp);

const image = (level: number): KeyedImage => ({ key: `level ${level}`, ...flat(level) });

/** Bounds of 100 evaluations, ten milliseconds each; that of a VAE is the first level, that of a diffusion model needs ten. */
function scoring(): Script {
  const tasks = new Map<number, JobTask>();
  return {
    openJob: ({ jobId, task }) => {
      tasks.set(jobId, task);
      return { total: 100 };
    },
    evaluate: async ({ from, to }, asked) => {
      const values: Float64Array[] = [];
      for (let i = from; i < to && !asked.cancelled; i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        values.push(Float64Array.of(i));
      }
      return values;
    },
    record: ({ jobId, from, values }) => {
      const evaluations = from + values.length;
      const task = tasks.get(jobId);
      if (task?.kind === 'latent') {
        const elbo = { mean: -(task.image[0] ?? 0), standardError: 1 };
        return { evaluations, result: { elbo } as LatentBoundResult };
      }
      const result = evaluations < 10 ? null : ({ evaluations } as DiffusionElboResult);
      return { evaluations, result };
    },
    closeJob: () => null,
    prepare: ({ format }) => new Uint8Array(format.shape.height * format.shape.width).fill(5),
  };
}

async function opened(hash = '', script = scoring()) {
  const shown = box<KeyedImage | null>(null);
  const still = box(true);
  const given = box<number | null>(null);
  const { lab, page, engine } = await open(
    { hash, script },
    (engine, page) =>
      new Scoring(engine, page, () => ({
        image: shown.value,
        still: still.value,
        from: 'sampler',
        class: given.value,
        logSnr: null,
      })),
  );
  return { scores: lab, page, engine, shown, still, given };
}

/** The tasks of a kind, each once however many workers share it. */
function tasks<K extends JobTask['kind']>(kind: K) {
  const asked = ScriptedWorker.all.flatMap((worker) => worker.asked('openJob'));
  const each = new Map(asked.map(({ jobId, task }) => [jobId, task]));
  return [...each.values()].filter(
    (task): task is Extract<JobTask, { kind: K }> => task.kind === kind,
  );
}

describe('the scores under the labs', () => {
  it('are computed once the image rests', async () => {
    const { scores, shown } = await opened();
    expect(scores.hasImage).toBe(false);
    shown.value = image(7);
    await pass(300);
    expect(tasks('latent')).toHaveLength(0);
    await pass(300);
    expect(scores.vae.current).toBe(true);
    expect(scores.vae.result).toMatchObject({ elbo: { mean: -7 } });
    await pass(3000);
    expect(scores.vae.status).toBe('done');
    expect(scores.ddpm).toMatchObject({ status: 'done', current: true });
    expect(scores.ddpm.result).toEqual({ evaluations: 100 });
  });

  it('are not computed of images that pass by', async () => {
    const { scores, shown, still } = await opened();
    for (let level = 1; level <= 30; level++) {
      shown.value = image(level);
      await pass(100);
    }
    expect(tasks('latent')).toHaveLength(0);
    still.value = false;
    await pass(1000);
    expect(scores.vae.status).toBe('idle');
    still.value = true;
    await pass(1000);
    expect(scores.vae.result?.elbo.mean).toBe(-30);
    expect(tasks('latent')).toHaveLength(1);
  });

  it('stay, marked as old, until the next image’s have come', async () => {
    const { scores, shown } = await opened();
    shown.value = image(7);
    await pass(4000);
    shown.value = image(8);
    await pass(100);
    expect(scores.vae).toMatchObject({ status: 'idle', current: false });
    expect(scores.vae.result).toMatchObject({ elbo: { mean: -7 } });
    // The first pass over the timesteps is not complete.
    await pass(350);
    expect(scores.ddpm).toMatchObject({ status: 'running', current: false });
    expect(scores.ddpm.result).toEqual({ evaluations: 100 });
    await pass(4000);
    expect(scores.vae.current).toBe(true);
    expect(scores.vae.result).toMatchObject({ elbo: { mean: -8 } });
    expect(scores.ddpm).toMatchObject({ status: 'done', current: true });
  });

  it('pause, and go on where they were', async () => {
    const { scores, shown } = await opened();
    shown.value = image(7);
    await pass(1200);
    scores.ddpm.pause();
    await pass(100);
    const paused = scores.ddpm.state;
    expect(paused?.status).toBe('paused');
    expect(paused?.evaluations).toBeGreaterThan(10);
    await pass(2000);
    expect(scores.ddpm.state).toBe(paused);
    scores.ddpm.resume();
    await pass(2000);
    expect(scores.ddpm.status).toBe('done');
  });

  it('are of the class that the lab asks for, of none where it asks for none', async () => {
    const { shown, given } = await opened('#bound=linear&timesteps=all');
    given.value = 4;
    shown.value = image(7);
    await pass(1500);
    const last = () => tasks('diffusion').at(-1)?.options;
    expect(last()).toEqual({
      schedule: 'linear',
      timesteps: 'all',
      steps: 1000,
      class: 4,
      seed: 0,
    });
    given.value = null;
    await pass(1500);
    expect(last()).toMatchObject({ class: null });
  });

  it('are of the image in the shape of the model', async () => {
    const { scores, shown } = await opened();
    const shape = { channels: 1, height: 32, width: 32 };
    shown.value = { key: 'large', levels: new Uint8Array(1024), shape };
    await pass(1500);
    expect(scores.fitted).toMatchObject({ key: 'large', shape: { height: 28, width: 28 } });
    const images = [...tasks('latent'), ...tasks('diffusion')].map(({ image }) => image);
    expect(images).toEqual(Array(2).fill(new Uint8Array(784).fill(5)));
  });

  it('say what the crate refused', async () => {
    const { scores, shown } = await opened('', {
      openJob: ({ task }) => {
        throw new Error(task.kind === 'latent' ? 'image has 3 values' : 'steps is 0');
      },
    });
    shown.value = image(7);
    await pass(600);
    expect(scores.vae.state).toMatchObject({
      status: 'failed',
      error: { message: 'image has 3 values' },
    });
    expect(scores.ddpm.state).toMatchObject({
      status: 'failed',
      error: { message: 'steps is 0' },
    });
  });

  it('go on with the worker that takes a lost one’s place', async () => {
    const { scores, shown } = await opened();
    shown.value = image(7);
    await pass(800);
    workerOf('pool').die();
    await pass(4000);
    expect(scores.vae).toMatchObject({ status: 'done', current: true });
    expect(scores.ddpm).toMatchObject({ status: 'done', current: true });
  });

  it('wait while the page is hidden', async () => {
    const hidden = vi.spyOn(document, 'hidden', 'get');
    const see = (away: boolean) => {
      hidden.mockReturnValue(away);
      document.dispatchEvent(new Event('visibilitychange'));
    };
    const { scores, shown } = await opened();
    see(true);
    shown.value = image(7);
    await pass(2000);
    expect(scores.ddpm.state).toMatchObject({ status: 'running', evaluations: 0 });
    see(false);
    await pass(4000);
    expect(scores.ddpm.status).toBe('done');
  });
});
