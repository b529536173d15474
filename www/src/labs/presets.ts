/** Worked states of a lab: data, each an address with a name. */
import type { Language } from '../messages/languages.ts';

export interface Preset {
  id: string;
  name: Readonly<Record<Language, string>>;
  /** As a visitor may type it: what it does not say has its default. */
  address: string;
}
