/**
 * Makes a module of a catalogue: a text without arguments is a string, one with arguments a function of them by name. No
 * parser comes with the page.
 */
import type { Texts } from './catalogues.ts';
import { kindsOf, type Part, partsOf } from './icu.ts';
import { say } from './say.ts';

const quoted = (text: string) => text.replaceAll(/[`\\]|\$\{/g, '\\$&');

function condition(name: string, word: string): string {
  if (word === 'true' || word === 'false') return `a.${name}===${word}`;
  // An empty text is `none`.
  return `a.${name}===${JSON.stringify(word === 'none' ? '' : word)}`;
}

/** Code for the case that applies. */
function choice(part: Exclude<Part, string | { kind: 'argument' }>, language: string): string {
  const { name, cases } = part;
  const category = `category(${JSON.stringify(language)},a.${name}${part.kind === 'plural' && part.ordinal ? ',"ordinal"' : ''})`;
  const rank = (word: string) => (word.startsWith('=') ? 0 : 1);
  const branches = Object.keys(cases)
    .filter((word) => word !== 'other')
    // A number that is named goes before its category.
    .sort((one, other) => rank(one) - rank(other))
    .map((word) => {
      const test =
        part.kind === 'select'
          ? condition(name, word)
          : word.startsWith('=')
            ? `a.${name}===${word.slice(1)}`
            : `${category}===${JSON.stringify(word)}`;
      return `${test}?${template(cases[word] ?? [], language)}:`;
    });
  return `${branches.join('')}${template(cases['other'] ?? [], language)}`;
}

function template(parts: readonly Part[], language: string): string {
  const inside = parts.map((part) => {
    if (typeof part === 'string') return quoted(part);
    return `\${${part.kind === 'argument' ? `a.${part.name}` : choice(part, language)}}`;
  });
  return `\`${inside.join('')}\``;
}

/** Code for one text. */
export function compiled(message: string, language: string): string {
  const parts = partsOf(message);
  if (kindsOf(parts).size === 0) return JSON.stringify(say(parts, {}, language));
  return `(a)=>${template(parts, language)}`;
}

const objectOf = (texts: Texts, language: string): string =>
  `{${Object.entries(texts)
    .map(([name, text]) => {
      const value = typeof text === 'string' ? compiled(text, language) : objectOf(text, language);
      return `${JSON.stringify(name)}:${value}`;
    })
    .join(',\n')}}`;

/** The module of a catalogue; `plurals` is what it imports `category` from. */
export const moduleOf = (texts: Texts, language: string, plurals: string): string =>
  `import { category } from ${JSON.stringify(plurals)};\nexport default ${objectOf(texts, language)};\n`;
