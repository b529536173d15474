import { describe, expect, it } from 'vitest';
import { largestDifference, quantile, ratios, summarize } from './statistics.ts';

it('finds quantiles as NumPy does', () => {
  // numpy.quantile([1, 2, 4, 8, 16, 32], p)
  const values = [1, 2, 4, 8, 16, 32];
  expect([0, 0.25, 0.5, 0.75, 0.95, 1].map((p) => quantile(values, p))).toEqual([
    1, 2.5, 6, 14, 28, 32,
  ]);
  expect(quantile([3], 0.95)).toBe(3);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

it('summarizes in any order, and leaves the values as they are', () => {
  const values = [32, 1, 16, 4, 8, 2];
  expect(summarize(values)).toEqual({ median: 6, quartiles: [2.5, 14], count: 6 });
  expect(values[0]).toBe(32);
});

it('compares pair by pair', () => {
  expect(ratios([1, 20, 3], [2, 40, 6])).toEqual([0.5, 0.5, 0.5]);
  expect(() => ratios([1], [])).toThrow(RangeError);
});

describe('the largest difference', () => {
  it.each([
    [[], [], 0],
    [[1, -2], [1.5, -4], 2],
    [[1, NaN], [1, 0], NaN],
    [[NaN, 0], [1, 9], NaN],
    [[Infinity], [0], Infinity],
  ])('of %j and %j is %d', (a, b, expected) => expect(largestDifference(a, b)).toBe(expected));

  it('is refused for different lengths', () =>
    expect(() => largestDifference([1], [])).toThrow(RangeError));
});
