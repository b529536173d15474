/**
 * `cargo xtask soak`: one page under random use and disturbance. In the first half it is never loaded anew, so that what it does not
 * give back would show; in the second it is, again and again. At the end every bound that it finished is computed by a page that is
 * left alone.
 */
import { appendFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { reportText } from './report.ts';
import { Soak } from './soak.ts';

const seed = Number(process.env['ELBO_ROOM_SOAK_SEED'] ?? 1);
const minutes = Number(process.env['ELBO_ROOM_SOAK_MINUTES'] ?? 2);
/** Set by the configuration: the servers are started within the time, too. */
const started = Number(process.env['ELBO_ROOM_SOAK_STARTED'] ?? Date.now());

test('soak', async ({ browser, baseURL }) => {
  test.setTimeout(minutes * 90_000 + 300_000);
  const path =
    process.env['ELBO_ROOM_SOAK_JSON'] ??
    fileURLToPath(new URL('../../../target/soak.json', import.meta.url));
  const deeds = path.replace(/(\.json)?$/, '.log');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(deeds, '');
  const log = (line: string) => appendFileSync(deeds, `${line}\n`);
  const soak = new Soak(browser, baseURL as string, { seed, minutes, started, log });
  const report = await soak.run();
  await writeFile(path, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\n${reportText(report)}\nAll figures: ${path}; each deed: ${deeds}\n`);
  expect(report.faults).toEqual([]);
  expect(report.bounds.distinct).toBeGreaterThan(0);
  expect(report.reloads).toBeGreaterThan(0);
});
