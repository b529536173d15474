/** The language of the benchmark's page, in its address beside the options of a run. */
import { type Language, LANGUAGES } from '../messages/languages.ts';

/** What the address asks for; null leaves it to the browser. */
export function languageIn(fragment: string): Language | null {
  const asked = new URLSearchParams(fragment.replace(/^#/, '')).get('lang');
  return LANGUAGES.find((language) => language === asked) ?? null;
}

/** The same address in another language. */
export function withLanguage(fragment: string, language: Language): string {
  const others = fragment
    .replace(/^#/, '')
    .split('&')
    .filter((part) => part !== '' && !part.startsWith('lang='));
  return `#${[...others, `lang=${language}`].join('&')}`;
}
