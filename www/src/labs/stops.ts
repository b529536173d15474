/** Stops of the guided tour: what each sets its lab to, and what it points at. */
import { boundLack } from '../../engine/facts.ts';
import type { ModelEntry } from '../../engine/protocol.ts';
import type { Slices, ValuesOf } from '../schema/rows.ts';

/** What a site has, as far as the tour needs it. */
export interface Site {
  models: readonly ModelEntry[];
  /** Whether there are scores of a test set. */
  evaluated: boolean;
}

export interface Stop<S extends Slices = Slices> {
  /** The tour goes through all labs' stops in the order of these numbers. */
  place: number;
  /** What differs from the default. */
  setting?: { readonly [K in keyof S]?: Readonly<Partial<ValuesOf<S[K]>>> };
  /** Anchors of elements to look at, the first of them in any case. */
  at: readonly [string, ...string[]];
  /** The class of the colour of the card that they are on, where several have the same anchors. */
  accent?: string;
  /** Whether the site has what the stop shows; every site where it is left out. */
  needs?: (site: Site) => boolean;
}

/** The stops of a lab with this state, by their names in an address. */
export const stops = <S extends Slices, Names extends string>(
  _state: S,
  tour: Readonly<Record<Names, Stop<S>>>,
): Readonly<Record<Names, Stop<S>>> => tour;

export const hasBound = (entry: ModelEntry) => boundLack(entry) === null;
