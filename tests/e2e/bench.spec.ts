import { cells, type Report } from '../../www/src/bench/report.ts';
import { bench as en } from '../../www/src/messages/bench.en.ts';
import { bench as zh } from '../../www/src/messages/bench.zh.ts';
import { expectAccessible, expectNoOverflow } from './checks.ts';
import { expect, type Page, test } from './fixtures.ts';

/** Runs everything once and as shortly as it goes; the times mean nothing and are not looked at. */
async function run(page: Page): Promise<Report> {
  await page.goto('./bench/#run&brief');
  const failure = page.getByTestId('bench-failure');
  await expect(page.getByTestId('bench-json').or(failure)).toBeAttached({ timeout: 240_000 });
  expect(await failure.allTextContents()).toEqual([]);
  return JSON.parse((await page.getByTestId('bench-json').textContent()) ?? '');
}

const positive = (value: number | undefined) => expect(value).toBeGreaterThan(0);

function check(report: Report, threads: number): void {
  expect(report.threads).toBe(threads);
  expect(report.peer).toMatch(/^\d+\.\d+\.\d+/);
  expect(report.rows.map(({ id }) => id)).toEqual([
    'slider',
    'network',
    'decode',
    'encode',
    'peak',
    'fits',
    'memory',
    'load',
    'chains',
    'bound',
  ]);
  for (const { id, ours, peer, verdict } of report.rows) {
    positive(ours?.median);
    if (!['slider', 'fits', 'memory'].includes(id)) positive(peer?.median);
    if (id !== 'memory') positive(verdict?.value);
    const target = verdict?.target;
    if (!verdict || !target) continue;
    expect(verdict.met).toBe(
      target.bound === 'most' ? verdict.value <= target.value : verdict.value >= target.value,
    );
  }
  // Both engines ran the same networks on the same inputs.
  expect(report.agreement.map(({ output }) => output)).toHaveLength(4);
  for (const { difference, tolerance, met } of report.agreement) {
    expect(difference).toBeLessThanOrEqual(tolerance);
    expect(met).toBe(true);
  }
}

test('the benchmark measures both engines, and tells it in both languages', async ({ page }) => {
  const report = await run(page);
  check(report, 1);
  await expect(page.getByRole('note')).toContainText('one thread');
  const table = page.getByTestId('bench-table');
  await expect(table.getByRole('row')).toHaveCount(1 + report.rows.length);
  // The JSON is in English, and so is this page.
  const written = (row: Report['rows'][number]) => cells(row).join('');
  await expect(table.locator('tbody tr')).toHaveText(report.rows.map(written));
  await expectAccessible(page);

  await page.getByTestId('language-zh').click();
  await expect(page).toHaveTitle(`${zh.title} · ELBO Room`);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  await expect(page).toHaveURL(/#run&brief&lang=zh$/);
  await expect(page.getByTestId('bench-status')).toHaveText(zh.done);
  await expect(table.getByRole('columnheader')).toHaveText(zh.headings);
  await expect(table.locator('[data-met] th').first()).toHaveText(zh.rows.slider);
  await expect(table.locator('tbody')).not.toContainText(
    /evaluation|thread|median|percentile|undefined/,
  );
  expect(JSON.parse((await page.getByTestId('bench-json').textContent()) ?? '')).toEqual(report);
  await expectAccessible(page);
  for (const width of [390, 768, 961, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoOverflow(page, `${width} pixels`);
  }
  await expect(page.getByRole('link')).toHaveAttribute('href', '../#lang=zh');
});

test.describe('where the page is isolated', () => {
  test.use({ baseURL: `http://127.0.0.1:${process.env['ELBO_ROOM_E2E_ISOLATED_PORT']}/` });

  test('the benchmark gives the other engine all threads', async ({ page }) => {
    const report = await run(page);
    check(report, await page.evaluate(() => navigator.hardwareConcurrency));
    await expect(page.getByRole('note')).toHaveCount(0);
  });
});

test('the benchmark refuses impossible options, in either language', async ({ page }) => {
  await page.goto('./bench/#run&turns=0');
  const failure = page.getByTestId('bench-failure');
  await expect(failure).toHaveText(en.refused('turns', '0', 100_000));
  await page.getByTestId('language-zh').click();
  await expect(failure).toHaveText(zh.refused('turns', '0', 100_000));
  await page.getByTestId('language-en').click();
  await expect(failure).toHaveText(en.refused('turns', '0', 100_000));
});

test('the page links to the benchmark, and loads nothing of it', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.goto('./');
  await expect(page.getByTestId('loading')).toBeHidden();
  const link = page.getByRole('contentinfo').getByRole('link');
  await expect(link).toHaveAttribute('href', './bench/');
  expect(requests.filter((url) => /bench|ort-|peer/.test(url))).toEqual([]);
  await page.getByTestId('language-zh').click();
  await expect(link).toHaveAttribute('href', './bench/#lang=zh');
  await link.click();
  await expect(page.getByRole('button', { name: zh.run })).toBeVisible();
});
