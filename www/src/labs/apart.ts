/** A second run beside the first of a lab: it follows the first in all that is not set apart. Pure. */
import { type Codec, optional } from '../schema/codecs.ts';
import { type Row, row, type Slice, standardOf, type ValuesOf } from '../schema/rows.ts';
import type { Reject } from './define.ts';

/** A value of the second run alone; null: that of the first. */
export const apart = <T>(key: string, { parse, print }: Codec<T>): Row<T | null> =>
  row(key, optional(parse, print), null);

/** The settings of the first run, but for those that are set apart. */
export const following = <S extends object>(
  first: S,
  own: Partial<Record<keyof S, unknown>>,
): S => ({
  ...first,
  ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== null)),
});

/** The part of a lab's state that belongs to its second run. */
type BesideSlice = Slice & { on: Row<boolean> };

/** What of a second run is set apart, in the page's state. */
export class SetApart<S extends BesideSlice, P extends string & Exclude<keyof S, 'on'>> {
  constructor(
    private readonly slice: S,
    /** In the order in which the lab offers them. */
    readonly parts: readonly P[],
    private readonly run: {
      state: () => ValuesOf<S>;
      /** A value that makes a difference; undefined where there is no other. */
      other: (part: P) => Partial<ValuesOf<S>> | undefined;
      /** The second run is another one, or has come. */
      changed: () => void;
    },
  ) {}

  get on(): boolean {
    return (this.run.state() as { on: boolean }).on;
  }

  /** Whether the second run has a value of its own. */
  is(part: P): boolean {
    return this.run.state()[part] !== this.slice[part]?.standard;
  }

  /** Whether there is a value other than the first run's. */
  canBe(part: P): boolean {
    return this.is(part) || this.run.other(part) !== undefined;
  }

  set(part: P, own: boolean): void {
    const same = { [part]: this.slice[part]?.standard } as Partial<ValuesOf<S>>;
    const change = own ? this.run.other(part) : same;
    if (change) this.change(change);
  }

  /** Another second run, which is shown at once. */
  change(part: Partial<ValuesOf<S>>): void {
    Object.assign(this.run.state() as object, part);
    this.run.changed();
  }

  /** Shows the second run, at first with one value of its own; or ends it and all that is set apart in it. */
  toggle(first: P): void {
    const state = this.run.state() as object;
    if (this.on) Object.assign(state, standardOf(this.slice));
    else {
      Object.assign(state, { on: true });
      if (!this.parts.some((part) => this.is(part))) Object.assign(state, this.run.other(first));
      this.run.changed();
    }
  }
}

/** Values that nothing would show, as their second run is not there, give way, in place. */
export function rejectAll<S extends Slice>(
  slice: S,
  parts: readonly (string & keyof S)[],
  values: ValuesOf<S>,
  reject: Reject,
): void {
  const stray = parts.find((part) => values[part] !== slice[part]?.standard);
  if (stray === undefined) return;
  const { key, codec } = slice[stray] as S[string];
  reject(key, codec.print(values[stray] as never));
  Object.assign(values as object, standardOf(slice));
}

/** The same, unless the second run is there. */
export function rejectStrays<S extends BesideSlice>(
  slice: S,
  parts: readonly (string & keyof S)[],
  values: ValuesOf<S>,
  reject: Reject,
): void {
  if (!(values as { on: boolean }).on) rejectAll(slice, parts, values, reject);
}
