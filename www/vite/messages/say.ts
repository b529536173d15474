/** Says a message without compiling it: for tests, and for what runs in Node. The page has what compile.ts makes. */
import type { Part } from './icu.ts';

export type Values = Readonly<Record<string, string | number | boolean>>;

function saidOf(part: Part, values: Values, language: string): string {
  if (typeof part === 'string') return part;
  const value = values[part.name];
  if (part.kind === 'argument') return String(value);
  const { cases } = part;
  // An empty text is `none`.
  const named = part.kind === 'plural' ? `=${value}` : value === '' ? 'none' : String(value);
  const category = () =>
    new Intl.PluralRules(language, {
      type: part.kind === 'plural' && part.ordinal ? 'ordinal' : 'cardinal',
    }).select(Number(value));
  const chosen = cases[named] ?? (part.kind === 'plural' ? cases[category()] : undefined);
  return say(chosen ?? cases['other'] ?? [], values, language);
}

export const say = (parts: readonly Part[], values: Values, language: string): string =>
  parts.map((part) => saidOf(part, values, language)).join('');
