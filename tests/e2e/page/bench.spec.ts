import { expect, test } from '../fixtures.ts';
import { bench } from '../texts.ts';

const { en, zh } = bench;

test('the benchmark refuses impossible options, in either language', async ({ page }) => {
  await page.goto('./bench/#run&turns=0');
  const failure = page.getByTestId('bench-failure');
  await expect(failure).toHaveText(en.refused({ option: 'turns', asked: '0', most: 100_000 }));
  await page.getByTestId('language-zh').click();
  await expect(failure).toHaveText(zh.refused({ option: 'turns', asked: '0', most: 100_000 }));
  await page.getByTestId('language-en').click();
  await expect(failure).toHaveText(en.refused({ option: 'turns', asked: '0', most: 100_000 }));
});

test('the page links to the benchmark, and loads nothing of it', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.goto('./');
  await expect(page.getByTestId('loading')).toBeHidden();
  const link = page.getByRole('contentinfo').locator('a[href*="bench/"]');
  await expect(link).toHaveAttribute('href', './bench/');
  expect(requests.filter((url) => /bench|ort-|peer/.test(url))).toEqual([]);
  await page.getByTestId('language-zh').click();
  await expect(link).toHaveAttribute('href', './bench/#lang=zh');
  await link.click();
  await expect(page.getByRole('button', { name: zh.run })).toBeVisible();
});
