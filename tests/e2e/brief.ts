/** The benchmark's page, run as shortly as it goes. */
import { type Report } from '../../www/src/bench/report.ts';
import { expect, type Page } from './fixtures.ts';

/** Runs everything once and as shortly as it goes; the times mean nothing and are not looked at. */
export async function run(page: Page): Promise<Report> {
  await page.goto('./bench/#run&brief');
  return read(page);
}

/** What a run that has begun finds. */
export async function read(page: Page): Promise<Report> {
  const failure = page.getByTestId('bench-failure');
  await expect(page.getByTestId('bench-json').or(failure)).toBeAttached({ timeout: 240_000 });
  expect(await failure.allTextContents()).toEqual([]);
  return JSON.parse((await page.getByTestId('bench-json').textContent()) ?? '');
}

const positive = (value: number | undefined) => expect(value).toBeGreaterThan(0);

export function check(report: Report, threads: number): void {
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
    'states',
    'draws',
    'passes',
    'guided',
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
