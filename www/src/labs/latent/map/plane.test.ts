import { describe, expect, it } from 'vitest';
import { GRID } from '../../../drawing/strokes.ts';
import { fromShare, labelPlaces, toCoordinates, toPlace, toShare, toSvgPath } from './plane.ts';

describe('the plane of two latents', () => {
  it('has z_1 to the right and z_2 upwards', () => {
    expect(toShare([-3, 3])).toEqual([0, 0]);
    expect(toShare([3, -3])).toEqual([1, 1]);
    expect(toShare([0, 1.5])).toEqual([0.5, 0.25]);
    expect(fromShare([0.5, 0.25])).toEqual([0, 1.5]);
  });

  it('keeps points on the grid of the sliders and within the plane', () => {
    expect(fromShare([0.123456, 0.5])).toEqual([-2.26, 0]);
    expect(fromShare([1.2, -0.3])).toEqual([3, 3]);
  });

  it('holds the corners of a path on the grid of drawings', () => {
    expect(toPlace([-3, 3])).toEqual([0, 0]);
    expect(toPlace([3, -3])).toEqual([GRID - 1, GRID - 1]);
    for (const z of [
      [-3, 3],
      [0.7, -2.1],
      [2.99, 0.01],
    ] as const) {
      const [x = 0, y = 0] = toCoordinates(toPlace(z));
      expect(Math.hypot(x - z[0], y - z[1])).toBeLessThan(0.02);
      expect(toPlace([x, y])).toEqual(toPlace(z));
    }
    expect(toCoordinates([])).toEqual([]);
  });

  it('draws lines of coordinates in a square', () => {
    expect(toSvgPath([[-3, 3, 0, 0], Float64Array.of(3, -3)], 600)).toBe('M0 0L300 300M600 600');
    expect(toSvgPath([], 600)).toBe('');
  });

  it('names classes where they are by themselves, and never one over another', () => {
    const square = (x: number, y: number, side: number) => [
      x,
      y,
      x + side,
      y,
      x + side,
      y + side,
      x,
      y + side,
      x,
      y,
    ];
    const cores = [
      [square(-2, -1, 2)],
      [square(-1, -1, 2)],
      [square(-0.9, -0.9, 0.6)],
      [square(-0.9, -0.9, 0.6)],
    ];
    const peaks = [
      [-0.5, 0],
      [-0.5, 0],
      [-0.6, -0.6],
      [-0.6, -0.6],
    ] as const;
    const places = labelPlaces(cores, peaks);
    const [left = [0, 0], right = [0, 0]] = places;
    expect(left[0]).toBeLessThan(-1);
    expect(right[0]).toBeGreaterThan(0);
    expect(Math.abs(left[1])).toBeLessThan(0.1);
    places.forEach((a, i) => {
      for (const b of places.slice(i + 1))
        expect(Math.hypot(a[0] - b[0], a[1] - b[1])).toBeGreaterThan(0.25);
    });
    // A core outside the plane leaves the name at its peak.
    expect(labelPlaces([[square(4, 4, 1)]], [[3, 3]])).toEqual([[3, 3]]);
  });
});
