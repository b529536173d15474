import { expect, it } from 'vitest';
import { filmOf } from './film.ts';
import { enlarged, evenly, rasterOf, sideBySide, stacked } from './raster.ts';

const levels = (raster: { rgba: Uint8ClampedArray }) =>
  Array.from({ length: raster.rgba.length / 4 }, (_, i) => raster.rgba[4 * i]);

it('enlarges pixels by a whole factor, and makes up no value', () => {
  const grey = enlarged(rasterOf(Uint8Array.of(10, 20), { channels: 1, height: 1, width: 2 }), 2);
  const row = [10, 10, 20, 20].flatMap((level) => [level, level, level, 255]);
  expect([grey.width, grey.height]).toEqual([4, 2]);
  expect([...grey.rgba]).toEqual([...row, ...row]);
  const colour = rasterOf([1, 2, 3, 4, 5, 6], { channels: 3, height: 1, width: 2 });
  expect([...enlarged(colour, 1).rgba]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
});

it('lays the images of a grid out in rows', () => {
  const shape = { channels: 1, height: 2, width: 1 };
  const grid = rasterOf([1, 2, 3, 4, 5, 6, 7, 8], shape, 2);
  expect([grid.width, grid.height]).toEqual([2, 4]);
  expect(levels(grid)).toEqual([1, 3, 2, 4, 5, 7, 6, 8]);
});

it('sets pictures side by side, with a grey gap where one is asked for', () => {
  const shape = { channels: 1, height: 1, width: 1 };
  const [a, b] = [rasterOf([5], shape), rasterOf([6], shape)];
  expect(levels(sideBySide([a, b]))).toEqual([5, 6]);
  const apart = sideBySide([a, b], 2);
  expect(levels(apart)).toEqual([5, 128, 128, 6]);
  expect(apart.rgba.filter((_, i) => i % 4 === 3)).toEqual(
    Uint8ClampedArray.of(255, 255, 255, 255),
  );
});

it('sets pictures one below the other', () => {
  const shape = { channels: 1, height: 1, width: 2 };
  const column = stacked([rasterOf([1, 2], shape), rasterOf([3, 4, 5, 6], shape)]);
  expect([column.width, column.height]).toEqual([2, 3]);
  expect(levels(column)).toEqual([1, 2, 3, 4, 5, 6]);
});

it('takes frames evenly, the first and the last among them', () => {
  expect(evenly(3, 5)).toEqual([0, 1, 2]);
  expect(evenly(1001, 11)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  expect(evenly(0, 5)).toEqual([]);
});

it('a film has the size of a figure, and lasts as long as on the page where a file can say so', () => {
  const frame = rasterOf(new Uint8Array(784), { channels: 1, height: 28, width: 28 });
  const film = filmOf(Array<typeof frame>(21).fill(frame), 20 / 15);
  expect([film.frames[0]?.width, film.frames[0]?.height, film.frames.length]).toEqual([
    224, 224, 21,
  ]);
  expect(film.delay).toBe(60);
  expect(filmOf([frame], 0).delay).toBe(20);
  expect(filmOf([frame], 60).delay).toBe(200);
});
