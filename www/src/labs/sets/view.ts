/** Which rows of a scoring are on display, and in which order. Pure. */
import type { ScoreColumn } from '../../../engine/scores.ts';
import { type Band, type Sided, sided, sideOf, type Sort } from './settings.ts';

/** A column of one scoring, or of two beside each other. */
export type Column = Sided<ScoreColumn>;
/** What rows can be sorted by. */
export type Key = Sided<Sort>;

/** Scores as far as they are there, by their places. */
export interface Scores {
  columns: readonly Column[];
  /** The number of the image at a place. */
  order: ArrayLike<number>;
  has(place: number): boolean;
  value(place: number, column: number): number;
  labels: readonly string[] | null;
}

export interface Filter {
  band: Band | null;
  label: string | null;
}

const collator = new Intl.Collator('en', { numeric: true });

/** What a column has at a place: text for labels, NaN where there is nothing. */
export function valueOf(scores: Scores, column: Key | Column, place: number): number {
  if (column === 'image') return scores.order[place] ?? NaN;
  if (column === 'label') return NaN;
  const at = scores.columns.findIndex((name) => name === column);
  return at < 0 ? NaN : scores.value(place, at);
}

export const labelAt = ({ labels, order }: Scores, place: number): string | null =>
  labels?.[order[place] ?? -1] ?? null;

/** Whether the second less the first says something: a standard error is none of their difference. */
const isComparable = (column: string) => !column.endsWith('Error') && column !== 'reliable';

/** Two scorings of the same images as one table: the columns of A, those of B, and B − A of those that both have. */
export function besides(a: Scores, b: Scores): Scores {
  const names = (scores: Scores) => scores.columns.map((column) => sideOf(column).name);
  const [ofA, ofB] = [names(a), names(b)];
  const shared = ofA
    .map((name, i) => ({ name, a: i, b: ofB.indexOf(name) }))
    .filter((one) => one.b >= 0 && isComparable(one.name));
  const columns: Column[] = [
    ...ofA,
    ...ofB.map((name) => sided('b', name)),
    ...shared.map(({ name }) => sided('difference', name)),
  ];
  const value = (place: number, column: number): number => {
    if (column < ofA.length) return a.value(place, column);
    const beyond = column - ofA.length;
    if (beyond < ofB.length) return b.value(place, beyond);
    const pair = shared[beyond - ofB.length];
    return pair ? b.value(place, pair.b) - a.value(place, pair.a) : NaN;
  };
  return { ...a, columns, value };
}

/** Places with a row that a filter lets through, in their own order. */
export function filtered(scores: Scores, { band, label }: Filter): number[] {
  const places: number[] = [];
  for (let place = 0; place < scores.order.length; place++) {
    if (!scores.has(place)) continue;
    if (label !== null && labelAt(scores, place) !== label) continue;
    if (band) {
      const value = valueOf(scores, band.column, place);
      // NaN is in no band.
      if (!(value >= band.low && value <= band.high)) continue;
    }
    places.push(place);
  }
  return places;
}

/** Places by the values of a column; those without one come last either way, equal ones by the number of their image. */
export function sorted(
  scores: Scores,
  places: readonly number[],
  column: Key,
  descending: boolean,
): number[] {
  const sign = descending ? -1 : 1;
  const imageOf = (place: number) => scores.order[place] ?? 0;
  if (column === 'label') {
    const ranks = ranksOf(scores.labels);
    const keyed = places.map((place) => ({
      place,
      rank: ranks.get(labelAt(scores, place) ?? '') ?? -1,
    }));
    keyed.sort((a, b) => sign * (a.rank - b.rank) || imageOf(a.place) - imageOf(b.place));
    return keyed.map(({ place }) => place);
  }
  const keyed = places.map((place) => ({ place, value: valueOf(scores, column, place) }));
  keyed.sort((a, b) => {
    if (Number.isNaN(a.value) || Number.isNaN(b.value))
      return (
        Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value)) ||
        imageOf(a.place) - imageOf(b.place)
      );
    if (a.value === b.value) return imageOf(a.place) - imageOf(b.place);
    return a.value < b.value ? -sign : sign;
  });
  return keyed.map(({ place }) => place);
}

/** The values of a column at some places that are numbers, infinities left out where `finite`. */
export function valuesOf(
  scores: Scores,
  places: readonly number[],
  column: Key,
  finite: boolean,
): Float64Array {
  const values = places.map((place) => valueOf(scores, column, place));
  return Float64Array.from(
    values.filter((value) => (finite ? Number.isFinite(value) : !Number.isNaN(value))),
  );
}

/** The labels of a set, each once, as people order them. */
export const distinct = (labels: readonly string[] | null): string[] =>
  [...new Set(labels ?? [])].sort(collator.compare);

/** Where each label stands among them: comparing words takes far longer than comparing numbers. */
function ranksOf(labels: readonly string[] | null): Map<string, number> {
  const ranks = new Map<string, number>();
  let last: string | null = null;
  let rank = -1;
  for (const label of distinct(labels)) {
    if (last === null || collator.compare(last, label) !== 0) rank++;
    ranks.set(label, rank);
    last = label;
  }
  return ranks;
}

/** Mean over images and its standard error, from the spread of the images. */
export function meanOf(values: Float64Array): { mean: number; standardError: number | null } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: n > 1 ? Math.sqrt(squares / (n - 1) / n) : null };
}

/** Of pairs of numbers; null where either does not vary. */
export function correlationOf(pairs: readonly (readonly [number, number])[]): number | null {
  const [a, b] = [0, 1].map((i) => Float64Array.from(pairs, (pair) => pair[i] ?? NaN));
  const centred = (values: Float64Array) => {
    const { mean } = meanOf(values);
    return values.map((value) => value - mean);
  };
  const [x, y] = [centred(a ?? new Float64Array()), centred(b ?? new Float64Array())];
  const product = (u: Float64Array, v: Float64Array) =>
    u.reduce((sum, value, i) => sum + value * (v[i] ?? NaN), 0);
  const scale = Math.sqrt(product(x, x) * product(y, y));
  return scale > 0 ? product(x, y) / scale : null;
}
