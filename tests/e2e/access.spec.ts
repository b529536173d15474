import { AxeBuilder } from '@axe-core/playwright';
import { decode, loadCrate, priorSample } from './crate.ts';
import { en, expect, expectLevels, open, type Page, tabTo, test, valueOf } from './fixtures.ts';

const LABS = {
  latent: 'timesteps=64',
  denoise: 'lab=denoise&steps=20&step=20&timesteps=64',
  elbo: 'lab=elbo&k=100&timesteps=64&perClass=10&T=50',
};

/** Opens a lab and waits until it has come to rest, all numbers shown. */
async function settle(page: Page, fragment: string): Promise<void> {
  await open(page, fragment);
  if (fragment === LABS.elbo) {
    // Whatever models there are.
    const lab = page.getByTestId('elbo-lab');
    await expect(lab.locator('article[data-status]').first()).toBeVisible();
    await expect(lab.locator('article[data-status]:not([data-status=done])')).toHaveCount(0);
    return;
  }
  await expect(page.getByTestId('elbo-vae')).toHaveAttribute('data-current', 'true');
  await expect(page.getByTestId('elbo-ddpm')).toHaveAttribute('data-status', 'done');
}

test('everything can be done by keyboard alone', async ({ page }) => {
  await open(page, 'z=seed:3&steps=20');
  const crate = await loadCrate();
  const digit = page.getByTestId('latent-digit');
  const z = priorSample(crate, 3);
  await expectLevels(digit, decode(crate, z));

  const index = crate.vaeEntry.latents.order[0] ?? 0;
  const slider = page.getByTestId(`latent-${index}`);
  await tabTo(slider);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  const value = await valueOf(slider);
  expect(value).toBeCloseTo((z[index] ?? 0) - 0.55, 6);
  await expectLevels(digit, decode(crate, z.with(index, value)));
  await page.keyboard.press('Delete');
  await expectLevels(digit, decode(crate, z.with(index, 0)));

  await tabTo(page.getByRole('link', { name: en.labs.denoise }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  const play = page.getByRole('button', { name: en.denoise.play, exact: true });
  await expect(play).toBeEnabled();
  await tabTo(play);
  await page.keyboard.press('Space');
  await expect(page.getByTestId('denoise-step')).toHaveText(en.denoise.step(20, 20));
  const scrub = page.getByTestId('denoise-scrub');
  await scrub.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('PageDown');
  await expect(page.getByTestId('denoise-step')).toHaveText(en.denoise.step(17, 20));
});

for (const [lab, fragment] of Object.entries(LABS)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing serious in the ${lab} lab, ${colorScheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await settle(page, fragment);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(grave.map(({ id, help, nodes }) => ({ id, help, at: nodes.map(({ target }) => target.join(' ')) }))).toEqual([]);
    });

    for (const width of [390, 1280]) {
      test(`the ${lab} lab fits ${width} pixels, ${colorScheme}`, async ({ page }) => {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await settle(page, fragment);
        const { scrollWidth, clientWidth } = await page.evaluate(() => {
          const { scrollWidth, clientWidth } = document.documentElement;
          return { scrollWidth, clientWidth };
        });
        expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
        await page.screenshot({ path: `artifacts/${lab}-${width}-${colorScheme}.png`, fullPage: true });
      });
    }
  }
}

test('with reduced motion a changed control shows its result without playing', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, 'lab=denoise&steps=20');
  await expect(page.getByTestId('denoise-computed')).toHaveText(en.denoise.computedAll);
  await page.getByTestId('digit').getByRole('radio', { name: '8', exact: true }).check();
  await expect(page.getByRole('button', { name: en.denoise.play, exact: true })).toBeVisible();
  await expect(page.getByTestId('denoise-step')).toHaveText(en.denoise.step(20, 20));
});
