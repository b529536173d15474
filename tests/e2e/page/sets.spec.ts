import { expectAccessible, expectNoOverflow } from '../checks.ts';
import { decode, priorSample } from '../crate.ts';
import { en, expect, open, test } from '../fixtures.ts';
import { keep } from '../keep.ts';
import { give, imageFile, labelFile, score } from '../sets.ts';

const text = en.setsLab;

test('a data set is scored, sorted and filtered, and is there after a reload', async ({
  page,
  crate,
}) => {
  const set = Array.from({ length: 24 }, (_, i) => decode(crate, priorSample(crate, i)));
  await open(page, 'lab=sets&setDraws=16&setImages=all');
  await give(page, {
    'a-images': imageFile(set),
    'a-labels': labelFile(set.map((_, i) => i % 2)),
  });
  await expect(page.getByTestId('sets-facts')).toContainText(text.open.labels({ count: '2' }));
  await score(page);
  const rows = page.getByTestId('sets-table').locator('tr[data-image]');
  await expect(page.getByTestId('sets-rows')).toHaveAttribute('data-rows', '24');
  await page.getByTestId('sets-label').selectOption('1');
  await expect(page.getByTestId('sets-rows')).toHaveAttribute('data-rows', '12');
  const sort = page.getByRole('button', { name: text.columns.kl, exact: true });
  await sort.click();
  await sort.click();
  const first = await rows.first().getAttribute('data-image');
  await page.getByTestId('sets-table').focus();
  await page.keyboard.press('Home');
  await expect(page.getByTestId('sets-selected')).toContainText(
    text.table.selected({ image: first ?? '' }),
  );
  await expect(page).toHaveURL(/sort=kl/);
  await expectAccessible(page, { include: '[data-testid="sets-lab"]' });
  await keep(page, 'sets');
  await page.reload();
  await expect(page.getByTestId('sets-rows')).toHaveAttribute('data-rows', '12');
  await expect(rows.first()).toHaveAttribute('data-image', first ?? '');
  await page.setViewportSize({ width: 390, height: 800 });
  await expectNoOverflow(page);
  await page.getByTestId('sets-table').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('elbo-lab')).toBeVisible();
});

test('two data sets are compared, and files that are none are refused', async ({ page, crate }) => {
  const some = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => decode(crate, priorSample(crate, from + i)));
  await open(page, 'lab=sets&setDraws=1&setImages=all');
  await give(page, { broken: imageFile(some(0, 2)).subarray(0, 900) });
  await expect(page.getByTestId('sets-error')).toContainText('cut short');
  await give(page, { first: imageFile(some(0, 8)) });
  await expect(page.getByTestId('sets-choose')).toContainText('first');
  await give(page, { second: imageFile(some(50, 6)) });
  await expect(page.getByTestId('sets-choose')).toContainText('second');
  await score(page);
  await page.getByTestId('sets-other').selectOption({ label: 'first' });
  await score(page, 'sets-other');
  const area = page.getByTestId('sets-auroc');
  await expect(area).toBeVisible();
  // Of 48 pairs, each counts a whole, a half or nothing.
  const pairs = 48 * Number(await area.getAttribute('data-auroc'));
  expect(Math.abs(2 * pairs - Math.round(2 * pairs))).toBeLessThan(1e-9);
  await expect(page.getByTestId('sets-roc')).toBeVisible();
  page.once('dialog', (dialog) => void dialog.accept());
  await page.getByTestId('sets-remove').click();
  await expect(page.getByTestId('sets-choose')).not.toContainText('second');
});
