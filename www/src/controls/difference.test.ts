import { describe, expect, it } from 'vitest';
import { differenceOf, divergingColour, RANGES, rasterOfDifference } from './difference.ts';

describe('the difference of two pictures', () => {
  it('is signed, with the mean and the largest of its absolute values', () => {
    const difference = differenceOf([0, 10, 200, 255], [3, 10, 100, 255]);
    expect([...difference.values]).toEqual([3, 0, -100, 0]);
    expect(difference.mean).toBe(103 / 4);
    expect(difference.most).toBe(100);
    expect(difference.range).toBe(128);
  });

  it('changes its sign with the order, and nothing else', () => {
    const [a, b] = [Uint8Array.of(0, 17, 255), Uint8Array.of(255, 16, 0)];
    const [there, back] = [differenceOf(a, b), differenceOf(b, a)];
    expect([...back.values]).toEqual([...there.values].map((value) => 0 - value));
    expect([back.mean, back.most, back.range]).toEqual([there.mean, there.most, there.range]);
  });

  it('of a picture from itself is nothing, in one colour', () => {
    const difference = differenceOf([7, 8], [7, 8]);
    expect(difference).toMatchObject({ mean: 0, most: 0, range: RANGES[0] });
    const { rgba } = rasterOfDifference(difference, { channels: 1, height: 1, width: 2 });
    expect([...rgba]).toEqual([247, 247, 247, 255, 247, 247, 247, 255]);
  });

  it.each([
    [8, 8],
    [9, 16],
    [128, 128],
    [129, 255],
    [255, 255],
  ])('of %i levels lies on a scale of ± %i', (levels, range) => {
    expect(differenceOf([0], [levels]).range).toBe(range);
  });

  it('of a grid stands where its images stand, that of colours as their mean', () => {
    const shape = { channels: 3, height: 1, width: 1 };
    const difference = differenceOf(new Uint8Array(6), Uint8Array.of(255, 255, 255, 10, 20, 0));
    const { width, height, rgba } = rasterOfDifference(difference, shape, 2);
    expect([width, height]).toEqual([2, 1]);
    expect([...rgba.slice(0, 3)]).toEqual([...divergingColour(1)]);
    expect([...rgba.slice(4, 7)]).toEqual([...divergingColour(10 / 255)]);
  });
});

/** Of a colour as people see it who lack one kind of cones (Viénot, Brettel & Mollon 1999), and who lack none: relative luminance. */
const toLinear = (level: number) =>
  level <= 10.31475 ? level / 3294.6 : ((level / 255 + 0.055) / 1.055) ** 2.4;
const luminance = ([r, g, b]: readonly number[]) =>
  0.2126 * toLinear(r ?? 0) + 0.7152 * toLinear(g ?? 0) + 0.0722 * toLinear(b ?? 0);
const DEFICIENCIES = {
  protanopia: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deuteranopia: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
};
const seenBy = (matrix: readonly (readonly number[])[], colour: readonly number[]) => {
  const linear = colour.map(toLinear);
  return matrix.map((row) => row.reduce((sum, weight, i) => sum + weight * (linear[i] ?? 0), 0));
};

describe('the colours', () => {
  const shares = Array.from({ length: 11 }, (_, i) => i / 10);

  it('grow darker from nothing to either end', () => {
    for (const sign of [-1, 1]) {
      const seen = shares.map((share) => luminance(divergingColour(sign * share)));
      for (let i = 1; i < seen.length; i++) expect(seen[i]).toBeLessThan(seen[i - 1] ?? 0);
    }
  });

  it.each(Object.entries(DEFICIENCIES))('have a sign for eyes with %s', (_, matrix) => {
    for (const share of shares.slice(2)) {
      // Blue against yellow, which is what those eyes tell apart.
      const blueness = (sign: number) => {
        const [red = 0, green = 0, blue = 0] = seenBy(matrix, divergingColour(sign * share));
        return (blue - (red + green) / 2) / (red + green + blue);
      };
      expect(blueness(-1) - blueness(1)).toBeGreaterThan(0.1);
    }
  });

  it('end where the range ends', () => {
    expect(divergingColour(-7)).toEqual(divergingColour(-1));
    expect(divergingColour(7)).toEqual(divergingColour(1));
  });
});
