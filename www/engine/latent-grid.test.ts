import { describe, expect, it } from 'vitest';
import { toLatentGrid } from './latent-grid.ts';

describe('the slider grid', () => {
  it.each([
    [0.123, 0.12],
    [-0.001, 0],
    [7, 3],
    [-7, -3],
    [0.07, 0.07],
  ])('puts %d on %d', (value, expected) => {
    expect(toLatentGrid(value)).toBe(expected);
    expect(Object.is(toLatentGrid(value), -0)).toBe(false);
  });
});
