import { expect, it } from 'vitest';
import { enlarged, sizeOf } from './sheet.ts';

const picture = (channels: number, levels: number[]) => ({
  levels: Uint8Array.from(levels),
  shape: { channels, height: 1, width: 2 },
});

it('enlarges pixels by a whole factor', () => {
  const grey = enlarged(picture(1, [10, 20]), 2);
  const row = [10, 10, 20, 20].flatMap((level) => [level, level, level, 255]);
  expect([...grey]).toEqual([...row, ...row]);
  const colour = enlarged(picture(3, [1, 2, 3, 4, 5, 6]), 1);
  expect([...colour]).toEqual([1, 2, 3, 255, 4, 5, 6, 255]);
});

it('has room for all cells, ten in a row', () => {
  const digit = { levels: new Uint8Array(784), shape: { channels: 1, height: 28, width: 28 } };
  const part = (count: number) => ({
    title: '',
    cells: Array.from({ length: count }, () => ({ picture: digit, text: '' })),
  });
  // Digits are enlarged three times, with room for a line of text and a gap.
  const cell = { width: 84 + 8, height: 84 + 18 + 8 };
  expect(sizeOf([part(20), part(3)])).toEqual({
    width: 10 * cell.width + 8,
    height: 8 + 26 + 2 * cell.height + 26 + cell.height,
  });
  expect(sizeOf([part(2)]).width).toBe(2 * cell.width + 8);
  expect(sizeOf([])).toMatchObject({ height: 8 });
});
