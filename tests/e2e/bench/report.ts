import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../../www/src/bench/report.ts';

/** Writes all figures to the file that ELBO_ROOM_BENCH_JSON names, or to one of this name in `target`; gives the path and the machine's name. */
export async function keepReport(
  report: Report,
  name: string,
  more: object = {},
): Promise<{ path: string; machine: string }> {
  const usual = fileURLToPath(new URL(`../../../target/${name}.json`, import.meta.url));
  const path = process.env['ELBO_ROOM_BENCH_JSON'] ?? usual;
  const machine = cpus()[0]?.model.trim() ?? '';
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify({ ...report, machine, ...more }, null, 2)}\n`);
  return { path, machine };
}
