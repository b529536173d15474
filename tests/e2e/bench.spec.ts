import type { Report } from '../../www/src/bench/report.ts';
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
    'slider', 'network', 'decode', 'encode', 'peak', 'memory', 'load', 'chains', 'bound',
  ]);
  for (const { id, ours, peer, verdict } of report.rows) {
    positive(ours?.median);
    if (id !== 'slider' && id !== 'memory') positive(peer?.median);
    if (id !== 'memory') positive(verdict?.value);
    const target = verdict?.target;
    if (!verdict || !target) continue;
    expect(verdict.met).toBe(target.bound === 'most' ? verdict.value <= target.value : verdict.value >= target.value);
  }
  // Both engines ran the same networks on the same inputs.
  expect(report.agreement.map(({ output }) => output)).toHaveLength(4);
  for (const { difference, tolerance, met } of report.agreement) {
    expect(difference).toBeLessThanOrEqual(tolerance);
    expect(met).toBe(true);
  }
}

test('the benchmark measures both engines, and says why the other has one thread', async ({ page }) => {
  check(await run(page), 1);
  await expect(page.getByRole('note')).toContainText('one thread');
  await expect(page.getByTestId('bench-table').getByRole('row')).toHaveCount(10);
});

test.describe('where the page is isolated', () => {
  test.use({ baseURL: `http://127.0.0.1:${process.env['ELBO_ROOM_E2E_ISOLATED_PORT']}/` });

  test('the benchmark gives the other engine all threads', async ({ page }) => {
    const report = await run(page);
    check(report, await page.evaluate(() => navigator.hardwareConcurrency));
    await expect(page.getByRole('note')).toHaveCount(0);
  });
});

test('the benchmark refuses impossible options', async ({ page }) => {
  await page.goto('./bench/#run&turns=0');
  await expect(page.getByTestId('bench-failure')).toContainText('turns is 0');
});

test('the page links to the benchmark, and loads nothing of it', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.goto('./');
  await expect(page.getByTestId('loading')).toBeHidden();
  await expect(page.getByRole('contentinfo').getByRole('link')).toHaveAttribute('href', './bench/');
  expect(requests.filter((url) => /bench|ort-|peer/.test(url))).toEqual([]);
});
