/** What a run has found, as a text and as figures. Pure. */
import { FEWEST, type Sample, type Trend, trendOf } from './slope.ts';
import type { Memory } from './memory.ts';

export interface MemorySample extends Memory {
  /** Minutes. */
  at: number;
}

export const SERIES = ['page', 'workers', 'wasm'] as const;
export type Series = (typeof SERIES)[number];

export interface Report {
  seed: number;
  minutes: number;
  /** How often each kind of action was done, and how often there was nothing to do it with. */
  done: Record<string, number>;
  skipped: Record<string, number>;
  killed: number;
  reloads: number;
  /** Controls that were compared with what they had been set to. */
  compared: number;
  bounds: { distinct: number; finished: number; exported: number };
  memory: MemorySample[];
  /** What of the page's heap has grown most since it was settled. */
  grown: string;
  faults: string[];
}

const MEGABYTE = 1e6;

/** Labs that are seen for the first time stay, and so do formulas, examples and models: growth is judged after the first quarter. */
export const settled = <T>(memory: readonly T[]): T[] =>
  memory.slice(Math.floor(memory.length / 4));

/**
 * Memory of workers is told for each of them: how many there are changes from one moment to the next. A moment at which none told
 * its memory is left out.
 */
export function samplesOf(memory: readonly MemorySample[], series: Series): Sample[] {
  return memory.flatMap((sample) => {
    const counts = { page: 1, workers: sample.count, wasm: sample.instances };
    const count = counts[series];
    return count > 0 ? [{ at: sample.at, value: sample[series] / count }] : [];
  });
}

export const trendsOf = (memory: readonly MemorySample[]): Record<Series, Trend> => ({
  page: trendOf(samplesOf(settled(memory), 'page')),
  workers: trendOf(samplesOf(settled(memory), 'workers')),
  wasm: trendOf(samplesOf(settled(memory), 'wasm')),
});

const NAMES: Record<Series, string> = {
  page: 'heap of the page',
  workers: 'heap of a worker',
  wasm: 'wasm memory of a worker',
};

export function trendText(series: Series, trend: Trend): string {
  const mega = (bytes: number, digits: number) => (bytes / MEGABYTE).toFixed(digits);
  const verdict =
    trend.flat === null ? `not judged below ${FEWEST} samples` : trend.flat ? 'flat' : 'GROWS';
  return (
    `${NAMES[series]}: ${mega(trend.mean, 1)} MB, slope ${mega(trend.slope, 3)} ± ` +
    `${mega(trend.standardError, 3)} MB/min in ${trend.samples} samples: ${verdict}`
  );
}

/** Series that grow. */
export const growing = (memory: readonly MemorySample[]): string[] => {
  const trends = trendsOf(memory);
  return SERIES.filter((series) => trends[series].flat === false).map((series) =>
    trendText(series, trends[series]),
  );
};

const counts = (record: Readonly<Record<string, number>>) =>
  Object.entries(record)
    .sort(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${kind} ${count}`)
    .join(', ');

/** What the browser compiles of the page's functions stays; how much there is of it has no say in whether the page keeps what it should not. */
const codeText = (memory: readonly MemorySample[]): string => {
  const mega = (sample?: MemorySample) => ((sample?.code ?? 0) / MEGABYTE).toFixed(1);
  return `compiled code of the page: ${mega(memory[0])} to ${mega(memory.at(-1))} MB`;
};

export function reportText(report: Report): string {
  const total = Object.values(report.done).reduce((sum, count) => sum + count, 0);
  const { distinct, finished, exported } = report.bounds;
  const trends = trendsOf(report.memory);
  return [
    `seed ${report.seed}, ${report.minutes.toFixed(1)} minutes, ${total} deeds (${counts(report.done)})`,
    `${report.killed} workers killed, ${report.reloads} reloads, ${report.compared} settings compared`,
    `${finished} bounds finished, ${distinct} of them distinct and computed again, ${exported} numbers of exports compared`,
    ...SERIES.map((series) => trendText(series, trends[series])),
    codeText(settled(report.memory)),
    `of the page's heap has grown most: ${report.grown || 'nothing'}`,
    report.faults.length === 0 ? 'no faults' : `${report.faults.length} faults:`,
    ...report.faults.map((fault) => `  ${fault}`),
  ].join('\n');
}
