/** Which rows of a scoring are on display, and in which order. Pure. */
import type { ScoreColumn } from '../../../engine/scores.ts';
import type { Band, Sort } from './settings.ts';

/** Scores as far as they are there, by their places. */
export interface Scores {
  columns: readonly ScoreColumn[];
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
function valueOf(scores: Scores, column: Sort, place: number): number {
  if (column === 'image') return scores.order[place] ?? NaN;
  if (column === 'label') return NaN;
  const at = scores.columns.indexOf(column);
  return at < 0 ? NaN : scores.value(place, at);
}

export const labelAt = ({ labels, order }: Scores, place: number): string | null =>
  labels?.[order[place] ?? -1] ?? null;

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
  column: Sort,
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
  column: Sort,
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
