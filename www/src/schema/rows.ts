/** The parts of the page's state, each declared once: its key in an address, how it is written there, and its default. */
import type { Codec } from './codecs.ts';

export interface Row<T> {
  /** Its name in an address. */
  readonly key: string;
  readonly codec: Codec<T>;
  readonly standard: T;
}

/** A row whatever its values are. */
export interface AnyRow {
  readonly key: string;
  readonly codec: {
    readonly parse: (text: string) => unknown;
    readonly print: (value: never) => string;
  };
  readonly standard: unknown;
}

/** A part of the state by its fields, and such parts by their names. */
export type Slice = Readonly<Record<string, AnyRow>>;
export type Slices = Readonly<Record<string, Slice>>;

export type ValuesOf<S> = { -readonly [K in keyof S]: S[K] extends Row<infer T> ? T : never };
export type StateOf<S> = { -readonly [K in keyof S]: ValuesOf<S[K]> };

export const row = <T>(key: string, codec: Codec<T>, standard: NoInfer<T>): Row<T> => ({
  key,
  codec,
  standard,
});

/** The defaults, as values of one's own. */
export const standardOf = <S extends Slice>(slice: S): ValuesOf<S> =>
  Object.fromEntries(
    Object.entries(slice).map(([name, { standard }]) => [name, structuredClone(standard)]),
  ) as ValuesOf<S>;
