/** The hierarchical VAEs of the ELBO lab, and the bounds of chains of several lengths. */
import { type Hvae, toLevels } from '../../../www/pkg/elbo_room.js';
import { estimate } from '../../../www/src/format.ts';
import type { Crate } from '../crate.ts';
import { FEW } from '../drawing.ts';
import { en, expect, expectLevels, levels, open, test } from '../fixtures.ts';

const text = en.elboLab.ddpm;
const VARIANTS = 8;
const SCHEDULES = ['cosine', 'linear', 'log-snr-linear'] as const;
const LENGTHS = [10, 30, 100, 300, 1000, 3000];

/** The first hierarchy of the manifest. */
function hierarchy({ latent }: Crate) {
  const found = latent.find(({ entry }) => entry.kind === 'hvae');
  if (found?.entry.kind !== 'hvae') throw new Error('the manifest has no hierarchy');
  return { entry: found.entry, model: found.model as Hvae };
}

test('layers are held or drawn anew, as the crate generates them', async ({ page, crate }) => {
  const { entry, model } = hierarchy(crate);
  await open(page, `lab=elbo&image=strokes:&${FEW}`);
  const shows = async (seedsOf: (variant: number) => number[]) => {
    for (let i = 0; i < VARIANTS; i++)
      await expectLevels(
        page.getByTestId(`generated-${entry.id}-${i}`),
        toLevels(model.generate({ seeds: seedsOf(i) })),
      );
  };
  // The top layer is held at first; the others have a seed of their own in each picture.
  await shows((i) => entry.layers.map((_, l) => (l === 0 ? 1 : l + 1 + i)));
  await page.getByTestId(`hold-${entry.id}-2`).check();
  await shows((i) => entry.layers.map((_, l) => (l === 0 || l === 2 ? l + 1 : l + 1 + i)));
  await page.getByTestId(`resample-${entry.id}-0`).click();
  await expect(page).toHaveURL(/layers=/);
  const list = new URLSearchParams(new URL(page.url()).hash.slice(1)).get('layers') ?? '';
  const seeds = list.split(',').map(Number);
  expect(seeds).toHaveLength(entry.layers.length);
  expect(seeds.slice(1)).toEqual(entry.layers.slice(1).map((_, i) => i + 2));
  await shows((i) => seeds.map((seed, l) => (l === 0 || l === 2 ? seed : seed + i)));
});

test('the upper layers alone reconstruct a picture, as the crate does', async ({ page, crate }) => {
  const { entry, model } = hierarchy(crate);
  await open(page, `lab=elbo&image=example:7-crossed&${FEW}`);
  // The picture is at rest: what is read is what the models are given.
  await expect(page.getByTestId('which-digit')).toHaveAttribute('data-status', 'done');
  const image = Uint8Array.from((await levels(page.getByTestId('elbo-picture'))) ?? []);
  const slider = page.getByTestId(`level-${entry.id}`);
  for (const posteriorLayers of [0, entry.layers.length]) {
    await slider.fill(String(posteriorLayers));
    for (let seed = 0; seed < VARIANTS; seed++)
      await expectLevels(
        page.getByTestId(`reconstructed-${entry.id}-${seed}`),
        toLevels(model.reconstruct(image, { posteriorLayers, seed })),
      );
  }
});

test('the bounds of chains of several lengths are those of the crate', async ({ page, crate }) => {
  await open(page, `lab=elbo&image=example:7-crossed&${FEW}`);
  await expect(page.getByTestId('which-digit')).toHaveAttribute('data-status', 'done');
  const image = Uint8Array.from((await levels(page.getByTestId('elbo-picture'))) ?? []);
  const sweep = page.getByTestId('sweep');
  await sweep.getByRole('button', { name: text.sweep }).click();
  await expect(sweep).toHaveAttribute('data-done', 'true');
  const wanted = SCHEDULES.flatMap((schedule) =>
    LENGTHS.map((steps) => {
      const run = crate.ddpm.elbo(image, {
        schedule,
        steps,
        timesteps: 64,
        class: null,
        seed: 0,
      });
      while (!run.done) run.step();
      const result = run.result();
      run.free();
      if (!result) throw new Error('the bound is complete');
      const { mean, error } = estimate(result.bitsPerDim, 3);
      return text.stepsPoint({ schedule: en.denoise.schedules[schedule], steps, mean, error });
    }),
  );
  const points = page.getByTestId('steps-chart').locator('title');
  expect((await points.allTextContents()).sort()).toEqual(wanted.sort());
});
