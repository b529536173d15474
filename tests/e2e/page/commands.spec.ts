/** Commands by the keyboard alone, and the appearance that one of them sets. */
import { expectAccessible } from '../checks.ts';
import { expect, open, test } from '../fixtures.ts';

test('a command is found in another language and runs; what it sets outlives a reload, but not paper', async ({
  page,
}) => {
  await open(page, '');
  await page.keyboard.press('ControlOrMeta+k');
  await expect(page.getByTestId('palette').getByRole('combobox')).toBeFocused();
  await page.keyboard.type('深色');
  await expectAccessible(page, { include: '[data-testid="palette"]' }, 'the palette');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('palette')).toHaveCount(0);
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await ground()).toBe('rgb(15, 18, 21)');
  // The script of the page's head sets it before there is anything to paint.
  await page.addInitScript(() => {
    addEventListener('DOMContentLoaded', () => {
      document.body.dataset['first'] = document.documentElement.dataset['theme'];
    });
  });
  await page.reload();
  await expect(page.locator('body')).toHaveAttribute('data-first', 'dark');
  await page.keyboard.press('?');
  await expect(page.getByTestId('help')).toBeVisible();
  await expectAccessible(page, { include: '[data-testid="help"]' }, 'the help');
  await page.emulateMedia({ media: 'print' });
  expect(await ground()).toBe('rgb(255, 255, 255)');
});
