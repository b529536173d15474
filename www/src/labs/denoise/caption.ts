/** What leaves the page of a chain: its name, and its numbers. */
import type { ScheduleTable } from '../../../engine/protocol.ts';
import { classNameOf, messages } from '../../messages/index.ts';
import type { Table } from '../../share/subject.ts';
import { type ChainSettings, type Digit, EACH } from './settings.ts';

/** Empty for no class. */
const nameOfDigit = (digit: Digit, classes: readonly string[]): string =>
  digit === EACH ? messages.denoise.each : classNameOf(classes[digit ?? -1] ?? '');

export const captionOf = (chain: ChainSettings, classes: readonly string[]): string =>
  messages.denoise.caption({
    method: chain.method.toUpperCase(),
    steps: chain.steps,
    digit: nameOfDigit(chain.digit, classes),
    seed: chain.seed,
  });

export const fileOf = ({ method, schedule, steps, seed }: ChainSettings): string =>
  `chain-${method}-${schedule}-${steps}-seed-${seed}`;

export const tableOf = (table: ScheduleTable | null): Table | null =>
  table && {
    columns: ['t', 'logSnr', 'alphaBar'],
    rows: table.t.map((t, i) => [t, table.logSnr[i] ?? null, table.alphaBar[i] ?? null]),
  };
