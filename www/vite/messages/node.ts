/** The texts for what runs in Node, where no plugin compiles them: the end-to-end tests. */
import { join } from 'node:path';
import type { Bench, Manual, Messages, Presets } from '../../src/messages/catalogue.ts';
import { type Texts, textsIn } from './catalogues.ts';
import { kindsOf, partsOf } from './icu.ts';
import { say, type Values } from './say.ts';

interface Parts {
  page: Messages;
  bench: Bench;
  manual: Manual;
  presets: Presets;
}

export const MESSAGES = join(import.meta.dirname, '../../src/messages');

/** Texts and functions of their arguments, as the page has them. */
export function spoken(texts: Texts, language: string): unknown {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      if (typeof text !== 'string') return [name, spoken(text, language)];
      const parts = partsOf(text);
      if (kindsOf(parts).size === 0) return [name, say(parts, {}, language)];
      return [name, (values: Values) => say(parts, values, language)];
    }),
  );
}

export const textsOf = <P extends keyof Parts>(part: P, language: string): Parts[P] =>
  spoken(textsIn(MESSAGES, part, language), language) as Parts[P];
