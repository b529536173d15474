import type { Manual, Messages } from '../messages/catalogue.ts';
import { type Language, LANGUAGES } from '../messages/languages.ts';
import { speech } from '../messages/speech.svelte.ts';

const FETCHED: Record<Language, () => Promise<{ default: Manual }>> = {
  en: () => import('virtual:texts/manual/en'),
  zh: () => import('virtual:texts/manual/zh'),
};

/** What is said of the commands, and all texts that they are named by, in one language. */
export interface Spoken {
  text: Messages;
  manual: Manual;
}

/** In every language: a command is found by its name in any of them. */
export async function manuals(): Promise<Record<Language, Spoken>> {
  const all = await Promise.all(
    LANGUAGES.map(async (language) => {
      const [text, { default: manual }] = await Promise.all([
        speech.texts(language),
        FETCHED[language](),
      ]);
      return [language, { text, manual }] as const;
    }),
  );
  return Object.fromEntries(all) as Record<Language, Spoken>;
}
