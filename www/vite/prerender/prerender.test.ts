import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Grid } from '../pixels.ts';
import { levelsIn, svgOf } from './digit.ts';
import { shellOf } from './plugin.ts';

const digits = fc
  .record({ width: fc.integer({ min: 1, max: 6 }), height: fc.integer({ min: 1, max: 6 }) })
  .chain(({ width, height }) =>
    fc
      .uint8Array({ minLength: width * height, maxLength: width * height, max: 255 })
      // Runs of equal levels, across the ends of rows too.
      .map((levels): Grid => ({ width, height, levels: levels.map((level) => level & 0xc1) })),
  );

it('draws each pixel with its level', () => {
  fc.assert(
    fc.property(digits, (digit) => {
      expect(levelsIn(svgOf(digit))).toEqual(digit.levels);
    }),
  );
});

it('draws a run of a level as one box, and no black', () => {
  const levels = Uint8Array.of(0, 255, 255, 7, 7, 0);
  expect(svgOf({ width: 3, height: 2, levels }).match(/<path.*?>/g)).toEqual([
    '<path fill="#070707" d="M0 1h2v1H0z"/>',
    '<path fill="#ffffff" d="M1 0h2v1H1z"/>',
  ]);
});

it('puts the picture in the place of the canvas, for a document whose policy forbids styles', () => {
  const markup =
    '<!----><div class="digit fitted s-1" data-anchor="x" style="--ratio: 1"><canvas data-testid="a"></canvas> <p class="quiet">Wait</p><!----></div>';
  expect(shellOf(markup, '<svg></svg>')).toBe(
    '<div class="digit fitted s-1" data-anchor="x" data-style="--ratio: 1"><canvas></canvas><svg></svg></div>',
  );
  expect(() => shellOf('<div></div>', '')).toThrow('no place');
});
