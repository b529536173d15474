import en from 'virtual:texts/page/en';
import type { Messages } from './catalogue.ts';
import { type Language, preferredLanguage } from './languages.ts';

const FETCHED: Record<Exclude<Language, 'en'>, () => Promise<Messages>> = {
  zh: async () => (await import('virtual:texts/page/zh')).default,
};

/** Which language the page speaks. English comes with the page, and stands in until another is there. */
class Speech {
  #chosen = $state<Language | null>(null);
  #known = $state.raw<Partial<Record<Language, Messages>>>({ en });
  readonly #preferred = preferredLanguage(
    (globalThis as Partial<typeof globalThis>).navigator?.languages ?? [],
  );

  /** The visitor's own choice; null leaves it to the browser. */
  get chosen(): Language | null {
    return this.#chosen;
  }

  set chosen(language: Language | null) {
    this.#chosen = language;
    void this.load();
  }

  /** All texts in one language, whichever the page speaks. */
  async texts(language: Language): Promise<Messages> {
    return this.#known[language] ?? (language === 'en' ? en : FETCHED[language]());
  }

  /** Fetches the language that is asked for; without it, the page goes on in English. */
  async load(): Promise<void> {
    const language = this.#wanted;
    if (language === 'en' || this.#known[language]) return;
    try {
      const texts = await FETCHED[language]();
      this.#known = { ...this.#known, [language]: texts };
    } catch {
      // Asked for again when it is chosen again.
    }
  }

  get language(): Language {
    return this.#known[this.#wanted] ? this.#wanted : 'en';
  }

  get messages(): Messages {
    return this.#known[this.language] ?? en;
  }

  get #wanted(): Language {
    return this.#chosen ?? this.#preferred;
  }
}

export const speech = new Speech();
