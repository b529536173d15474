/** Scores as files, with the settings that reproduce them inside. Pure but for the packing, which is fetched when it is used. */
import { zipSync } from 'fflate';
import type { ScoreColumn } from '../../../engine/scores.ts';
import { sideOf } from './settings.ts';
import { type Column, labelAt, type Scores } from './view.ts';

/** A scoring. */
export interface Run {
  model: { id: string; title: string; task: string; files: Record<string, string> };
  estimator: Record<string, string | number>;
  seed: number;
}

/** What the scores of a file are a function of. */
export interface Reproduction extends Run {
  program: 'elbo-room';
  version: string;
  /** The page that shows them, once the same data set is opened there. */
  address: string;
  dataset: { name: string; sha256: string; images: number; shape: [number, number, number] };
  /** What computes the same natively, where the data set is one of IDX files. */
  command: string;
  /** The second scoring of the same images, whose columns begin with `b.`; `difference.` is its column less the first one's. */
  beside?: Run;
}

const UNITS: Partial<Record<ScoreColumn, string>> = {
  bitsPerDim: 'bits/dim',
  paretoShape: '',
  reliable: '',
};

/** In nats unless this says otherwise. */
const unitOf = (column: Column): string => UNITS[sideOf<ScoreColumn>(column).name] ?? 'nats';

/** JSON has neither infinities nor NaN: they are null. */
const plain = (value: number): number | string | null =>
  Number.isFinite(value) ? value : Number.isNaN(value) ? null : String(value);

export function toJson(about: Reproduction, scores: Scores, places: readonly number[]): string {
  const { columns } = scores;
  const row = (place: number) => ({
    image: scores.order[place],
    ...(scores.labels && { label: labelAt(scores, place) }),
    ...Object.fromEntries(columns.map((column, i) => [column, plain(scores.value(place, i))])),
  });
  const units = Object.fromEntries(columns.map((column) => [column, unitOf(column)]));
  return `${JSON.stringify({ format: 1, settings: about, units, rows: places.map(row) }, null, 1)}\n`;
}

const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The settings stand in the first line, after `#`; an empty field is NaN. */
export function toCsv(about: Reproduction, scores: Scores, places: readonly number[]): string {
  const { columns, labels } = scores;
  const head = ['image', ...(labels ? ['label'] : []), ...columns];
  const lines = places.map((place) => {
    const values = columns.map((_, i) => plain(scores.value(place, i)) ?? '');
    const label = labels ? [quoted(labelAt(scores, place) ?? '')] : [];
    return [scores.order[place], ...label, ...values].join(',');
  });
  return `${[`# ${JSON.stringify(about)}`, head.join(','), ...lines].join('\n')}\n`;
}

/** An array of rank 1 as an NPY file. */
type Npy = (values: Float64Array | Uint8Array) => Promise<Uint8Array>;

/**
 * An NPZ archive: `numpy.load` gives an array for each column, `image`, `label` where the labels are numbers, and `settings`, the
 * bytes of a JSON text.
 */
export async function toNpz(
  about: Reproduction,
  scores: Scores,
  places: readonly number[],
  npy: Npy,
): Promise<Uint8Array<ArrayBuffer>> {
  const numbers = (of: (place: number) => number) => npy(Float64Array.from(places, of));
  const labels = scores.labels ? places.map((place) => labelAt(scores, place) ?? '') : null;
  const numeric = labels?.every((label) => label.trim() !== '' && !Number.isNaN(Number(label)));
  const text = { ...about, ...(labels && !numeric && { labels }) };
  const files: Record<string, Uint8Array> = {
    'settings.npy': await npy(new TextEncoder().encode(JSON.stringify(text))),
    'image.npy': await numbers((place) => scores.order[place] ?? NaN),
  };
  if (labels && numeric)
    files['label.npy'] = await npy(Float64Array.from(labels, (label) => Number(label)));
  for (const [i, column] of scores.columns.entries())
    files[`${column}.npy`] = await numbers((place) => scores.value(place, i));
  return new Uint8Array(zipSync(files, { level: 6 }));
}
