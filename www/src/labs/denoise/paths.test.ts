import { describe, expect, it } from 'vitest';
import { nearest, type Path, pathsOf, pointAt, pointsOf, type Walked } from './paths.ts';

const shape = { channels: 1, height: 1, width: 2 };
/** Two samples of two pixels at two frames, then one sample at three: each level is another. */
const walks: Walked[] = [
  {
    indices: [0, 10],
    film: {
      shape,
      frames: [
        { t: 10, x: Uint8Array.of(1, 2, 3, 4), predictedX0: Uint8Array.of(11, 12, 13, 14) },
        { t: 0, x: Uint8Array.of(5, 6, 7, 8), predictedX0: Uint8Array.of(15, 16, 17, 18) },
      ],
    },
  },
  {
    indices: [0, 2, 4],
    film: {
      shape,
      frames: [
        { t: 4, x: Uint8Array.of(21, 22), predictedX0: Uint8Array.of(31, 32) },
        { t: 2, x: Uint8Array.of(23, 24), predictedX0: Uint8Array.of(33, 34) },
        { t: 0, x: Uint8Array.of(25, 26), predictedX0: Uint8Array.of(35, 36) },
      ],
    },
  },
];

describe('the paths of chains', () => {
  it('go through the points of their own pictures', () => {
    // In two dimensions the levels themselves can stand for the coordinates.
    for (const [of, more] of [
      ['x', 0],
      ['predictedX0', 10],
    ] as const) {
      const paths = pathsOf(walks, 2, { scores: [...pointsOf(walks, of)] });
      const shifted = (points: number[][]) =>
        points.map((point) => point.map((value) => value + more));
      expect(paths.map(({ points }) => points)).toEqual([
        shifted([
          [1, 2],
          [5, 6],
        ]),
        shifted([
          [3, 4],
          [7, 8],
        ]),
        shifted([
          [21, 22],
          [23, 24],
          [25, 26],
        ]),
      ]);
      expect(paths.map((path) => [path.of, path.cell, path.t])).toEqual([
        [0, 0, [10, 0]],
        [0, 1, [10, 0]],
        [1, 0, [4, 2, 0]],
      ]);
    }
  });

  const path: Path = {
    of: 0,
    cell: 0,
    indices: [0, 10, 30],
    t: [30, 20, 0],
    points: [
      [0, 0],
      [10, 20],
      [10, 40],
    ],
  };

  it('are followed by the playhead between their points', () => {
    expect(pointAt(path, 0)).toEqual([0, 0]);
    expect(pointAt(path, 5)).toEqual([5, 10]);
    expect(pointAt(path, 10)).toEqual([10, 20]);
    expect(pointAt(path, 25)).toEqual([10, 35]);
    expect(pointAt(path, 30)).toEqual([10, 40]);
    expect(pointAt(path, 99)).toEqual([10, 40]);
  });

  it('have pictures at their points', () => {
    expect([0, 4, 6, 19, 21, 30].map((step) => nearest(path, step))).toEqual([0, 0, 1, 1, 2, 2]);
  });
});
