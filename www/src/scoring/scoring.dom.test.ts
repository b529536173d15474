import { afterEach, describe, expect, it } from 'vitest';
import type { BoundProgress, DiffusionElboResult, VaeElbo } from '../../engine/protocol.ts';
import { clearUp, open, pass } from '../testing/page.svelte.ts';
import { flat } from '../testing/images.ts';
import { type Script, workerOf } from '../testing/worker.ts';
import { type Picture, Scoring } from './scoring.svelte.ts';
import { box } from '../testing/box.svelte.ts';

afterEach(clearUp);

const picture = (level: number): Picture => ({ key: `level ${level}`, ...flat(level) });

/** A bound of 100 evaluations, ten milliseconds each, that goes on where its ticket stopped. */
function scoring(): Script {
  let known = { ticket: -1, evaluations: 0 };
  const progress = (): BoundProgress => ({
    evaluations: known.evaluations,
    total: 100,
    result:
      known.evaluations < 10 ? null : ({ evaluations: known.evaluations } as DiffusionElboResult),
  });
  return {
    scoreVae: ({ image }) =>
      ({ elbo: { mean: -(image.levels[0] ?? 0), standardError: 1 } }) as VaeElbo,
    scoreDdpm: async ({ ticket }, asked) => {
      if (ticket !== known.ticket) known = { ticket, evaluations: 0 };
      while (known.evaluations < 100) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        if (asked.cancelled) break;
        known.evaluations++;
        asked.progress(progress());
      }
      return progress();
    },
  };
}

async function opened(hash = '', script = scoring()) {
  const shown = box<Picture | null>(null);
  const still = box(true);
  const given = box<number | null>(null);
  const { lab, page } = await open(
    { hash, script },
    (engine, page) =>
      new Scoring(engine, page, () => ({
        picture: shown.value,
        still: still.value,
        from: 'ddpm',
        class: given.value,
        logSnr: null,
      })),
  );
  return { scores: lab, page, shown, still, given };
}

const asked = (call: 'scoreVae' | 'scoreDdpm') => workerOf('scorer').asked(call).length;

describe('the scores under the labs', () => {
  it('are computed once the picture rests', async () => {
    const { scores, shown } = await opened();
    expect(scores.hasPicture).toBe(false);
    shown.value = picture(7);
    await pass(300);
    expect(asked('scoreVae')).toBe(0);
    await pass(200);
    expect(scores.vae).toMatchObject({
      status: 'done',
      current: true,
      value: { elbo: { mean: -7 } },
    });
    expect(scores.ddpm.status).toBe('running');
    await pass(2000);
    expect(scores.ddpm).toMatchObject({
      status: 'done',
      current: true,
      value: { evaluations: 100 },
    });
  });

  it('are not computed of pictures that pass by', async () => {
    const { scores, shown, still } = await opened();
    for (let level = 1; level <= 30; level++) {
      shown.value = picture(level);
      await pass(100);
    }
    expect(asked('scoreVae')).toBe(0);
    still.value = false;
    await pass(1000);
    expect(scores.vae.status).toBe('idle');
    still.value = true;
    await pass(1000);
    expect(scores.vae.value?.elbo.mean).toBe(-30);
    expect(asked('scoreVae')).toBe(1);
  });

  it('stay, marked as old, until the next picture’s have come', async () => {
    const { scores, shown } = await opened();
    shown.value = picture(7);
    await pass(3000);
    shown.value = picture(8);
    await pass(100);
    expect(scores.vae).toMatchObject({
      status: 'idle',
      current: false,
      value: { elbo: { mean: -7 } },
    });
    await pass(350);
    // The first pass over the timesteps is not complete.
    expect(scores.ddpm).toMatchObject({
      status: 'running',
      current: false,
      value: { result: { evaluations: 100 } },
    });
    await pass(3000);
    expect(scores.vae).toMatchObject({ current: true, value: { elbo: { mean: -8 } } });
    expect(scores.ddpm).toMatchObject({ status: 'done', current: true });
  });

  it('pause, and go on where they were', async () => {
    const { scores, shown } = await opened();
    shown.value = picture(7);
    await pass(1000);
    scores.pause();
    await pass(100);
    const paused = scores.ddpm;
    expect(paused.status).toBe('paused');
    expect(paused.value?.evaluations).toBeGreaterThan(20);
    await pass(2000);
    expect(scores.ddpm).toBe(paused);
    scores.resume();
    await pass(20);
    expect(scores.ddpm.value?.evaluations).toBeGreaterThanOrEqual(paused.value?.evaluations ?? 0);
    await pass(2000);
    expect(scores.ddpm.status).toBe('done');
  });

  it('are of the class that the lab asks for, of none where it asks for none', async () => {
    const { shown, given } = await opened('#bound=linear&timesteps=all');
    given.value = 4;
    shown.value = picture(7);
    await pass(600);
    const last = () => workerOf('scorer').asked('scoreDdpm').at(-1)?.options;
    expect(last()).toEqual({
      schedule: 'linear',
      timesteps: 'all',
      steps: 1000,
      class: 4,
      seed: 0,
    });
    given.value = null;
    await pass(600);
    expect(last()).toMatchObject({ class: null });
  });

  it('say what the crate refused', async () => {
    const { scores, shown } = await opened('', {
      scoreVae: () => {
        throw new Error('image has 3 values');
      },
      scoreDdpm: () => {
        throw new Error('steps is 0');
      },
    });
    shown.value = picture(7);
    await pass(600);
    expect(scores.vae).toMatchObject({
      status: 'failed',
      error: { message: 'image has 3 values' },
    });
    expect(scores.ddpm).toMatchObject({ status: 'failed', error: { message: 'steps is 0' } });
  });

  it('are computed anew by the worker that takes a lost one’s place', async () => {
    const { scores, shown } = await opened();
    shown.value = picture(7);
    await pass(800);
    workerOf('scorer').die();
    await pass(3000);
    expect(scores.vae).toMatchObject({ status: 'done', current: true });
    expect(scores.ddpm).toMatchObject({ status: 'done', current: true });
  });
});
