import { expect, it } from 'vitest';
import { layOut, paint } from './paint.ts';

const grey = { channels: 1, height: 2, width: 3 };

it('lays grey images out in columns, row by row, and leaves the rest transparent', () => {
  // Three images of six levels: the numbers from 1 on.
  const levels = Uint8Array.from({ length: 18 }, (_, i) => i + 1);
  const { rgba, width, height } = layOut(levels, grey, 2);
  expect([width, height]).toEqual([6, 4]);
  const red = Array.from({ length: 24 }, (_, i) => rgba[4 * i]);
  expect(red).toEqual(
    [
      [1, 2, 3, 7, 8, 9],
      [4, 5, 6, 10, 11, 12],
      [13, 14, 15, 0, 0, 0],
      [16, 17, 18, 0, 0, 0],
    ].flat(),
  );
  const alpha = Array.from({ length: 24 }, (_, i) => rgba[4 * i + 3]);
  expect(alpha.filter((value) => value === 255)).toHaveLength(18);
  expect(alpha.filter((value) => value === 0)).toHaveLength(6);
});

it('keeps the colours of each pixel side by side', () => {
  const colour = { channels: 3, height: 1, width: 2 };
  const { rgba } = layOut(Uint8Array.of(1, 2, 3, 4, 5, 6), colour, 1);
  expect([...rgba]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
});

it('sizes the canvas to all images side by side', () => {
  let put: { data: Uint8ClampedArray; x: number } | undefined;
  const canvas = {
    width: 300,
    height: 150,
    getContext: () => ({
      createImageData: (width: number, height: number) => ({
        data: new Uint8ClampedArray(width * height * 4),
      }),
      putImageData: (image: { data: Uint8ClampedArray }, x: number) => (put = { ...image, x }),
    }),
  };
  paint(canvas, { levels: new Uint8Array(12).fill(9), shape: grey });
  expect(canvas).toMatchObject({ width: 6, height: 2 });
  expect(put?.data).toEqual(layOut(new Uint8Array(12).fill(9), grey, 2).rgba);
});

it('says what is wrong with levels and canvases', () => {
  expect(() => layOut(new Uint8Array(7), grey, 1)).toThrow('give a multiple of 6');
  expect(() => layOut(new Uint8Array(0), grey, 1)).toThrow(RangeError);
  const canvas = { width: 1, height: 1, getContext: () => null };
  expect(() => paint(canvas, { levels: new Uint8Array(6), shape: grey })).toThrow('no 2d context');
});
