/** How a score is distributed over two data sets, from its quantiles. Pure. */

/** The share of a distribution below a value; its quantiles stand at equal distances, with straight lines between. */
export function shareBelow(quantiles: readonly number[], value: number): number {
  const last = quantiles.length - 1;
  const after = quantiles.findIndex((quantile) => quantile > value);
  if (after === 0) return 0;
  if (after < 0) return 1;
  const [a = 0, b = 0] = [quantiles[after - 1], quantiles[after]];
  return (after - 1 + (value - a) / (b - a)) / last;
}

/** Edges of bins of equal width over both distributions. */
export function edgesOf(a: readonly number[], b: readonly number[], bins: number): number[] {
  const all = [...a, ...b];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const width = (high - low) / bins || 1;
  return Array.from({ length: bins + 1 }, (_, i) => low + i * width);
}

/**
 * The shares of another and of the own set above each threshold, from none to all: the ROC curve of "own is higher". At the
 * quantiles of either, between which both shares are straight.
 */
export function rocOf(own: readonly number[], other: readonly number[]): [number, number][] {
  const thresholds = [...new Set([...own, ...other])].sort((a, b) => b - a);
  const above = thresholds.map((value): [number, number] => [
    1 - shareBelow(other, value),
    1 - shareBelow(own, value),
  ]);
  return [[0, 0], ...above, [1, 1]];
}

/** The share in each bin; the last one has its upper edge. */
export const sharesIn = (quantiles: readonly number[], edges: readonly number[]): number[] =>
  edges.slice(1).map((edge, i) => {
    const isLast = i === edges.length - 2;
    const below = isLast ? 1 : shareBelow(quantiles, edge);
    return below - (i === 0 ? 0 : shareBelow(quantiles, edges[i] ?? 0));
  });
