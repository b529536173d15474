import type { Messages } from '../messages/en.ts';
import { type Language, LANGUAGES } from '../messages/languages.ts';
import type { Manual } from '../messages/manual.en.ts';
import { speech } from '../messages/speech.svelte.ts';

const FETCHED: Record<Language, () => Promise<{ manual: Manual }>> = {
  en: () => import('../messages/manual.en.ts'),
  zh: () => import('../messages/manual.zh.ts'),
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
      const [text, { manual }] = await Promise.all([speech.texts(language), FETCHED[language]()]);
      return [language, { text, manual }] as const;
    }),
  );
  return Object.fromEntries(all) as Record<Language, Spoken>;
}
