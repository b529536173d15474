/**
 * A language for tests, made of the English catalogues: accents, about two fifths longer, in brackets. What has no brackets
 * on the page comes from no catalogue, and what sticks out would not fit a longer language either. It is in no build.
 */
import type { Texts } from './catalogues.ts';
import { type Part, partsOf } from './icu.ts';

const ACCENTS: Readonly<Record<string, string>> = {
  a: 'á',
  c: 'ç',
  e: 'é',
  i: 'î',
  n: 'ñ',
  o: 'ö',
  s: 'š',
  u: 'û',
  y: 'ý',
  A: 'Å',
  C: 'Ç',
  E: 'É',
  I: 'Î',
  N: 'Ñ',
  O: 'Ø',
  S: 'Š',
  U: 'Û',
};

// Such as a formula takes between its words, too.
export const OPEN = '«';
export const CLOSE = '»';

const accented = (text: string) =>
  text.replaceAll(/[A-Za-z]/g, (letter) => ACCENTS[letter] ?? letter);

/** Text back in the form that `partsOf` reads. */
const quoted = (text: string) => text.replaceAll(/\{[^{}]*\}|[{}]/g, "'$&'");

function written(part: Part): string {
  if (typeof part === 'string') return quoted(accented(part));
  if (part.kind === 'argument') return `{${part.name}}`;
  const cases = Object.entries(part.cases).map(
    ([name, parts]) => `${name} {${parts.map(written).join('')}}`,
  );
  const kind = part.kind === 'select' ? 'select' : part.ordinal ? 'selectordinal' : 'plural';
  return `{${part.name}, ${kind}, ${cases.join(' ')}}`;
}

/** Letters of the text itself, without its arguments: of several cases, those of the longest. */
const lettersOf = (parts: readonly Part[]): number =>
  parts.reduce((sum, part) => {
    if (typeof part === 'string') return sum + part.length;
    if (part.kind === 'argument') return sum;
    return sum + Math.max(...Object.values(part.cases).map(lettersOf));
  }, 0);

/** Words of up to five letters, as long lines break between words. */
function padding(letters: number): string {
  const words = [];
  for (let left = letters; left > 0; left -= 6) words.push('~'.repeat(Math.min(left, 5)));
  return words.map((word) => ` ${word}`).join('');
}

export function pseudo(message: string): string {
  const parts = partsOf(message);
  const letters = lettersOf(parts);
  // An empty text stays empty, and one of arguments alone is not language.
  if (letters === 0) return message;
  return `${OPEN}${parts.map(written).join('')}${padding(Math.round(0.4 * letters))}${CLOSE}`;
}

export const pseudoTexts = (texts: Texts): Texts =>
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      typeof text === 'string' ? pseudo(text) : pseudoTexts(text),
    ]),
  );
