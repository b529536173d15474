import { render } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tab } from '../../tab.svelte.ts';
import { VAE } from '../../testing/manifest.ts';
import { clearUp, pass } from '../../testing/page.svelte.ts';
import {
  begun,
  COUNT,
  give,
  images,
  labels,
  memory,
  opened,
  scoring,
} from '../../testing/set-lab.ts';
import { calls, type Script, ScriptedWorker } from '../../testing/worker.ts';
import { BLOCK } from './scoring.svelte.ts';
import Sheet from './Sheet.svelte';

afterEach(clearUp);

const images_ = () =>
  ScriptedWorker.all.flatMap((worker) =>
    worker
      .asked('openJob')
      .flatMap(({ task }) => (task.kind === 'set' ? [task.options.images] : [])),
  );

describe('the data set lab', () => {
  it('scores every image of a set once, and sorts the rows', async () => {
    const { lab, page } = await begun();
    await pass(3000);
    expect(lab.current?.scoring.status).toBe('done');
    expect(lab.current?.scoring.done).toBe(COUNT);
    const { scores } = lab;
    expect(lab.places).toHaveLength(COUNT);
    // The lowest ELBO is that of the last image.
    expect(scores?.order[lab.places[0] ?? 0]).toBe(COUNT - 1);
    page.state.sets.descending = true;
    expect(scores?.order[lab.places[0] ?? 0]).toBe(0);
    expect(lab.picture(lab.places[0] ?? 0)?.levels).toEqual(Uint8Array.of(1));
    page.state.sets.band = { column: 'elbo', low: -9, high: -5 };
    expect(lab.places.map((place) => scores?.order[place])).toEqual([5, 6, 7, 8, 9]);
    expect(lab.figures.histogram?.own.counts).toEqual([COUNT]);
    const spans = ScriptedWorker.all.flatMap((worker) => worker.asked('evaluate'));
    expect(spans.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(COUNT);
  });

  it('asks for what the address says, the first images of the order', async () => {
    await begun('#lab=sets&setImages=100&setDraws=16&setProposal=laplace&setSeed=9');
    await pass(3000);
    const tasks = ScriptedWorker.all.flatMap((worker) => worker.asked('openJob'));
    expect(tasks[0]?.task).toMatchObject({
      kind: 'set',
      model: VAE,
      options: { seed: 9, latent: { samples: 16, proposal: 'laplace' } },
    });
    const asked = new Set(images_().flat());
    expect(asked.size).toBe(100);
    expect(Math.min(...asked)).toBe(COUNT - 100);
  });

  it('pauses, goes on, and is stopped without losing rows', async () => {
    const { lab } = await begun();
    await pass(60);
    const scoring = lab.current?.scoring;
    scoring?.pause();
    await pass(1000);
    const done = scoring?.done ?? 0;
    expect(scoring?.status).toBe('paused');
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(COUNT);
    await pass(1000);
    expect(scoring?.done).toBe(done);
    scoring?.resume();
    await pass(60);
    scoring?.cancel();
    await pass(500);
    expect(scoring?.status).toBe('idle');
    if (lab.current) lab.start(lab.current);
    await pass(3000);
    expect(scoring?.done).toBe(COUNT);
  });

  it('shows the worst and the best twenty of what is filtered, ties by their image', async () => {
    const { lab, page } = await begun();
    await pass(3000);
    const painted: number[] = [];
    const written: string[] = [];
    vi.stubGlobal(
      'ImageData',
      class {
        constructor(readonly data: Uint8ClampedArray) {}
      },
    );
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue({
      fillRect: () => undefined,
      fillText: (text: string) => written.push(text),
      // The level of an image is one more than its number, in eight bits.
      putImageData: ({ data }: ImageData) => painted.push(data[0] ?? NaN),
    } as unknown as CanvasRenderingContext2D & WebGLRenderingContext);
    render(Sheet, { lab });
    const shown = async (change: () => unknown) => {
      [painted.length, written.length] = [0, 0];
      change();
      await pass(50);
      return [painted.slice(0, 20), painted.slice(20)];
    };
    const levelsOf = (images: readonly number[]) => images.map((image) => (image + 1) % 256);
    const twenty = (from: number, step = 1) =>
      levelsOf(Array.from({ length: 20 }, (_, i) => from + i * step));
    const { sets } = page.state;
    const highest = [297, 298, 299, 294, 295, 296, 291, 292, 293, 288, 289, 290, 285, 286, 287];
    expect(await shown(() => (sets.sort = 'kl'))).toEqual([
      twenty(0),
      levelsOf([...highest, 282, 283, 284, 279, 280]),
    ]);
    expect(written.filter((text) => /^\d/.test(text)).slice(18, 23)).toEqual([
      '6.00',
      '6.00',
      '99.00',
      '99.00',
      '99.00',
    ]);
    const all = [twenty(COUNT - 1, -1), twenty(0)];
    expect(await shown(() => (sets.sort = 'elbo'))).toEqual(all);
    const band = { column: 'elbo', low: -30, high: -10 } as const;
    expect(await shown(() => (sets.band = band))).toEqual([twenty(30, -1), twenty(10)]);
    expect(await shown(() => (sets.band = { ...band, low: -12 }))).toEqual([
      levelsOf([12, 11, 10, 10, 11, 12]),
      [],
    ]);
    // One of another model's columns filters neither the table nor the sheet.
    expect(await shown(() => (sets.band = { ...band, column: 'denoising' }))).toEqual(all);
    expect(lab.places).toHaveLength(COUNT);
  });

  it('has after a reload what it had before, and computes the rest alone', async () => {
    const { lab, files } = await begun();
    await pass(80);
    lab.current?.scoring.cancel();
    await pass(500);
    const done = lab.current?.scoring.done ?? 0;
    expect(done).toBeGreaterThan(0);
    clearUp();
    const next = await opened('#lab=sets&setImages=all', files);
    expect(next.lab.current?.scoring.done).toBe(done);
    expect(next.lab.places).toHaveLength(done);
    if (next.lab.current) next.lab.start(next.lab.current);
    await pass(3000);
    expect(next.lab.current?.scoring.done).toBe(COUNT);
    const spans = ScriptedWorker.all.flatMap((worker) => worker.asked('evaluate'));
    expect(spans.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(COUNT - done);
    expect([...files.kept.keys()].filter((name) => /\.\d+$/.test(name))).toHaveLength(
      Math.ceil(COUNT / BLOCK),
    );
  });

  it('stands still while another lab is on display, and goes on when it is back', async () => {
    const { lab, page } = await begun();
    await pass(60);
    page.state.lab = 'latent';
    await pass(500);
    const evaluated = calls('evaluate');
    await pass(2000);
    expect(calls('evaluate')).toBe(evaluated);
    page.state.lab = 'sets';
    await pass(3000);
    expect(lab.current?.scoring.done).toBe(COUNT);
  });

  it('goes on in a hidden tab', async () => {
    const { lab } = await begun();
    await pass(60);
    expect(lab.current?.scoring.done).toBeLessThan(COUNT);
    const hidden = vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
    document.dispatchEvent(new Event('visibilitychange'));
    await pass(3000);
    const was = [tab.hidden, lab.current?.scoring.status, lab.current?.scoring.done];
    hidden.mockRestore();
    document.dispatchEvent(new Event('visibilitychange'));
    expect(was).toEqual([true, 'done', COUNT]);
  });

  it('puts labels that come later beside their images, and says which have none', async () => {
    const { lab } = await opened();
    await give(lab, images(6));
    await pass();
    await give(lab, labels(6));
    await pass();
    expect(lab.set?.labels).toEqual(['0', '1', '2', '0', '1', '2']);
    await give(lab, labels(5));
    await pass();
    expect(lab.unmatched).toEqual(['labels (5)']);
    expect(lab.error).toBeNull();
  });

  it('says why files are none', async () => {
    const { lab } = await opened('#lab=sets', memory(), {
      ...scoring(),
      readData: () => {
        throw new Error('cut short');
      },
    });
    await give(lab, images(6));
    expect(lab.error?.message).toBe('set6: cut short');
    expect(lab.opening).toBeNull();
    await give(lab);
    expect(lab.error?.name).toBe('DataSetError');
  });

  it('stops where an image cannot be scored, and says why', async () => {
    const { lab } = await begun('#lab=sets', memory(), scoring(true));
    await pass(500);
    expect(lab.current?.scoring.status).toBe('failed');
    expect(lab.current?.scoring.error?.message).toBe('no such image');
  });

  it('compares two sets under the same setup', async () => {
    const { lab, page } = await opened();
    await give(lab, images(40));
    await pass();
    const other = lab.set?.id ?? '';
    await give(lab, images(60));
    await pass();
    page.state.sets.other = other;
    await pass(100);
    for (const one of [lab.current, lab.other]) if (one) lab.start(one);
    await pass(2000);
    expect(lab.other?.scoring.setup.key).toBe(lab.current?.scoring.setup.key);
    expect(lab.figures.roc?.auroc).toBe(0.6);
    page.state.sets.other = '';
    await pass(100);
    expect(lab.other).toBeNull();
    expect(lab.figures.roc).toBeNull();
  });

  it('begins anew where the estimator changes, and finds the old rows when it is back', async () => {
    const { lab, page } = await begun('#lab=sets&setImages=100');
    await pass(2000);
    page.state.sets.draws = 16;
    await pass(100);
    expect(lab.current?.scoring.done).toBe(0);
    page.state.sets.draws = 64;
    await pass(500);
    expect(lab.current?.scoring.done).toBe(100);
  });

  it('removes a set', async () => {
    const { lab, files } = await begun();
    await pass(3000);
    if (lab.set) await lab.remove(lab.set);
    await pass(100);
    expect(lab.current).toBeNull();
    expect(files.kept.size).toBe(0);
  });
});

describe('sets that the site brings along', () => {
  const drawing = (name: string, label: number | null) => ({
    name,
    label,
    strokes: [Float32Array.of(0.2, 0.2, 0.8, 0.8)],
  });
  const script: Script = {
    ...scoring(),
    examples: () => [drawing('3', 3), drawing('smiley', null), drawing('7-crossed', 7)],
    prepare: ({ format: { shape } }) => new Uint8Array(shape.height * shape.width),
  };

  it('are opened by their names, called by their ids, and scored at once', async () => {
    const hash = '#lab=sets&setImages=all&set=digits&otherSet=strangers';
    const { lab, page } = await opened(hash, memory(), script);
    await pass(1000);
    const [own, other] = [lab.set, lab.otherSet];
    expect([own?.count, own?.labels]).toEqual([2, ['3', '7']]);
    expect([other?.count, other?.labels]).toEqual([1, ['smiley']]);
    expect([page.state.sets.set, page.state.sets.other]).toEqual([own?.id, other?.id]);
    expect([lab.current?.scoring.done, lab.other?.scoring.done]).toEqual([2, 1]);
    expect(lab.figures.roc).not.toBeNull();
  });

  it('wait where another lab is on display', async () => {
    const { lab, page } = await opened('#lab=plane&set=digits', memory(), script);
    expect([lab.set, page.state.sets.set]).toEqual([undefined, 'digits']);
    page.state.lab = 'sets';
    await pass(1000);
    expect(lab.current?.scoring.done).toBe(2);
  });
});
