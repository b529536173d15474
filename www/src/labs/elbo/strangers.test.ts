import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rocOf } from './strangers.ts';

interface Evaluated {
  id: string;
  strangers?: {
    detectors: {
      detector: string;
      auroc: number;
      standardError?: number;
      own: number[];
      other: number[];
    }[];
  };
}
const path = new URL('../../../../models/evaluation.json', import.meta.url);
const { models } = JSON.parse(readFileSync(path, 'utf8')) as { models: Evaluated[] };

/** By the trapezoidal rule. */
const areaUnder = (points: readonly [number, number][]) =>
  points.slice(1).reduce((sum, [x, y], i) => {
    const [a, b] = points[i] ?? [0, 0];
    return sum + ((x - a) * (y + b)) / 2;
  }, 0);

describe('the ROC curve of two sets', () => {
  it('has the area that the program counted pair by pair, for every score of the shipped models', () => {
    const all = models.flatMap(({ id, strangers }) =>
      (strangers?.detectors ?? []).map((detector) => ({ id, ...detector })),
    );
    expect(all.length).toBeGreaterThan(10);
    const far = all
      .map(({ id, detector, auroc, own, other }) => ({
        name: `${id} ${detector}`,
        error: areaUnder(rocOf(own, other)) - auroc,
      }))
      // Fifty quantiles leave out what lies between them.
      .filter(({ error }) => Math.abs(error) > 0.01);
    expect(far).toEqual([]);
  });

  it('goes up where nothing of the other set lies, and across where nothing of its own does', () => {
    expect(rocOf([2, 3], [0, 1])).toEqual([
      [0, 0],
      [0, 0],
      [0, 1],
      [0, 1],
      [1, 1],
      [1, 1],
    ]);
    expect(areaUnder(rocOf([0, 1], [2, 3]))).toBe(0);
    expect(areaUnder(rocOf([0, 1], [0, 1]))).toBe(0.5);
  });
});
