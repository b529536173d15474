/** The labs, each in a state that comes to rest. */
import { LABS as DECLARED } from '../../www/src/labs/index.ts';
import type { Language } from '../../www/src/messages/languages.ts';
import { expect, open, type Page } from './fixtures.ts';
import { bars, give, imageFile, labelFile, score } from './sets.ts';
import { en, zh } from './texts.ts';

export const LABS = {
  latent: 'timesteps=64',
  denoise: 'lab=denoise&steps=20&step=20&timesteps=64',
  elbo: 'lab=elbo&k=100&timesteps=64&perClass=10&T=50',
  inference: 'lab=inference&iterations=50',
  plane: 'lab=plane&pdata=two-gaussians&psteps=20&pt=8',
  sets: 'lab=sets&setDraws=1&setImages=all',
};
export type Lab = keyof typeof LABS;

/** Opens a lab and waits until all its numbers and its derivation are there. */
export async function settle(page: Page, lab: Lab, more = ''): Promise<void> {
  await open(page, `${LABS[lab]}${more}`);
  if (lab === 'elbo') {
    const models = page.getByTestId('elbo-lab').locator('article[data-status]');
    await expect(models.first()).toBeVisible();
    // All bounds of all models: some two thousand evaluations.
    const computing = models.and(page.locator(':not([data-status=done])'));
    await expect(computing).toHaveCount(0);
  } else if (lab === 'inference')
    await expect(page.getByTestId('inference-iteration')).toHaveText('50');
  else if (lab === 'sets') {
    // Two sets, so that one is compared with the other.
    await give(page, { one: imageFile(bars(4, 8)), labels: labelFile([0, 1, 0, 1, 0, 1, 0, 1]) });
    await expect(page.getByTestId('sets-choose')).toContainText('one');
    await score(page);
    await give(page, { two: imageFile(bars(14, 9)) });
    await expect(page.getByTestId('sets-choose')).toContainText('two');
    await score(page);
    await page.getByTestId('sets-other').selectOption({ label: 'one' });
    await expect(page.getByTestId('sets-auroc')).toBeVisible();
  } else if (lab === 'plane') {
    await expect(page.getByTestId('plane-t')).toHaveAttribute('data-current', 'true');
    const ended = page.getByTestId('plane-reached');
    await expect(ended).toHaveAttribute('data-done', 'true');
    const computed = page.getByTestId('plane-progress');
    await expect(computed).toHaveAttribute('data-done', 'true');
    await expect(page.getByTestId('plane-scores')).toBeVisible();
  } else {
    await expect(page.getByTestId('elbo-vae')).toHaveAttribute('data-current', 'true');
    await expect(page.getByTestId('elbo-ddpm')).toHaveAttribute('data-status', 'done');
  }
  await expect(page.getByTestId(`derivation-${lab}`)).toBeVisible();
}

/** What the navigation calls a lab. */
export const nameOf = (lab: Lab, language: Language = 'en'): string =>
  DECLARED.find(({ id }) => id === lab)?.name({ en, zh }[language]) ?? '';
