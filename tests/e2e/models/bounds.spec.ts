import { readFile } from 'node:fs/promises';
import { estimate } from '../../../www/src/format.ts';
import { decode, priorSample } from '../crate.ts';
import { drawSeven, FEW, strokesOf } from '../drawing.ts';
import {
  en,
  expect,
  expectLevels,
  open,
  type Page,
  recordCalls,
  test,
  withCores,
} from '../fixtures.ts';
import { withoutRounding } from '../numbers.ts';

/** What the page takes for the bound under the labs. */
const UNDER_LABS = { samples: 64, seed: 0 };

const mean = (page: Page, testid: string) => page.getByTestId(testid).locator('.mean');

test('a digit drawn by hand gets the terms that the crate gives, from several workers', async ({
  page,
  crate,
}) => {
  const { calls } = await recordCalls(page);
  const workers = async () => (await calls()).filter((call) => call === 'pool start').length;
  await withCores(page, 4);
  await open(page, `lab=elbo&image=strokes:&${FEW}`);
  await drawSeven(page);
  const image = crate.renderDigit(await strokesOf(page));
  await expectLevels(page.getByTestId('elbo-picture'), image);

  for (const { entry, model } of crate.latent) {
    const { id } = entry;
    await expect(page.getByTestId(`bound-${id}`)).toHaveAttribute('data-status', 'done');
    const run = model.bound(image, { samples: 100, seed: 0 });
    while (!run.done) run.step();
    const result = run.result();
    if (!result) throw new Error('the bound is complete');
    for (const [testid, value, decimals] of [
      ['reconstruction', result.reconstruction, 2],
      ['kl', result.kl, 2],
      ['elbo', result.elbo, 2],
      ['log-likelihood', result.logLikelihood, 2],
      ['gap', result.gap, 2],
      ...(result.task === '8-bit' ? [['bits', result.bitsPerDim, 4] as const] : []),
      ...(result.layers.length > 1
        ? result.layers.map(({ kl }, i) => [`layer-${i}`, kl, 2] as const)
        : []),
    ] as const) {
      const shown = estimate(withoutRounding(value), decimals);
      await expect(mean(page, `${id}-${testid}`)).toHaveText(shown.mean);
      await expect(page.getByTestId(`${id}-${testid}`).locator('.error')).toHaveText(
        shown.error && `± ${shown.error}`,
      );
    }
    const binarized = page.getByTestId(`binarized-${id}`);
    if (result.binarized)
      await expectLevels(
        binarized,
        Array.from(result.binarized, (bit) => bit * 255),
      );
    else await expect(binarized).toHaveCount(0);
    run.free();
  }

  const ddpm = crate.ddpmEntry.id;
  await expect(page.getByTestId(`bound-${ddpm}`)).toHaveAttribute('data-status', 'done');
  const options = {
    schedule: 'log-snr-linear',
    steps: 50,
    timesteps: 64,
    class: null,
    seed: 0,
    consistency: true,
  } as const;
  const bound = crate.ddpm.elbo(image, options);
  while (!bound.done) bound.step();
  const diffusion = bound.result();
  if (!diffusion?.consistency) throw new Error('the bound is complete, in both forms');
  for (const [testid, value, decimals] of [
    ['prior', { mean: diffusion.lT, standardError: null }, 3],
    ['denoising', diffusion.lDenoising, 2],
    ['reconstruction', diffusion.l0, 2],
    ['elbo', diffusion.elbo, 2],
    ['bits', diffusion.bitsPerDim, 4],
  ] as const) {
    await expect(mean(page, `${ddpm}-${testid}`)).toHaveText(estimate(value, decimals).mean);
  }
  await expect(page.getByTestId(`${ddpm}-consistency`)).toContainText(
    estimate(diffusion.consistency.elbo, 2).mean,
  );

  await expect(page.getByTestId('which-digit')).toHaveAttribute('data-status', 'done');
  const classify = {
    schedule: 'log-snr-linear',
    steps: 50,
    evaluationsPerClass: 10,
    seed: 0,
  } as const;
  const posterior = crate.ddpm.classify(image, classify);
  while (!posterior.done) posterior.step();
  const classes = posterior.result();
  if (!classes) throw new Error('the posterior is complete');
  await expect(page.getByTestId('predicted')).toHaveText(
    crate.ddpmEntry.classes[classes.predicted] ?? '',
  );
  await expect(page.getByTestId('class-entropy')).toContainText(
    estimate({ mean: classes.entropy, standardError: null }, 3).mean,
  );

  // The crate has computed them on one thread.
  expect(await workers()).toBe(4);
});

