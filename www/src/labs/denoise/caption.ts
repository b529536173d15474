/** What leaves the page of a chain: its name, and its numbers. */
import type { ScheduleTable } from '../../engine/protocol.ts';
import { messages } from '../../messages/index.ts';
import type { Table } from '../../share/subject.ts';
import type { ChainSettings } from './settings.ts';

export const captionOf = (chain: ChainSettings, classes: readonly string[]): string =>
  messages.denoise.caption(
    chain.method.toUpperCase(),
    chain.steps,
    messages.classes.nameOf(classes[chain.digit ?? -1] ?? ''),
    chain.seed,
  );

export const fileOf = ({ method, schedule, steps, seed }: ChainSettings): string =>
  `chain-${method}-${schedule}-${steps}-seed-${seed}`;

export const tableOf = (table: ScheduleTable | null): Table | null =>
  table && {
    columns: ['t', 'logSnr', 'alphaBar'],
    rows: table.t.map((t, i) => [t, table.logSnr[i] ?? null, table.alphaBar[i] ?? null]),
  };
