import { describe, expect, it } from 'vitest';
import {
  besides,
  correlationOf,
  distinct,
  filtered,
  meanOf,
  type Scores,
  sorted,
  valueOf,
  valuesOf,
} from './view.ts';

/** Places 0 to 5, of which one has no row; `order` is a permutation. */
const VALUES = [-90, -80, NaN, -80, -100, -70];
const scores: Scores = {
  columns: ['elbo', 'kl'],
  order: [5, 3, 1, 0, 2, 4],
  labels: ['a', 'b', 'b', 'a', '10', '9'],
  has: (place) => place !== 5,
  value: (place, column) => (column === 0 ? (VALUES[place] ?? NaN) : place),
};
const all = { band: null, label: null };

describe('the rows on display', () => {
  it('are those that are there and pass the filters', () => {
    expect(filtered(scores, all)).toEqual([0, 1, 2, 3, 4]);
    expect(
      filtered(scores, { band: { column: 'elbo', low: -90, high: -80 }, label: null }),
    ).toEqual([0, 1, 3]);
    expect(filtered(scores, { band: null, label: 'b' })).toEqual([2, 4]);
    expect(
      filtered(scores, { band: { column: 'gap', low: -1e9, high: 1e9 }, label: null }),
    ).toEqual([]);
  });

  it('are ordered by a column, ties by their image, those without a value last', () => {
    const places = filtered(scores, all);
    expect(sorted(scores, places, 'elbo', false)).toEqual([4, 0, 3, 1, 2]);
    expect(sorted(scores, places, 'elbo', true)).toEqual([3, 1, 0, 4, 2]);
    expect(sorted(scores, places, 'image', false)).toEqual([3, 2, 4, 1, 0]);
    // Numbers in labels count as numbers.
    expect(sorted(scores, places, 'label', false)).toEqual([0, 3, 1, 2, 4]);
  });

  it('have values for charts', () => {
    expect([...valuesOf(scores, [0, 1, 2], 'elbo', true)]).toEqual([-90, -80]);
    expect(distinct(scores.labels)).toEqual(['9', '10', 'a', 'b']);
    expect(distinct(null)).toEqual([]);
  });
});

it('takes means over images with the standard error of their spread', () => {
  expect(meanOf(Float64Array.of(1, 2, 6))).toEqual({
    mean: 3,
    standardError: Math.sqrt(7 / 3),
  });
  expect(meanOf(Float64Array.of(5)).standardError).toBeNull();
});

describe('two scorings of the same images', () => {
  const b: Scores = {
    ...scores,
    columns: ['kl', 'klError', 'elbo', 'denoising'],
    value: (place, column) => [10 - place, 0.5, -75, NaN][column] ?? NaN,
  };
  const both = besides(scores, b);

  it('are one table: the columns of A, of B, and the differences of those that both have', () => {
    expect(both.columns).toEqual([
      'elbo',
      'kl',
      'b.kl',
      'b.klError',
      'b.elbo',
      'b.denoising',
      'difference.elbo',
      'difference.kl',
    ]);
    const row = (place: number) => both.columns.map((column) => valueOf(both, column, place));
    expect(row(0)).toEqual([-90, 0, 10, 0.5, -75, NaN, 15, 10]);
    expect(row(3)).toEqual([-80, 3, 7, 0.5, -75, NaN, 5, 4]);
  });

  it('are sorted and filtered by what differs', () => {
    const places = filtered(both, all);
    expect(sorted(both, places, 'difference.elbo', true)).toEqual([4, 0, 3, 1, 2]);
    expect(sorted(both, places, 'b.kl', false)).toEqual([4, 3, 2, 1, 0]);
    const band = { column: 'difference.elbo', low: 5, high: 15 } as const;
    expect(filtered(both, { band, label: null })).toEqual([0, 1, 3]);
  });
});

it('correlates pairs of numbers', () => {
  // numpy.corrcoef([1, 2, 3, 5], [2, 1, 4, 3])[0, 1]
  expect(
    correlationOf([
      [1, 2],
      [2, 1],
      [3, 4],
      [5, 3],
    ]),
  ).toBeCloseTo(0.529150262212918, 12);
  expect(
    correlationOf([
      [1, 2],
      [1, 3],
    ]),
  ).toBeNull();
  expect(correlationOf([])).toBeNull();
});
