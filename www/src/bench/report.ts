/** What the benchmark finds, and how it is written down, on the page and on a terminal alike. */
import { summarize, type Summary } from './statistics.ts';

export type Unit = 'ms' | 's' | 'GFLOP/s' | 'MB';

export interface Measured extends Summary {
  unit: Unit;
}

export interface Target {
  /** The value must be at most, or at least, this. */
  bound: 'most' | 'least';
  value: number;
}

/** The one number of a row that the target is about. */
export interface Verdict {
  name: string;
  value: number;
  /** Quartiles, where it comes from repetitions. */
  spread: [number, number] | null;
  unit: Unit | '×';
  target: Target | null;
  met: boolean | null;
}

export interface Row {
  id: string;
  title: string;
  ours: Measured | null;
  /** What it is compared with, if anything. */
  peer: (Measured & { name: string }) | null;
  verdict: Verdict | null;
}

/** The largest difference of an output between the two engines, of values of magnitude 1. */
export interface Agreement {
  output: string;
  difference: number;
  tolerance: number;
  met: boolean;
}

export interface Report {
  version: string;
  peer: string;
  userAgent: string;
  cores: number;
  /** Threads that onnxruntime-web could use. */
  threads: number;
  options: Options;
  rows: Row[];
  agreement: Agreement[];
}

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
  slides: number;
  /** Runs between which memory must not grow. */
  enduring: number;
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
  enduring: 200,
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
  enduring: 2,
};

/** Options from an address's fragment; what it does not name is as `FULL` has it, and `brief` is as `BRIEF` has it. */
export function parseOptions(fragment: string): Options {
  const asked = new URLSearchParams(fragment.replace(/^#/, ''));
  const options = { ...(asked.has('brief') ? BRIEF : FULL) };
  for (const [key, text] of asked) {
    if (!(key in options)) continue;
    const value = Number(text);
    if (!Number.isInteger(value) || value < 1 || value > 100_000) throw new RangeError(`${key} is ${text}, it must be 1 to 100000`);
    options[key as keyof Options] = value;
  }
  return options;
}

export const measured = (values: readonly number[], unit: Unit): Measured => ({ ...summarize(values), unit });

export const most = (value: number): Target => ({ bound: 'most', value });
export const least = (value: number): Target => ({ bound: 'least', value });

/** `spread` are the quartiles of the value. */
export function verdict(
  name: string,
  unit: Verdict['unit'],
  value: number,
  target: Target | null = null,
  spread: [number, number] | null = null,
): Verdict {
  const met = target && (target.bound === 'most' ? value <= target.value : value >= target.value);
  return { name, value, spread, unit, target, met };
}

export function ofRatios(name: string, values: readonly number[], target: Target | null = null): Verdict {
  const { median, quartiles } = summarize(values);
  return verdict(name, '×', median, target, quartiles);
}

const DIGITS = 3;
const number = (value: number) => (value === 0 ? '0' : value >= 100 ? value.toFixed(0) : value.toPrecision(DIGITS));
const withUnit = (text: string, unit: Verdict['unit']) => (unit === '×' ? `${text}×` : `${text} ${unit}`);
const range = ([low, high]: [number, number]) => ` (${number(low)}–${number(high)})`;

const measuredText = ({ median, quartiles, count, unit }: Measured) =>
  withUnit(number(median), unit) + (count > 1 ? range(quartiles) : '');

export const HEADINGS = ['Measure', 'ELBO Room', 'Against', 'Comparison', 'Target', 'Met'] as const;

/** A row's cells, under `HEADINGS`. */
export function cells({ title, ours, peer, verdict: about }: Row): string[] {
  const target = about?.target;
  return [
    title,
    ours ? measuredText(ours) : '',
    peer ? `${peer.name}: ${measuredText(peer)}` : '',
    about ? `${about.name} ${withUnit(number(about.value), about.unit)}${about.spread ? range(about.spread) : ''}` : '',
    target ? `${target.bound === 'most' ? '≤' : '≥'} ${withUnit(String(target.value), about.unit)}` : '',
    about?.met === undefined || about.met === null ? '' : about.met ? 'yes' : 'no',
  ];
}

export const agreementText = ({ output, difference, tolerance, met }: Agreement) =>
  `${output}: ${difference.toExponential(1)} (${met ? 'within' : 'beyond'} ${tolerance})`;

/** One line about where the figures come from. */
export const setting = ({ version, peer, userAgent, cores, threads, options }: Report) =>
  `elbo-room ${version} and onnxruntime-web ${peer}, ${browserOf(userAgent)}, ${cores} cores, ` +
  `onnxruntime-web with ${threads === 1 ? 'one thread' : `up to ${threads} threads`}; medians and quartiles of ` +
  `${options.turns} turns, ${options.rounds} of the long ones.`;

function browserOf(userAgent: string): string {
  const found = /(?:Headless)?(Chrome|Firefox)\/(\d+)|Version\/(\d+)\S* .*(Safari)/.exec(userAgent);
  return found ? `${found[1] ?? found[4]} ${found[2] ?? found[3]}` : 'a browser of unknown make';
}

/** The table in Markdown, its columns aligned so that a terminal shows it as well. */
export function table(rows: readonly Row[]): string {
  const lines = [[...HEADINGS], ...rows.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? '')].length)));
  const line = (texts: string[]) => `| ${texts.map((text, i) => text + ' '.repeat((widths[i] ?? 0) - [...text].length)).join(' | ')} |`;
  const [head = [], ...body] = lines;
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join('\n');
}
