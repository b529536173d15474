/** Tables as files: JSON and CSV say the same. Pure. */
import type { Table } from './subject.ts';

type Value = Table['rows'][number][number];

/** A field with a comma, a quote or a line break is quoted (RFC 4180). */
const cell = (value: Value): string => {
  const text = value === null || Number.isNaN(value) ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** CSV has no place for an address that other programs would skip: the numbers alone. */
export const toCsv = ({ columns, rows }: Table): string =>
  [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');

/** JSON has neither infinities nor NaN: they are null. */
const plain = (value: Value): Value =>
  typeof value !== 'number' || Number.isFinite(value)
    ? value
    : Number.isNaN(value)
      ? null
      : String(value);

/** With the address, and with what `about` says, the numbers can be had again. */
export const toJson = ({ columns, rows, about }: Table, address: string): string =>
  JSON.stringify(
    {
      address,
      ...about,
      results: rows.map((row) =>
        Object.fromEntries(columns.map((column, i) => [column, plain(row[i] ?? null)])),
      ),
    },
    null,
    2,
  );
