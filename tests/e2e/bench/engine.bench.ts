/** The same in the engine that ELBO_ROOM_BENCH_ENGINE names: ratios within it, of what the benchmark's page measures. */
import { expect, test } from '@playwright/test';
import { type Report, setting, table } from '../../../www/src/bench/report.ts';
import { ENGINES } from '../browsers/engines.ts';
import { bench } from '../texts.ts';
import { keepReport } from './report.ts';

const MINUTE = 60_000;

test('bench in another engine', async ({ baseURL }) => {
  const name = process.env['ELBO_ROOM_BENCH_ENGINE'] ?? '';
  const visitor = await ENGINES[name]?.();
  if (!visitor) throw new Error(`there is no engine ${name}: ${Object.keys(ENGINES).join(', ')}`);
  try {
    await visitor.open(`${baseURL}bench/#run&${process.env['ELBO_ROOM_BENCH_OPTIONS'] ?? ''}`);
    // What is folded up has no inner text.
    const said = (id: string) =>
      visitor.evaluate(
        (selector) => document.querySelector(selector)?.textContent ?? '',
        `[data-testid=${id}]`,
      );
    const ended = async () => (await said('bench-json')) || (await said('bench-failure'));
    const patience = { intervals: [5000], timeout: 50 * MINUTE };
    await expect.poll(ended, patience).not.toBe('');
    expect(await said('bench-failure')).toBe('');
    const report = JSON.parse(await said('bench-json')) as Report;
    await keepReport(report, `bench-${name.toLowerCase()}`);
    console.log(`\n${table(report.rows, bench.en)}\n\n${name}; ${setting(report, bench.en)}\n`);
    expect(report.agreement.filter(({ met }) => !met)).toEqual([]);
  } finally {
    await visitor.close();
  }
});
