import { render } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { dimensionsOf } from '../../../engine/facts.ts';
import type { EvaluatedModel, JobResult } from '../../../engine/protocol.ts';
import { messages, titleOf } from '../../messages/index.ts';
import { namesOf } from '../../models/names.ts';
import { manifest } from '../../testing/manifest.ts';
import { clearUp, open, pass } from '../../testing/page.svelte.ts';
import { layOut } from '../../testing/pictures.ts';
import type { Script } from '../../testing/worker.ts';
import DigitCard from './DigitCard.svelte';
import { ElboLab } from './lab.svelte.ts';

afterEach(clearUp);

const ELBO = -111;
const POSTERIOR = [0, 0, 0, 0.7, 0, 0.25, 0, 0, 0.05, 0];
const ERROR = [0, 0, 0, 0.2, 0, 0.2, 0, 0, 0.01, 0];
const WORDS = messages.classes.digits;
const names = namesOf(manifest.models, titleOf);

/** Test images whose lowest ELBO is `lowest`, and one in a hundred of which is no higher than `low`. */
function tested(id: string, lowest: number, low: number): EvaluatedModel {
  const entry = manifest.models.find((model) => model.id === id);
  if (!entry) throw new Error(id);
  return {
    id,
    files: Object.fromEntries(
      Object.entries(entry.files).map(([role, file]) => [role, file.sha256]),
    ),
    bounds: { quantiles: Array.from({ length: 101 }, (_, i) => (i === 0 ? lowest : low + i - 1)) },
  } as unknown as EvaluatedModel;
}

/** Bounds at once, and a posterior over classes of so many evaluations for each. */
const scripted = (evaluated: EvaluatedModel[], total = 40): Script => ({
  examples: () => [{ name: '3', strokes: [Float32Array.of(0, 0, 1, 1)] }] as never,
  prepare: ({ format }) => new Uint8Array(dimensionsOf(format.shape)).fill(3),
  evaluation: () => evaluated,
  openJob: () => ({ total }),
  evaluate: ({ from, to }) => Array.from({ length: to - from }, () => Float64Array.of(1)),
  record: ({ from, values }) => ({
    evaluations: from + values.length,
    result: {
      samples: from + values.length,
      schedule: 'cosine',
      elbo: { mean: ELBO, standardError: 0.5 },
      bounds: POSTERIOR.map((_, i) => ({ mean: -100 - i, standardError: 1 })),
      posterior: POSTERIOR,
      standardError: ERROR,
      predicted: 3,
      entropy: 0.746,
      perClass: from + values.length,
    } as unknown as JobResult,
  }),
  closeJob: () => null,
});

async function card(evaluated: EvaluatedModel[] = [], hash = '#lab=elbo') {
  const { lab, engine, page } = await open(
    { hash, script: scripted(evaluated) },
    (engine, page) => new ElboLab(engine, page),
  );
  layOut(500, 290);
  await engine.evaluation.load();
  await pass(3000);
  const { ddpm } = lab;
  if (!ddpm) throw new Error('no diffusion model');
  const shown = render(DigitCard, { engine, page, lab, entry: ddpm, names });
  await pass();
  const textOf = (id: string) => shown.getByTestId(id).textContent.trim();
  return { ...shown, lab, page, textOf };
}

describe('the card of the digit', () => {
  it('says the digit, how probable it is, and how open the question', async () => {
    const { textOf, getByTestId } = await card();
    expect(textOf('predicted')).toBe('3');
    expect(textOf('predicted-probability')).toBe('70.0 %');
    expect(textOf('class-entropy')).toMatch(/^0\.746\s+nats$/);
    expect(getByTestId('which-digit').dataset).toMatchObject({ current: 'true', status: 'done' });
  });

  it('draws every class, with intervals that stay between 0 and 1', async () => {
    const { getByTestId } = await card();
    const bars = [...getByTestId('class-chart').querySelectorAll('g')];
    expect(bars.map((bar) => bar.querySelector('text')?.textContent)).toEqual(
      '0 1 2 3 4 5 6 7 8 9'.split(' '),
    );
    // Values 0 and 1 stand at 270 and 8.
    const height = (i: number) => Number(bars[i]?.querySelector('.bar')?.getAttribute('height'));
    expect(height(3)).toBeCloseTo(0.7 * 262, 6);
    expect(height(5)).toBeCloseTo(0.25 * 262, 6);
    const whisker = (i: number) => bars[i]?.querySelector('.whisker');
    const ends = (i: number) => ['y1', 'y2'].map((end) => Number(whisker(i)?.getAttribute(end)));
    const at = (value: number) => 270 - 262 * value;
    // 0.7 + 1.96 · 0.2 is more than 1, 0.25 - 1.96 · 0.2 less than 0.
    const expected = [
      [3, 0.7 - 0.2 * 1.959964, 1],
      [5, 0, 0.25 + 0.2 * 1.959964],
    ] as const;
    for (const [i, low, high] of expected) {
      const [from, to] = ends(i);
      expect(from).toBeCloseTo(at(low), 3);
      expect(to).toBeCloseTo(at(high), 3);
    }
    expect(whisker(0)).toBeNull();
    expect(bars[5]?.querySelector('title')?.textContent).toBe(
      messages.elboLab.digit.bar({ label: '5', percent: '25.0', nats: '−105.0' }),
    );
  });

  it.each([
    ['lies above what they were tested on', -200, -150, 'within', false],
    ['is rarer than one test image in a hundred', -200, -105, 'rare', true],
    ['lies below all test images', -109, -108, 'beyond', true],
  ] as const)('names the condition where the picture %s', async (_, lowest, low, how, doubted) => {
    const { getByTestId, textOf } = await card([tested('mnist-vae', lowest, low)]);
    expect(textOf('digit-condition')).toBe(WORDS[how]({ models: names.get('mnist-vae') ?? '' }));
    const { beyond, rare } = getByTestId('digit-condition').dataset;
    expect([beyond, rare]).toEqual([
      how === 'beyond' ? 'mnist-vae' : '',
      how === 'rare' ? 'mnist-vae' : '',
    ]);
    expect(getByTestId('predicted').classList.contains('doubtful')).toBe(doubted);
  });

  it('lets the strictest of several models speak', async () => {
    const { textOf } = await card([
      tested('mnist-vae', -200, -150),
      tested('mnist-hvae', -109, -108),
    ]);
    expect(textOf('digit-condition')).toBe(WORDS.beyond({ models: names.get('mnist-hvae') ?? '' }));
  });

  it('says that nothing is known where no model was scored on test images', async () => {
    const { textOf } = await card();
    expect(textOf('digit-condition')).toBe(WORDS.untested);
  });

  it('keeps no digit of a picture that was cleared', async () => {
    const { lab, textOf, queryByTestId } = await card();
    lab.imageInput.clear();
    await pass(3000);
    expect(textOf('predicted')).toBe('–');
    expect(textOf('predicted-probability')).toBe('–');
    expect(queryByTestId('digit-condition')).toBeNull();
  });
});
