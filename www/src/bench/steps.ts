/** What all measures share. */
import type { Bench } from '../messages/catalogue.ts';
import type { Agreement, Scaling, Options, Profile, Row, Said } from './report.ts';
import type { Shipped } from './shipped.ts';

export type Stage = keyof Bench['stages'];

export interface Surroundings {
  /** Shows a page, for the slider. */
  openPage(): HTMLIFrameElement;
  closePage(): void;
  onProgress(stage: Stage, rows: readonly Row<Said>[]): void;
}

export type Step = (rows: Row<Said>[], context: Context) => Promise<void>;

interface Context {
  shipped: Shipped;
  options: Options;
  cores: number;
  threads: number;
  agreement: Agreement<Said>[];
  scaling: Scaling<Said>[];
  profiles: Profile[];
  /** Milliseconds of a slider's moves, turn by turn. */
  slides: number[][];
  surroundings: Surroundings;
}

/** Takes each measure once a turn, in the same order; the values of the first turns are dropped. */
export async function inTurns<K extends string>(
  turns: number,
  warmUp: number,
  measures: Record<K, () => Promise<number>>,
): Promise<Record<K, number[]>> {
  const keys = Object.keys(measures) as K[];
  const values = Object.fromEntries(keys.map((key) => [key, [] as number[]])) as Record<
    K,
    number[]
  >;
  for (let turn = -warmUp; turn < turns; turn++) {
    for (const key of keys) {
      const value = await measures[key]();
      if (turn >= 0) values[key].push(value);
    }
  }
  return values;
}
