/** Medians and quartiles: what the benchmark says of times that other programs on the machine disturb. */

export interface Summary {
  median: number;
  /** First and third quartile. */
  quartiles: [number, number];
  count: number;
}

/** The quantile of sorted values, linear between neighbours (Hyndman & Fan 1996, type 7). */
export function quantile(sorted: readonly number[], p: number): number {
  if (sorted.length === 0) throw new RangeError('a quantile of no values');
  const at = p * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (at - Math.floor(at)) * (above - below);
}

export const sort = (values: readonly number[]) => [...values].sort((a, b) => a - b);

export function summarize(values: readonly number[]): Summary {
  const sorted = sort(values);
  return {
    median: quantile(sorted, 0.5),
    quartiles: [quantile(sorted, 0.25), quantile(sorted, 0.75)],
    count: values.length,
  };
}

/**
 * Ratios of what was measured in turns, pair by pair: a machine that grows slower for a while slows both of a pair.
 */
export function ratios(numerators: readonly number[], denominators: readonly number[]): number[] {
  if (numerators.length !== denominators.length) throw new RangeError('ratios need pairs');
  return numerators.map((value, i) => value / (denominators[i] as number));
}

/** The largest absolute difference of two lists of equal length; NaN if any value is. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} values against ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs((a[i] as number) - (b[i] as number));
    if (!(difference <= largest)) largest = difference;
    if (Number.isNaN(largest)) return NaN;
  }
  return largest;
}
