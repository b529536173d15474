/** Measures, prints the table, and keeps all figures. */
import { expect, test } from '@playwright/test';
import {
  agreementText,
  scalingChart,
  scalingTable,
  measured,
  most,
  parseOptions,
  profileTable,
  type Report,
  type Row,
  setting,
  table,
  verdict,
} from '../../../www/src/bench/report.ts';
import { bench } from '../texts.ts';
import { type Arrival, brotli, built, gzip, transferred, visits } from './arrival.ts';
import { keepReport } from './report.ts';

const text = bench.en;

const MEGABYTE = 1e6;
const options = process.env['ELBO_ROOM_BENCH_OPTIONS'] ?? '';
/** ONNX files that are measured in place of all else. */
const networks = (process.env['ELBO_ROOM_BENCH_NETWORKS'] ?? '').split('\n').filter(Boolean);

async function sizes(): Promise<Row[]> {
  const [ours, peer] = [
    await built('assets/', /^elbo_room_bg-.*\.wasm$/),
    await built('bench/', /^ort-.*\.wasm$/),
  ];
  const row = (
    id: string,
    title: string,
    compress: (bytes: Uint8Array) => number,
    target: number | null,
  ): Row => {
    const [own, other] = [compress(ours) / MEGABYTE, compress(peer) / MEGABYTE];
    return {
      id,
      title,
      ours: measured([own], 'MB'),
      peer: { name: 'onnxruntime-web', ...measured([other], 'MB') },
      verdict: target === null ? null : verdict('size', 'MB', own, most(target)),
    };
  };
  return [
    row('brotli', 'WebAssembly, brotli', brotli, 1.45),
    row('gzip', 'WebAssembly, gzip', gzip, null),
  ];
}

/** What a visit costs, of so many from new and from known browsers. */
async function arrivals(cold: readonly Arrival[], warm: readonly Arrival[]): Promise<Row[]> {
  const first = async (
    id: string,
    name: string,
    compress: (bytes: Uint8Array) => number,
    target: number | null,
  ): Promise<Row> => {
    const size = (await transferred(cold[0]?.paths ?? [], compress)) / MEGABYTE;
    return {
      id,
      title: `All that is fetched before the first slider works, ${name}`,
      ours: measured([size], 'MB'),
      peer: null,
      verdict: target === null ? null : verdict('size', 'MB', size, most(target)),
    };
  };
  const [coldTimes, warmTimes] = [cold, warm].map((arrivals) =>
    measured(
      arrivals.map(({ seconds }) => seconds),
      's',
    ),
  );
  return [
    ...(await sizes()),
    await first('arrival', 'brotli', brotli, 2.1),
    await first('arrival-gzip', 'gzip', gzip, null),
    {
      id: 'cold',
      title: 'Navigation to first decoded digit, first visit',
      ours: coldTimes ?? null,
      peer: null,
      verdict: coldTimes ? verdict('median', 's', coldTimes.median, most(1)) : null,
    },
    {
      id: 'warm',
      title: 'The same, second visit',
      ours: warmTimes ?? null,
      peer: null,
      verdict: null,
    },
  ];
}

test('bench', async ({ browser, baseURL }) => {
  const url = baseURL as string;
  const asked = parseOptions(options);
  const isWhole = asked.profile === 0 && networks.length === 0;
  const { cold, warm } = isWhole ? await visits(browser, url, asked.loads) : { cold: [], warm: [] };
  const page = await browser.newPage({ baseURL: url });
  if (networks.length > 0) {
    await page.goto(`bench/#${options}`);
    await page.getByTestId('bench-own').setInputFiles(networks);
    await page.getByRole('button', { name: text.run, exact: true }).click();
  } else await page.goto(`bench/#run&${options}`);
  const outcome = page.getByTestId('bench-json').or(page.getByTestId('bench-failure'));
  await outcome.waitFor({ state: 'attached', timeout: 0 });
  expect(await page.getByTestId('bench-failure').allTextContents()).toEqual([]);
  const report = JSON.parse((await page.getByTestId('bench-json').textContent()) ?? '') as Report;
  if (asked.profile > 0) {
    for (const profile of report.profiles) console.log(`\n${profileTable(profile)}`);
    console.log(`\n${setting(report, text)}\n`);
    return;
  }

  if (isWhole) report.rows.push(...(await arrivals(cold, warm)));
  const { path, machine } = await keepReport(report, isWhole ? 'bench' : 'bench-networks', {
    files: cold[0]?.paths,
  });

  console.log(`\n${table(report.rows, text)}\n`);
  for (const scaling of report.scaling)
    console.log(`${scalingTable(scaling, text)}\n\n${scalingChart(scaling)}\n`);
  console.log(`${machine}; ${setting(report, text)}`);
  console.log(
    `Largest differences from onnxruntime-web: ${report.agreement.map((one) => agreementText(one, text)).join('; ')}`,
  );
  console.log(`All figures: ${path}\n`);
  expect(report.agreement.filter(({ met }) => !met)).toEqual([]);
});
