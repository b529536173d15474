import type { Derivation, Words } from '../labs/derivation.ts';
import { definitionOf } from '../labs/index.ts';
import type { Language } from '../messages/languages.ts';
import type { Lab } from '../state.ts';

/** The derivation of a lab, with its words in one language. */
export interface Told {
  lab: Lab;
  derivation: Derivation;
  words: Words;
}

/** Fetches a derivation; null where the lab has none. */
export async function tell(lab: Lab, language: Language): Promise<Told | null> {
  const { derivation: parts } = definitionOf(lab);
  if (!parts) return null;
  const [{ derivation }, { default: words }] = await Promise.all([
    parts.formulas(),
    parts[language](),
  ]);
  return { lab, derivation, words };
}
