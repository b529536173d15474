import { expect, it } from 'vitest';
import { toCsv, toJson } from './table.ts';

const table = {
  columns: ['name', 'value'],
  rows: [
    ['a "b", c', 1 / 3],
    ['line\nbreak', null],
    ['lost', NaN],
    ['beyond', -Infinity],
  ],
  about: { seed: 7 },
} as const;

it('CSV quotes what would split, and leaves fields without a number empty', () => {
  expect(toCsv(table)).toBe(
    'name,value\r\n"a ""b"", c",0.3333333333333333\r\n"line\nbreak",\r\nlost,\r\nbeyond,-Infinity\r\n',
  );
});

it('JSON says the same, with the address and what the numbers are about', () => {
  expect(JSON.parse(toJson(table, 'https://page.example/#x'))).toEqual({
    address: 'https://page.example/#x',
    seed: 7,
    results: [
      { name: 'a "b", c', value: 1 / 3 },
      { name: 'line\nbreak', value: null },
      { name: 'lost', value: null },
      { name: 'beyond', value: '-Infinity' },
    ],
  });
});
