/** What the benchmark finds, and how it is written down, on the page and on a terminal alike. */
import type { Bench } from '../messages/catalogue.ts';
import type { Table } from '../share/subject.ts';
import type { CrateApi } from './crate.worker.ts';
import { summarize, type Summary } from './statistics.ts';

/** What is found before anybody knows in which language it will be read. */
export type Said = (text: Bench) => string;

export type Unit = 'ms' | 's' | '/s' | 'GFLOP/s' | 'MB';

export interface Measured extends Summary {
  unit: Unit;
}

export interface Target {
  /** The value must be at most, or at least, this. */
  bound: 'most' | 'least';
  value: number;
}

/** The one number of a row that the target is about. */
export interface Verdict<Text = string> {
  name: Text;
  value: number;
  /** Quartiles, where it comes from repetitions. */
  spread: [number, number] | null;
  unit: Unit | '×';
  target: Target | null;
  met: boolean | null;
}

export interface Row<Text = string> {
  id: string;
  title: Text;
  ours: Measured | null;
  /** What it is compared with, if anything. */
  peer: (Measured & { name: Text }) | null;
  verdict: Verdict<Text> | null;
}

/** The largest difference of an output between the two engines, of values of magnitude 1. */
export interface Agreement<Text = string> {
  output: Text;
  difference: number;
  tolerance: number;
  met: boolean;
}

/** How a time and the memory of a worker grow with a number. */
export interface Scaling<Text = string> {
  id: 'batch' | 'grid' | 'timesteps';
  title: Text;
  unit: Unit;
  points: { count: number; time: Measured; memory: number }[];
}

/** Where the time of a network goes. */
export interface Profile {
  network: string;
  /** States that are computed together. */
  states: number;
  operators: ReturnType<CrateApi['profile']>;
}

export interface Report<Text = string> {
  version: string;
  peer: string;
  userAgent: string;
  cores: number;
  /** Threads that onnxruntime-web could use. */
  threads: number;
  options: Options;
  rows: Row<Text>[];
  agreement: Agreement<Text>[];
  scaling: Scaling<Text>[];
  /** Empty unless it was asked for. */
  profiles: Profile[];
}

const tellName = <T extends { name: Said }>(of: T, text: Bench) => ({
  ...of,
  name: of.name(text),
});

export const tellRow = (row: Row<Said>, text: Bench): Row => ({
  ...row,
  title: row.title(text),
  peer: row.peer && tellName(row.peer, text),
  verdict: row.verdict && tellName(row.verdict, text),
});

export const tell = (report: Report<Said>, text: Bench): Report => ({
  ...report,
  rows: report.rows.map((row) => tellRow(row, text)),
  agreement: report.agreement.map((one) => ({ ...one, output: one.output(text) })),
  scaling: report.scaling.map((one) => ({ ...one, title: one.title(text) })),
});

export interface Options {
  /** Turns of each short measure, and evaluations in a turn. */
  turns: number;
  runs: number;
  /** Turns of each long one. */
  rounds: number;
  chains: number;
  steps: number;
  /** T of the bound. */
  timesteps: number;
  loads: number;
  /** Moves of a slider in a turn, which comes before each of the long measures and after the last. */
  slides: number;
  /** Of a fit of the inference lab. */
  iterations: number;
  /** Runs between which memory must not grow. */
  enduring: number;
  /** Most states of a batch, chains of a grid and steps T of a bound for which scaling is measured. */
  batch: number;
  grid: number;
  longest: number;
  /** Evaluations from which a profile is made, in place of all else; 0 for none. */
  profile: number;
}

export const FULL: Options = {
  turns: 21,
  runs: 5,
  rounds: 3,
  chains: 16,
  steps: 50,
  timesteps: 1000,
  loads: 9,
  slides: 200,
  iterations: 2000,
  enduring: 200,
  batch: 16,
  grid: 64,
  longest: 10_000,
  profile: 0,
};

/** Everything once, for a test: its times say nothing. */
export const BRIEF: Options = {
  turns: 2,
  runs: 1,
  rounds: 1,
  chains: 3,
  steps: 2,
  timesteps: 3,
  loads: 1,
  slides: 3,
  iterations: 2,
  enduring: 2,
  batch: 2,
  grid: 2,
  longest: 10,
  profile: 0,
};

const MOST = 100_000;

