/**
 * The page's state as the URL's fragment. Only what differs from the default is written, after the number of characters
 * that follow: an address that lost its end on the way is noticed even where what is left of it is a value.
 */
import type { Reject } from '../labs/define.ts';
import { LABS } from '../labs/index.ts';
import { defaultState, type Lab, type PageState } from '../state.ts';
import { FIELDS } from './fields.ts';

/** A part of an address that was not used. */
export type Rejection =
  /** An invalid value; the default is used. */
  | { key: string; value: string }
  /** Unknown parameters. */
  | { unknown: string }
  /** The address was truncated. */
  | { cut: true }
  /** Further rejections, beyond the number that is shown. */
  | { more: number }
  /** The length of an address that is longer than any of this page, and was not read. */
  | { tooLong: number };

/** More characters than the largest picture, path and fit together need. */
const LONGEST = 330_000;
/** Most parameters that are read. */
const MOST_PARAMETERS = 256;
/** Most notices that are shown. */
const MOST_REJECTIONS = 8;
const MOST_ECHOED = 32;
const LENGTH = 'len';

/** A text of the address as a notice may repeat it: short, in one piece as in the address, and with nothing invisible. */
export function echo(text: string): string {
  const plain = text
    .slice(0, 2 * MOST_ECHOED)
    .replaceAll(/\s/gu, '+')
    .replaceAll(/[\p{C}\p{Z}]/gu, '\ufffd');
  const shown = Array.from(plain).slice(0, MOST_ECHOED).join('');
  return shown.length < text.length ? `${shown}…` : shown;
}

export const rejection = (key: string, value: string): Rejection => ({
  key: echo(key),
  value: echo(value),
});

/** The fragment's parameters; a chat program may have escaped the characters between them as well. */
function parametersOf(fragment: string): [key: string, value: string][] {
  const text = fragment.includes('=')
    ? fragment
    : fragment.replaceAll('%3D', '=').replaceAll('%26', '&');
  return [...new URLSearchParams(withoutStop(text))];
}

/** The address without the stop or the bracket of the sentence around it, which is more than its length says. */
function withoutStop(text: string): string {
  const [whole = '', length] = new RegExp(`^${LENGTH}=(\\d{1,6})&`).exec(text) ?? [];
  const end = whole.length + Number(length);
  return /^[.,;:!?)\]}>'"*_]+$/.test(text.slice(end)) ? text.slice(0, end) : text;
}

/** Characters of parameters as they are written. */
const lengthOf = (parameters: readonly [string, string][]) =>
  parameters.reduce((sum, [key, value]) => sum + key.length + value.length + 2, -1);

/** Whether the end of the parameters is missing, by the length that stands before them. */
function isCut([first, ...rest]: readonly [string, string][]): boolean {
  if (first?.[0] !== LENGTH) return false;
  return !/^\d{1,6}$/.test(first[1]) || Math.max(0, lengthOf(rest)) < Number(first[1]);
}

/** Reads a fragment such as `#lab=denoise&seed=7`. Never throws. */
export function parseState(hash: string): { state: PageState; rejected: Rejection[] } {
  const state = defaultState();
  if (hash.length > LONGEST) return { state, rejected: [{ tooLong: hash.length }] };
  const rejected: Rejection[] = [];
  const parameters = parametersOf(hash.replace(/^#/, ''));
  if (isCut(parameters)) rejected.push({ cut: true });
  const read = parameters.slice(0, MOST_PARAMETERS);
  for (const [i, [key, value]] of read.entries()) {
    if (i === 0 && key === LENGTH) continue;
    // One key may have several meanings, told apart by their values.
    const known = FIELDS.filter((candidate) => candidate.key === key);
    if (known.length === 0) rejected.push({ unknown: echo(key) });
    else if (!known.some((field) => field.read(state, value))) rejected.push(rejection(key, value));
  }
  reconcile(state, (key, value) => void rejected.push(rejection(key, value)));
  const more = rejected.length - MOST_REJECTIONS + parameters.length - read.length;
  if (more > 0) rejected.splice(MOST_REJECTIONS, Infinity, { more });
  return { state, rejected };
}

/** Replaces values that contradict each other by defaults, in place. */
function reconcile(state: PageState, reject: Reject): void {
  for (const lab of LABS) lab.fit?.(state, reject);
}

/** The fields of a state as they are written, in their order. */
export const printFields = (state: PageState): string[] =>
  FIELDS.map((field) => field.print(state));

const STANDARD = printFields(defaultState());

/** The fragment of these fields, or of the same state in another lab; `#` included, the empty string for the default state. */
export function fragmentOf(fields: readonly string[], lab?: Lab): string {
  const parts = FIELDS.flatMap(({ key }, i) => {
    const text = key === 'lab' ? (lab ?? fields[i]) : fields[i];
    return text === STANDARD[i] ? [] : [`${key}=${text}`];
  });
  const text = parts.join('&');
  return parts.length === 0 ? '' : `#${LENGTH}=${text.length}&${text}`;
}

/** Gives a state back what `printFields` has written of it; what is so already stays the same value. */
export function restoreFields(state: PageState, fields: readonly string[]): void {
  const standard = defaultState();
  for (const [i, field] of FIELDS.entries()) {
    const text = fields[i];
    if (text === undefined || field.print(state) === text) continue;
    // No value has a form of its own everywhere.
    if (text === STANDARD[i]) field.take(state, standard);
    else field.read(state, text);
  }
}

/** The fragment for a state. */
export const printState = (state: PageState): string => fragmentOf(printFields(state));

/** Whether `hash` says what `fragment`, which this page has written, says: as a visitor may type it, without its length. */
export const isSame = (hash: string, fragment: string): boolean =>
  hash === fragment || hash === fragment.replace(new RegExp(`^#${LENGTH}=\\d+&`), '#');
