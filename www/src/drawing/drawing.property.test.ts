/** What holds for every drawing and every text that may stand for one. */
import { describe, expect, it } from 'vitest';
import { isSameShape, MNIST_SHAPE } from '../../engine/facts.ts';
import { images } from '../testing/images.ts';
import { fc } from '../testing/properties.ts';
import { fromBase64Url, toBase64Url } from './base64url.ts';
import { parsePixels, printPixels } from './pixels.ts';
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
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.stringMatching(/^[\w-]{0,200}$/),
  fc.uint8Array({ maxLength: 1600 }).map(toBase64Url),
  fc
    .tuple(fc.nat(1100), fc.nat(1100), fc.nat(4), fc.uint8Array({ maxLength: 300 }))
    .map(
      ([height, width, channels, bytes]) => `${height}x${width}x${channels}.${toBase64Url(bytes)}`,
    ),
  // A picture with one character changed.
  fc
    .tuple(images.map(printPixels), fc.nat(), fc.constantFrom('0', 'x', '.', 'A', '_'))
    .map(([text, where, character]) => {
      const at = where % text.length;
      return text.slice(0, at) + character + text.slice(at + 1);
    }),
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
  it('comes back from its text, of whatever size', () => {
    fc.assert(
      fc.property(images, (picture) => {
        const text = printPixels(picture);
        expect(text).toMatch(/^[\w.-]+$/);
        expect(parsePixels(text)).toEqual(picture);
      }),
    );
  });

  it('of MNIST’s shape has the text that it has always had', () => {
    fc.assert(
      fc.property(images, ({ levels, shape }) => {
        fc.pre(isSameShape(shape, MNIST_SHAPE));
        const bytes: number[] = [];
        for (let i = 0; i < levels.length;) {
          let run = 1;
          while (levels[i] === 0 && run < 255 && levels[i + run] === 0) run++;
          bytes.push(...(levels[i] === 0 ? [0, run] : [levels[i] ?? 0]));
          i += run;
        }
        expect(printPixels({ levels, shape })).toBe(
          Buffer.from(Uint8Array.from(bytes)).toString('base64url'),
        );
      }),
    );
  });

  it('is not read where its text lost some', () => {
    fc.assert(
      fc.property(images, fc.nat(), (picture, where) => {
        const text = printPixels(picture);
        expect(parsePixels(text.slice(0, where % text.length))).toBeUndefined();
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
        const picture = parsePixels(text);
        if (!picture) return;
        const { channels, height, width } = picture.shape;
        expect(picture.levels).toHaveLength(channels * height * width);
        expect(parsePixels(printPixels(picture))).toEqual(picture);
      }),
    );
  });
});
