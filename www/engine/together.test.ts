import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { batchesIn, PacedBatches, TOGETHER } from './together.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('batches', () => {
  it.each([
    [60, 100, 1],
    [60, 31, 1],
    [60, 30, 2],
    [60, 19, 2],
    [60, 15, 4],
    [60, 7.5, 8],
    [60, 4, 8],
    [60, 3.75, 16],
    [60, 0, 60_000],
  ])('in %f ms at %f ms each are %i', (time, each, count) => {
    expect(batchesIn(time, each)).toBe(count);
    expect(count % TOGETHER === 0 || TOGETHER % count === 0).toBe(true);
  });

  it('grow and shrink with the time that each takes', () => {
    const batches = new PacedBatches(16);
    const next = (each: number) =>
      batches.next((count) => {
        vi.advanceTimersByTime(count * each);
        return count;
      });
    expect([2, 2, 5, 5, 100, 1, 1].map(next)).toEqual([1, 8, 8, 2, 2, 1, 8]);
  });
});
