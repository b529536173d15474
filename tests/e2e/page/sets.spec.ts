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

test('two scorings of one set stand beside each other, sorted by what differs', async ({
  page,
  crate,
}) => {
  const set = Array.from({ length: 12 }, (_, i) => decode(crate, priorSample(crate, i)));
  await open(page, 'lab=sets&setDraws=1&setImages=all&setSeed=3');
  await give(page, { images: imageFile(set) });
  await page.getByTestId('sets-beside-toggle').click();
  await page.getByTestId('apart-draws').check();
  await page.getByTestId('apart-model').uncheck();
  await expect(page).toHaveURL(/vs\.setDraws=16/);
  await score(page);
  await expect(page.getByTestId('sets-beside-progress')).toHaveAttribute('data-done', '12');
  const difference = text.columns.difference({ column: text.columns.elbo });
  await page.getByRole('button', { name: difference, exact: true }).click();
  await expect(page).toHaveURL(/setSide=difference/);
  const table = page.getByTestId('sets-table');
  // Image, then A, B and B − A of the ELBO; a minus sign is no hyphen, and a standard error, by which its value is rounded, stands after it.
  const values = async () =>
    (await table.locator('tr[data-image]').allInnerTexts()).map((row) =>
      row
        .split('\t')
        .filter((cell) => /\d/.test(cell))
        .slice(1, 4)
        .map((cell) => Number(cell.replace('−', '-').split('±')[0])),
    );
  const rows = await values();
  expect(rows).toHaveLength(12);
  for (const [a = NaN, b = NaN, less = NaN] of rows)
    expect(Math.abs(b - a - less)).toBeLessThan(0.6);
  expect(rows.map(([, , less = NaN]) => less)).toEqual(
    rows.map(([, , less = NaN]) => less).toSorted((a, b) => a - b),
  );
  const mean = Number(await page.getByTestId('sets-difference').getAttribute('data-mean'));
  expect(mean).toBeCloseTo(rows.reduce((sum, [, , less = NaN]) => sum + less, 0) / 12, 1);
  await expect(page.getByTestId('sets-scatter')).toBeVisible();
  await expectAccessible(page, { include: '[data-testid="sets-lab"]' });
  await keep(page, 'sets-beside');
  await page.reload();
  await expect(page.getByTestId('sets-scatter')).toBeVisible();
  expect(await values()).toEqual(rows);
  await page.setViewportSize({ width: 390, height: 800 });
  await expectNoOverflow(page);
  await keep(page, 'sets-beside-narrow');
});
