import { expect, it } from 'vitest';
import { sizeOf } from './sheet.ts';

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
