import { describe, expect, it } from 'vitest';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { dimensionsOf, MNIST_SHAPE as shape } from '../../engine/facts.ts';
import { deflateSync } from 'fflate';
import { parsePixels, printPixels } from './pixels.ts';
import {
  fromShares,
  MOST_POINTS,
  parseStrokes,
  pointCount,
  printStrokes,
  simplify,
  toGrid,
  toPath,
  toShares,
} from './strokes.ts';

describe('base64url', () => {
  it.each([[[]], [[0]], [[255, 254]], [[0, 1, 2]], [[251, 255, 191, 62, 63]]])(
    'brings %j back',
    (bytes) => {
      const text = toBase64Url(Uint8Array.from(bytes));
      expect(text).toMatch(/^[\w-]*$/);
      expect(Array.from(fromBase64Url(text, bytes.length) ?? [])).toEqual(bytes);
    },
  );

  it.each(['a', 'ab=', 'a+b/', 'ä'])('refuses %s', (text) =>
    expect(fromBase64Url(text, 99)).toBeUndefined(),
  );
});

describe('a stroke', () => {
  it('keeps the ends and the corners, and nothing on the line between', () => {
    expect(simplify([0, 0, 10, 10, 20, 20, 30, 20, 40, 20])).toEqual([0, 0, 20, 20, 40, 20]);
  });

  it('that returns to where it began keeps its farthest point', () => {
    expect(simplify([5, 5, 6, 5, 90, 5, 6, 5, 5, 5])).toEqual([5, 5, 90, 5, 5, 5]);
  });

  it('stays within the tolerance of every point that was left out', () => {
    const circle = Array.from({ length: 200 }, (_, i) => [
      toGrid(0.5 + 0.4 * Math.cos(i / 30)),
      toGrid(0.5 + 0.4 * Math.sin(i / 30)),
    ]).flat();
    const few = simplify(circle);
    expect(few.length).toBeLessThan(circle.length / 3);
    const points = Array.from(
      { length: few.length / 2 },
      (_, i) => [few[2 * i] ?? 0, few[2 * i + 1] ?? 0] as const,
    );
    for (let i = 0; i < circle.length; i += 2) {
      const [x, y] = [circle[i] ?? 0, circle[i + 1] ?? 0];
      const distances = points.slice(1).map(([bx, by], k) => {
        const [ax, ay] = points[k] ?? [0, 0];
        const share = Math.min(
          1,
          Math.max(
            0,
            ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2),
          ),
        );
        return Math.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay));
      });
      expect(Math.min(...distances)).toBeLessThanOrEqual(0.75);
    }
  });

  it('of one point is drawn as a dot, of two as a line', () => {
    expect(
      toPath([
        [3, 4],
        [1, 2, 4, 2],
      ]),
    ).toBe('M3 4L3 4M1 2C1 2 4 2 4 2');
  });

  it('is drawn smoothly through a gentle bend and sharply through a corner', () => {
    expect(toPath([[0, 0, 30, 0, 60, 0]])).toBe('M0 0C0 0 20 0 30 0C40 0 60 0 60 0');
    expect(toPath([[0, 0, 30, 0, 30, 30]])).toBe('M0 0C0 0 30 0 30 0C30 0 30 30 30 30');
    expect(toPath([[5, 5, 5, 5, 9, 9]])).not.toContain('NaN');
  });
});

describe('the URL form of strokes', () => {
  it.each([
    [[]],
    [[[0, 255]]],
    [
      [
        [1, 2, 3, 4],
        [250, 251],
      ],
    ],
    [[Array.from({ length: 2 * 400 }, (_, i) => i % 256)]],
  ])('brings them back', (strokes: number[][]) =>
    expect(parseStrokes(printStrokes(strokes))).toEqual(strokes),
  );

  it('is the same after a way through the crate’s coordinates', () => {
    const strokes = [
      [0, 0, 255, 17],
      [128, 128],
    ];
    expect(fromShares(toShares(strokes))).toEqual(strokes);
  });

  it.each(['AA', 'AQ', 'AgEC', 'a+b', printStrokes([Array<number>(2 * MOST_POINTS + 2).fill(1)])])(
    'refuses what is none',
    (text) => {
      expect(parseStrokes(text)).toBeUndefined();
    },
  );

  it('counts points over all strokes', () =>
    expect(
      pointCount([
        [1, 2],
        [1, 2, 3, 4],
      ]),
    ).toBe(3));
});

const PIXELS = dimensionsOf(shape);

describe('the URL form of pixels', () => {
  const digit = Uint8Array.from({ length: PIXELS }, (_, i) =>
    i % 28 > 10 && i % 28 < 15 ? (i * 37) % 256 : 0,
  );
  it.each([
    ['a digit', digit],
    ['black', new Uint8Array(PIXELS)],
    ['white', new Uint8Array(PIXELS).fill(255)],
    ['grey and black in turns', Uint8Array.from({ length: PIXELS }, (_, i) => (i % 2 ? 99 : 0))],
  ])('brings %s back', (_, levels) =>
    expect(parsePixels(printPixels({ levels, shape }))).toEqual({ levels, shape }),
  );

  it('is short where most is black', () =>
    expect(printPixels({ levels: digit, shape }).length).toBeLessThan(300));

  it('of a smooth coloured picture is far shorter than its levels', () => {
    const colour = { channels: 3, height: 64, width: 48 };
    const levels = Uint8Array.from({ length: dimensionsOf(colour) }, (_, i) => {
      const pixel = Math.floor(i / 3);
      return 2 * (pixel % 48) + Math.floor(pixel / 48) + 30 * (i % 3);
    });
    const text = printPixels({ levels, shape: colour });
    expect(text).toMatch(/^64x48x3\./);
    expect(text.length).toBeLessThan(levels.length / 20);
    expect(parsePixels(text)).toEqual({ levels, shape: colour });
  });

  it.each([
    '4x4x2.AAAA',
    '0x4x1.AAAA',
    '04x4x1.AAAA',
    '2000x1x1.AAAA',
    '28x28x1.AAAA',
    '4x4x1.',
    '4x4x1.*',
    // Ten megabytes of zeros in ten kilobytes.
    `4x4x1.${toBase64Url(deflateSync(new Uint8Array(1e7)))}`,
    `4x4x1.${toBase64Url(deflateSync(new Uint8Array(15)))}`,
    `4x4x1.${toBase64Url(deflateSync(new Uint8Array(17)))}`,
  ])('refuses %#', (text) => expect(parsePixels(text)).toBeUndefined());

  it.each(['', 'AP8', 'AAA', toBase64Url(new Uint8Array(PIXELS + 1).fill(7)), '*'])(
    'refuses %s',
    (text) => {
      expect(parsePixels(text)).toBeUndefined();
    },
  );
});
