/** The numbers of a data set are those that the program `evaluate` writes natively for the same files and seed. */
import { readFile } from 'node:fs/promises';
import { exampleDrawings, renderDigit } from '../../../www/pkg/elbo_room.js';
import { expect, open, type Page, test } from '../fixtures.ts';
import { give, imageFile, score } from '../sets.ts';

interface Term {
  metric: string;
  layer?: string;
  value: number;
}
interface Evaluated {
  model: string;
  image: number;
  part: 'bound' | 'importance';
  terms: Term[];
}

const COLUMNS: Record<string, string> = {
  elbo: 'elbo',
  prior: 'prior',
  denoising: 'denoising',
  'elbo-consistency': 'consistency',
  'bits-per-dim': 'bitsPerDim',
  reconstruction: 'reconstruction',
  kl: 'kl',
  gap: 'gap',
  'log-likelihood': 'logLikelihood',
  'log-likelihood-error': 'logLikelihoodError',
  'pareto-shape': 'paretoShape',
};

/** The example digits, as tests/evaluate writes them. */
function digits(): Buffer {
  const images = exampleDrawings()
    .filter(({ label }) => label !== null)
    .map(({ strokes }) => renderDigit(strokes));
  return imageFile(images);
}

async function rowsOf(page: Page): Promise<Record<string, number>[]> {
  await score(page);
  await page.getByTestId('sets-save').getByRole('button').click();
  const download = page.waitForEvent('download');
  await page.getByTestId('share-json').click();
  const text = await readFile(await (await download).path(), 'utf8');
  await page.keyboard.press('Escape');
  return (JSON.parse(text) as { rows: Record<string, number>[] }).rows;
}

test('every bit of a data set is that of the native program', async ({ page, crate }) => {
  // The drawings are made by the crate, which has begun with it.
  void crate;
  const fixture = new URL('../../fixtures/sets.jsonl', import.meta.url);
  const lines = (await readFile(fixture, 'utf8')).trim().split('\n');
  const expected = lines.map((line) => JSON.parse(line) as Evaluated);
  await open(page, 'lab=sets&setSeed=5&setImages=all');
  await give(page, { 'digits-idx3-ubyte': digits() });
  await expect(page.getByTestId('sets-choose')).toContainText('digits');
  for (const [model, part, settings, compared] of [
    ['mnist-vae', 'bound', 'setDraws=64&setProposal=posterior', 8],
    ['mnist-vae', 'importance', 'setDraws=16&setProposal=laplace', 4],
    ['mnist-ddpm', 'bound', 'setSchedule=log-snr-linear&setTimesteps=16', 6],
  ] as const) {
    await open(page, `lab=sets&setSeed=5&setImages=all&setModel=${model}&${settings}`);
    const rows = await rowsOf(page);
    const records = expected.filter((one) => one.model === model && one.part === part);
    expect(records).toHaveLength(4);
    for (const { image, terms } of records) {
      const row = rows.find((one) => one['image'] === image);
      const columns = terms.flatMap(({ metric, layer, value }) => {
        const name =
          model === 'mnist-ddpm' && metric === 'reconstruction'
            ? 'reconstructionCost'
            : COLUMNS[metric];
        return name && layer === undefined ? [[name, value] as const] : [];
      });
      expect(columns).toHaveLength(compared);
      for (const [column, value] of columns)
        expect(row?.[column], `${model}, ${part} of image ${image}: ${column}`).toBe(value);
    }
  }
});