test('a model card shows what the evaluation program found for these very weights', async ({
  page,
}) => {
  await open(page, `lab=elbo&${FEW}`);
  const evaluation = JSON.parse(
    await readFile(new URL('../../../models/evaluation.json', import.meta.url), 'utf8'),
  );
  const compared = evaluation.models.filter(
    ({ dataset, own = true }: { dataset: string; own?: boolean }) =>
      own && dataset === 'MNIST test',
  );
  expect(compared.length).toBeGreaterThan(3);
  for (const { id, command, scores } of compared) {
    const card = page.getByTestId(`card-${id}`);
    await card.getByText(en.elboLab.card.title).click();
    const elbo = scores.find(({ metric }: { metric: string }) => metric === 'elbo');
    const { mean, error } = estimate(
      { mean: elbo.value, standardError: elbo.standardError ?? null },
      2,
    );
    const row = card.getByRole('row').filter({
      has: page.getByRole('rowheader', { name: en.elboLab.card.metrics.elbo, exact: true }),
    });
    await expect(row).toContainText(error ? `${mean} ± ${error}` : mean);
    await expect(card.locator('code')).toHaveText(command);
  }
});

test('shows the numbers that the crate gives for the same picture, also after a pause', async ({
  page,
  crate,
}) => {
  // Slow enough that Pause can be pressed in time on any machine.
  await withCores(page, 1);
  await open(page, 'z=seed:6&timesteps=256');
  const card = page.getByTestId('elbo-ddpm');
  const progress = page.getByTestId('ddpm-progress').locator('.quiet');
  await card.getByRole('button', { name: en.elboLab.pause }).click();
  await expect(page.getByTestId('elbo-ddpm-status')).toHaveText(en.elbo.ddpm.paused);
  const stopped = await progress.textContent();
  await card.getByRole('button', { name: en.elboLab.resume }).click();

  const image = decode(crate, priorSample(crate, 6));
  const shown = (testid: string) => page.getByTestId(testid).locator('.mean');
  const error = (testid: string) => page.getByTestId(testid).locator('.error');
  const vae = crate.vae.elbo(image, UNDER_LABS);
  await expect(page.getByTestId('elbo-vae')).toHaveAttribute('data-current', 'true');
  const exact = { mean: vae.kl, standardError: null };
  for (const [testid, value, decimals] of [
    ['vae-reconstruction', vae.reconstruction, 2],
    ['vae-kl', exact, 2],
    ['vae-elbo', vae.elbo, 2],
    ['vae-bits', vae.bitsPerDim, 4],
  ] as const) {
    await expect(shown(testid)).toHaveText(estimate(value, decimals).mean);
  }

  await expect(card).toHaveAttribute('data-status', 'done');
  await expect(progress).not.toHaveText(stopped ?? '');
  const run = crate.ddpm.elbo(image, {
    schedule: 'log-snr-linear',
    steps: 1000,
    timesteps: 256,
    class: null,
    seed: UNDER_LABS.seed,
  });
  while (!run.done) run.step();
  const ddpm = run.result();
  if (!ddpm) throw new Error('the bound is complete');
  for (const [testid, value, decimals] of [
    ['ddpm-prior', { mean: ddpm.lT, standardError: null }, 3],
    ['ddpm-denoising', ddpm.lDenoising, 2],
    ['ddpm-reconstruction', ddpm.l0, 2],
    ['ddpm-elbo', ddpm.elbo, 2],
    ['ddpm-bits', ddpm.bitsPerDim, 4],
  ] as const) {
    await expect(shown(testid)).toHaveText(estimate(value, decimals).mean);
    const spread = estimate(value, decimals).error;
    await expect(error(testid)).toHaveText(spread && `± ${spread}`);
  }
  await expect(progress).toHaveText(
    en.elbo.ddpm.progress({ done: run.evaluations, total: run.totalEvaluations }),
  );
});
