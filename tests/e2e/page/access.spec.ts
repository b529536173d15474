import { decode, priorSample } from '../crate.ts';
import { en, expect, expectLevels, open, tabTo, test, valueOf } from '../fixtures.ts';
import { nameOf } from '../labs.ts';

test('everything can be done by keyboard alone', async ({ page, crate }) => {
  await open(page, 'z=seed:3&steps=20');
  const digit = page.getByTestId('latent-digit');
  const z = priorSample(crate, 3);
  await expectLevels(digit, decode(crate, z));

  const index = crate.vaeEntry.latents.order[0] ?? 0;
  const slider = page.getByTestId(`latent-${index}`);
  await expect.poll(() => valueOf(slider)).toBe(z[index]);
  await tabTo(slider);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  // The slider follows the decoded picture, not the key press.
  await expect.poll(() => valueOf(slider)).toBeCloseTo((z[index] ?? 0) - 0.55, 6);
  const value = await valueOf(slider);
  await expectLevels(digit, decode(crate, z.with(index, value)));
  await page.keyboard.press('Delete');
  await expectLevels(digit, decode(crate, z.with(index, 0)));

  await tabTo(page.getByRole('link', { name: nameOf('denoise') }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  const play = page.getByRole('button', { name: en.denoise.play, exact: true });
  await expect(play).toBeEnabled();
  await tabTo(play);
  await page.keyboard.press('Space');
  await expect(page.getByTestId('denoise-step')).toHaveText(
    en.denoise.step({ index: 20, steps: 20 }),
  );
  const scrub = page.getByTestId('denoise-scrub');
  await scrub.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('PageDown');
  await expect(page.getByTestId('denoise-step')).toHaveText(
    en.denoise.step({ index: 17, steps: 20 }),
  );
});

test('with reduced motion a changed control shows its result without playing', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, 'lab=denoise&steps=20');
  await expect(page.getByTestId('denoise-computed')).toHaveText(en.denoise.computedAll);
  await page.getByTestId('digit').getByRole('radio', { name: '8', exact: true }).check();
  await expect(page.getByRole('button', { name: en.denoise.play, exact: true })).toBeVisible();
  await expect(page.getByTestId('denoise-step')).toHaveText(
    en.denoise.step({ index: 20, steps: 20 }),
  );
});
