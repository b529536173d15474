/** What holds for every drawing and every text that may stand for one. */
import { describe, expect, it } from 'vitest';
import { fc } from '../testing/properties.ts';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { parsePixels, PIXELS, printPixels } from './pixels.ts';
import {
  MOST_POINTS,
  parseStrokes,
  pointCount,
  printStrokes,
  simplify,
  toPath,
} from './strokes.ts';

const place = fc.nat(255);
const points = (most: number) =>
  fc.array(fc.tuple(place, place), { minLength: 1, maxLength: most }).map((pairs) => pairs.flat());
const drawings = fc.array(points(200), { maxLength: 7 });
/** Digits: mostly black, with runs of every length; and noise. */
const pictures = fc.oneof(
  fc.uint8Array({ minLength: PIXELS, maxLength: PIXELS }),
  fc
    .array(fc.tuple(fc.nat(600), fc.uint8Array({ minLength: 1, maxLength: 30 })), { maxLength: 20 })
    .map((runs) => {
      const levels = new Uint8Array(PIXELS);
      let at = 0;
      for (const [black, ink] of runs) {
        at += black;
        levels.set(ink.subarray(0, Math.max(0, PIXELS - at)), Math.min(at, PIXELS));
        at += ink.length;
      }
      return levels;
    }),
);
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.stringMatching(/^[\w-]{0,200}$/),
  fc.uint8Array({ maxLength: 1600 }).map(toBase64Url),
);

describe('base64url', () => {
  it('brings all bytes back, as other programs write them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = toBase64Url(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64Url(text, bytes.length)).toEqual(bytes);
        if (bytes.length > 2) expect(fromBase64Url(text, bytes.length - 3)).toBeUndefined();
      }),
    );
  });
});

describe('every drawing', () => {
  it('comes back from its text', () => {
    fc.assert(
      fc.property(drawings, (strokes) => {
        expect(parseStrokes(printStrokes(strokes))).toEqual(strokes);
      }),
    );
  });

  it('is simplified to some of its points in their order, its ends among them, and then stays', () => {
    fc.assert(
      fc.property(points(60), (stroke) => {
        const few = simplify(stroke);
        expect(few.slice(0, 2)).toEqual(stroke.slice(0, 2));
        expect(few.slice(-2)).toEqual(stroke.slice(-2));
        let next = 0;
        for (let i = 0; i < stroke.length; i += 2) {
          if (stroke[i] === few[next] && stroke[i + 1] === few[next + 1]) next += 2;
        }
        expect(next).toBe(few.length);
        expect(simplify(few)).toEqual(few);
      }),
    );
  });

  it('has a path of finite numbers that begins and ends where its strokes do', () => {
    fc.assert(
      fc.property(points(40), (stroke) => {
        const path = toPath([stroke]);
        expect(path).not.toMatch(/NaN|Infinity|undefined/);
        expect(path.startsWith(`M${stroke[0]} ${stroke[1]}`)).toBe(true);
        expect(path.endsWith(`${stroke.at(-2)} ${stroke.at(-1)}`)).toBe(true);
      }),
    );
  });
});

describe('every picture', () => {
  it('comes back from its text', () => {
    fc.assert(
      fc.property(pictures, (levels) => {
        expect(parsePixels(printPixels(levels))).toEqual(levels);
      }),
    );
  });
});

describe('every text', () => {
  it('stands for strokes that can be drawn, or for none', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const strokes = parseStrokes(text);
        if (!strokes) return;
        expect(pointCount(strokes)).toBeLessThanOrEqual(MOST_POINTS);
        for (const stroke of strokes) expect(stroke.length % 2).toBe(0);
        expect(parseStrokes(printStrokes(strokes))).toEqual(strokes);
      }),
    );
  });

  it('stands for a whole picture, or for none', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const levels = parsePixels(text);
        if (levels) expect(parsePixels(printPixels(levels))).toEqual(levels);
      }),
    );
  });
});
