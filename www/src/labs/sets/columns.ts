/** How columns are called and how their numbers are written. */
import { kindOf } from '../../../engine/kinds/index.ts';
import type { ModelEntry } from '../../../engine/protocol.ts';
import type { ScoreColumn } from '../../../engine/scores.ts';
import { decimalsFor, fixed } from '../../format.ts';
import { layerNameOf, messages } from '../../messages/index.ts';
import { sideOf, type Sort } from './settings.ts';
import type { Column, Key } from './view.ts';

/** A layer is called as the model calls it. */
export function columnName(column: Column | Key, model: ModelEntry | undefined): string {
  const text = messages.setsLab.columns;
  const { side, name } = sideOf<ScoreColumn | Sort>(column);
  if (side !== 'a') return text[side]({ column: columnName(name, model) });
  if (!name.startsWith('layer')) return text[name as Exclude<Sort, `layer${number}`>];
  const layers = model && kindOf(model).layers?.(model);
  const layer = layers?.[Number(name.slice(5))];
  return text.layer({ name: layerNameOf(layer?.name ?? name) });
}

const DECIMALS: Partial<Record<ScoreColumn | Sort, number>> = {
  bitsPerDim: 4,
  paretoShape: 2,
  image: 0,
};

export function written(column: Column | Key, value: number, error = NaN): string {
  if (Number.isNaN(value)) return '–';
  const { name } = sideOf<ScoreColumn | Sort>(column);
  if (name === 'reliable') return value === 1 ? messages.setsLab.yes : messages.setsLab.no;
  return fixed(value, decimalsFor(Number.isNaN(error) ? null : error, DECIMALS[name] ?? 2));
}

/** The column of a value's standard error. */
export const errorOf = (column: Column): Column => `${column}Error` as Column;

/** Columns that stand by themselves; a standard error stands beside its value. */
export const shownColumns = <Name extends Column>(columns: readonly Name[]): Name[] =>
  columns.filter((column) => !column.endsWith('Error'));
