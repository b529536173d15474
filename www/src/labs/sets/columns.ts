/** How columns are called and how their numbers are written. */
import { kindOf } from '../../../engine/kinds/index.ts';
import type { ModelEntry } from '../../../engine/protocol.ts';
import type { ScoreColumn } from '../../../engine/scores.ts';
import { decimalsFor, fixed } from '../../format.ts';
import { layerNameOf, messages } from '../../messages/index.ts';
import type { Sort } from './settings.ts';

/** A layer is called as the model calls it. */
export function columnName(column: ScoreColumn | Sort, model: ModelEntry | undefined): string {
  const text = messages.setsLab.columns;
  if (!column.startsWith('layer')) return text[column as Exclude<Sort, `layer${number}`>];
  const layers = model && kindOf(model).layers?.(model);
  const layer = layers?.[Number(column.slice(5))];
  return text.layer({ name: layerNameOf(layer?.name ?? column) });
}

const DECIMALS: Partial<Record<ScoreColumn | Sort, number>> = {
  bitsPerDim: 4,
  paretoShape: 2,
  image: 0,
};

export function written(column: ScoreColumn | Sort, value: number, error = NaN): string {
  if (Number.isNaN(value)) return '–';
  if (column === 'reliable') return value === 1 ? messages.setsLab.yes : messages.setsLab.no;
  return fixed(value, decimalsFor(Number.isNaN(error) ? null : error, DECIMALS[column] ?? 2));
}

/** The column of a value's standard error. */
export const errorOf = (column: string): string => `${column}Error`;

/** Columns that stand by themselves; a standard error stands beside its value. */
export const shownColumns = (columns: readonly ScoreColumn[]): ScoreColumn[] =>
  columns.filter((column) => !column.endsWith('Error'));