/** An option of the address with a value that it cannot have. */
export class OptionError extends RangeError {
  override readonly name = 'OptionError';
  readonly said: Said;

  constructor(option: string, asked: string) {
    // As much of it as is read.
    const said: Said = (text) => text.refused({ option, asked: asked.slice(0, 32), most: MOST });
    super(`${option} cannot be “${asked}”`);
    this.said = said;
  }
}

/** Options from an address's fragment; what it does not name is as `FULL` has it, and `brief` is as `BRIEF` has it. */
export function parseOptions(fragment: string): Options {
  const asked = new URLSearchParams(fragment.replace(/^#/, ''));
  const options = { ...(asked.has('brief') ? BRIEF : FULL) };
  for (const [key, text] of asked) {
    if (!Object.hasOwn(options, key)) continue;
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > MOST) throw new OptionError(key, text);
    options[key as keyof Options] = value;
  }
  return options;
}

export const measured = (values: readonly number[], unit: Unit): Measured => ({
  ...summarize(values),
  unit,
});

export const most = (value: number): Target => ({ bound: 'most', value });
export const least = (value: number): Target => ({ bound: 'least', value });

/** `spread` are the quartiles of the value. */
export function verdict<Text>(
  name: Text,
  unit: Verdict['unit'],
  value: number,
  target: Target | null = null,
  spread: [number, number] | null = null,
): Verdict<Text> {
  const met = target && (target.bound === 'most' ? value <= target.value : value >= target.value);
  return { name, value, spread, unit, target, met };
}

/** About one value a turn. */
export function ofTurns<Text>(
  name: Text,
  unit: Verdict['unit'],
  values: readonly number[],
  target: Target | null = null,
): Verdict<Text> {
  const { median, quartiles } = summarize(values);
  return verdict(name, unit, median, target, quartiles);
}

export const ofRatios = <Text>(
  name: Text,
  values: readonly number[],
  target: Target | null = null,
) => ofTurns(name, '×', values, target);

const DIGITS = 3;
const withMinus = (text: string) => text.replace('-', '−');
const number = (value: number) =>
  value === 0 ? '0' : withMinus(value >= 100 ? value.toFixed(0) : value.toPrecision(DIGITS));
const withUnit = (text: string, unit: Verdict['unit']) =>
  unit === '×' ? `${text}×` : `${text} ${unit}`;
const range = ([low, high]: [number, number]) => ` (${number(low)}–${number(high)})`;

const measuredText = ({ median, quartiles, count, unit }: Measured) =>
  withUnit(number(median), unit) + (count > 1 ? range(quartiles) : '');

/** A row's cells, under the headings. */
export function cells({ title, ours, peer, verdict: about }: Row, text: Bench): string[] {
  const target = about?.target;
  return [
    title,
    ours ? measuredText(ours) : '',
    peer ? `${peer.name}${text.colon}${measuredText(peer)}` : '',
    about
      ? `${about.name} ${withUnit(number(about.value), about.unit)}${about.spread ? range(about.spread) : ''}`
      : '',
    target
      ? `${target.bound === 'most' ? '≤' : '≥'} ${withUnit(String(target.value), about.unit)}`
      : '',
    about?.met === undefined || about.met === null ? '' : about.met ? text.yes : text.no,
  ];
}

export function agreementText(
  { output, difference, tolerance, met }: Agreement,
  { agreement }: Bench,
): string {
  return agreement[met ? 'within' : 'beyond']({
    output,
    difference: withMinus(difference.toExponential(1)),
    tolerance,
  });
}

/** One line about where the figures come from. */
export const setting = (
  { version, peer, userAgent, cores, threads, options }: Report,
  text: Bench,
): string =>
  text.setting({
    engines: text.engines({ ours: version, peer }),
    machine: text.machine({ browser: browserOf(userAgent) ?? text.unknownBrowser, cores, threads }),
    repetitions: text.repetitions({ turns: options.turns, rounds: options.rounds }),
  });

function browserOf(userAgent: string): string | null {
  const found = /(?:Headless)?(Chrome|Firefox)\/(\d+)|Version\/(\d+)\S* .*(Safari)/.exec(userAgent);
  return found && `${found[1] ?? found[4]} ${found[2] ?? found[3]}`;
}

/** A table in Markdown, its columns aligned so that a terminal shows it as well. */
function markdown(lines: readonly (readonly string[])[]): string {
  const [head = [], ...body] = lines;
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => Array.from(line[column] ?? '').length)),
  );
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, i) => text + ' '.repeat((widths[i] ?? 0) - Array.from(text).length)).join(' | ')} |`;
  return [
    line(head),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...body.map(line),
  ].join('\n');
}

/** The measures as a table in Markdown. */
export const table = (rows: readonly Row[], text: Bench): string =>
  markdown([Object.values(text.headings), ...rows.map((row) => cells(row, text))]);

/** The cells of a series: the number, the time, how much that is of the first, and the memory. */
export function scalingCells({ points }: Scaling): string[][] {
  const first = points[0]?.time.median ?? NaN;
  return points.map(({ count, time, memory }) => [
    String(count),
    measuredText(time),
    `${number(time.median / first)}×`,
    `${number(memory)} MB`,
  ]);
}

/** The measures with every digit. */
export const numbersOf = (rows: readonly Row[]): Table => ({
  columns: [
    ...['id', 'title', 'median', 'low', 'high', 'count', 'unit'],
    ...['peer', 'peerMedian', 'peerLow', 'peerHigh'],
    ...['verdict', 'value', 'valueUnit', 'bound', 'target', 'met'],
  ],
  rows: rows.map(({ id, title, ours, peer, verdict: about }) => [
    id,
    title,
    ours?.median ?? null,
    ours?.quartiles[0] ?? null,
    ours?.quartiles[1] ?? null,
    ours?.count ?? null,
    ours?.unit ?? null,
    peer?.name ?? null,
    peer?.median ?? null,
    peer?.quartiles[0] ?? null,
    peer?.quartiles[1] ?? null,
    about?.name ?? null,
    about?.value ?? null,
    about?.unit ?? null,
    about?.target?.bound ?? null,
    about?.target?.value ?? null,
    typeof about?.met === 'boolean' ? String(about.met) : null,
  ]),
});

/** A series with every digit. */
export const scalingNumbersOf = ({ points, unit }: Scaling): Table => ({
  columns: ['count', 'median', 'low', 'high', 'unit', 'memory'],
  rows: points.map(({ count, time, memory }) => [
    count,
    time.median,
    ...time.quartiles,
    unit,
    memory,
  ]),
});

export const scalingTable = (scaling: Scaling, text: Bench): string =>
  `${scaling.title}\n\n${markdown([[text.scaling.count, ...Object.values(text.scaling.headings)], ...scalingCells(scaling)])}`;

/** A series as a chart in Mermaid: what one state or one timestep costs in each number of them. */
export function scalingChart({ id, title, unit, points }: Scaling): string {
  // The other series are of one state already.
  const each = points.map(({ count, time }) => time.median / (id === 'timesteps' ? count : 1));
  const scale = unit === 's' ? 1000 : 1;
  const values = each.map((value) => Number((value * scale).toPrecision(3)));
  return [
    '```mermaid',
    'xychart-beta',
    `    title ${JSON.stringify(title)}`,
    `    x-axis [${points.map(({ count }) => count).join(', ')}]`,
    `    y-axis "${unit === 's' ? 'ms' : unit}" 0 --> ${Math.ceil(1.2 * Math.max(...values))}`,
    `    bar [${values.join(', ')}]`,
    '```',
  ].join('\n');
}

const dash = (value: number, text: string) => (value === 0 ? '' : text);

/** A profile as a table in Markdown, what takes longest first. Times are those of one state. */
export function profileTable({ network, states, operators }: Profile): string {
  const all = operators.reduce((sum, { time }) => sum + time, 0);
  const lines = [...operators]
    .sort((a, b) => b.time - a.time)
    .map(({ operator, shape, count, time, multiplyAdds, bytes }) => [
      operator,
      shape.join('×'),
      String(count),
      (time / states).toFixed(4),
      `${((100 * time) / all).toFixed(1)} %`,
      dash(multiplyAdds, ((2 * multiplyAdds) / time / 1e6).toFixed(1)),
      dash(bytes, (bytes / states / 1e6).toFixed(3)),
    ]);
  const head = ['Operator', 'Result', 'Count', 'ms', 'Share', 'GFLOP/s', 'MB moved'];
  const title = `${network}, ${states === 1 ? 'one state' : `${states} states at once, per state`}`;
  return `${title}: ${(all / states).toFixed(3)} ms\n\n${markdown([head, ...lines])}`;
}
