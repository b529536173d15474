/** Models of several data sets in the ELBO lab, and one picture between them. */
import type { EvaluatedModel, Manifest } from '../../../www/pkg/elbo_room.js';
import { FEW } from '../drawing.ts';
import { en, expect, open, test } from '../fixtures.ts';

const text = en.elboLab;
const MODEL = 'fashion-vae';

test('a model of clothes meets a digit, and the data set is chosen', async ({ page }) => {
  // What the evaluation program writes of a model that has met digits.
  await page.route('**/models/evaluation.json', async (route) => {
    const manifest = (await (
      await page.request.get(new URL('manifest.json', route.request().url()).href)
    ).json()) as Manifest;
    const entry = manifest.models.find(({ id }) => id === MODEL);
    if (!entry) throw new Error(`there is no ${MODEL}`);
    const quantiles = (from: number) => Array.from({ length: 51 }, (_, i) => from + 10 * i);
    const scored: EvaluatedModel = {
      id: MODEL,
      files: Object.fromEntries(
        Object.entries(entry.files).map(([role, file]) => [role, file.sha256 ?? '']),
      ),
      dataset: 'MNIST test',
      own: false,
      task: 'binarized',
      command: 'evaluate',
      seed: 0,
      scores: [{ metric: 'elbo', unit: 'nats', value: -9, images: 9, samples: 8 }],
      bounds: {
        images: 1,
        lowest: [-9],
        quantiles: Array.from({ length: 101 }, () => -9),
        histogram: { edges: [-10, 0], counts: [1] },
      },
      strangers: {
        own: 'Fashion-MNIST test',
        images: [9, 9],
        typical: -300,
        detectors: [
          {
            detector: 'likelihood',
            auroc: 0.25,
            standardError: 0.01,
            own: quantiles(-800),
            other: quantiles(-700),
          },
        ],
      },
    };
    const { own: _, strangers: __, ...common } = scored;
    const own = { ...common, dataset: 'Fashion-MNIST test' };
    await route.fulfill({ json: { format: 1, models: [own, scored] } });
  });

  await open(page, `lab=elbo&image=example:3&${FEW}`);
  await expect(page.getByTestId('which-digit')).toHaveAttribute('data-status', 'done');
  await page.getByTestId('strangers').locator('summary').click();
  await expect(page.getByTestId('strangers-finding')).toHaveText(
    text.strangers.fails({
      model: `${en.models['Convolutional VAE, 16 latents']} · Fashion-MNIST`,
      own: 'Fashion-MNIST',
      other: 'MNIST test',
      percent: '75.0',
    }),
  );
  await expect(page.getByTestId('detector-likelihood').locator('td').last()).toHaveText(/%$/);
  await expect(page).toHaveURL(/strangers=1/);

  await page.getByRole('radio', { name: 'Fashion-MNIST', exact: true }).check();
  await expect(page.getByTestId(`bound-${MODEL}`)).toHaveAttribute('data-status', 'done');
  await expect(page.getByTestId('bound-mnist-vae')).toHaveCount(0);
  await expect(page.getByRole('heading', { name: en.classes.named.which })).toBeVisible();
});
