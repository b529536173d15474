import { estimate } from '../../www/src/format.ts';
import { decode, loadCrate, priorSample } from './crate.ts';
import { en, expect, open, test, withCores } from './fixtures.ts';

const text = en.elbo;
const SEED = 0;
const VAE_SAMPLES = 64;

test('shows the numbers that the crate gives for the same picture, also after a pause', async ({
  page,
}) => {
  // Slow enough that Pause can be pressed in time on any machine.
  await withCores(page, 1);
  await open(page, 'z=seed:6&timesteps=512');
  const card = page.getByTestId('elbo-ddpm');
  const progress = page.getByTestId('ddpm-progress').locator('.quiet');
  await card.getByRole('button', { name: en.elboLab.pause }).click();
  await expect(page.getByTestId('elbo-ddpm-status')).toHaveText(text.ddpm.paused);
  const stopped = await progress.textContent();
  await card.getByRole('button', { name: en.elboLab.resume }).click();

  const crate = await loadCrate();
  const image = decode(crate, priorSample(crate, 6));
  const shown = (testid: string) => page.getByTestId(testid).locator('.mean');
  const error = (testid: string) => page.getByTestId(testid).locator('.error');
  const vae = crate.vae.elbo(image, { samples: VAE_SAMPLES, seed: SEED });
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

  // 512 evaluations of the network take a while where other things run beside.
  await expect(card).toHaveAttribute('data-status', 'done', { timeout: 240_000 });
  await expect(progress).not.toHaveText(stopped ?? '');
  const run = crate.ddpm.elbo(image, {
    schedule: 'log-snr-linear',
    steps: 1000,
    timesteps: 512,
    class: null,
    seed: SEED,
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
  await expect(progress).toHaveText(text.ddpm.progress(run.evaluations, run.totalEvaluations));
});
