import en from 'virtual:texts/page/en';
import type { Messages } from './catalogue.ts';
import { type Language, preferredLanguage } from './languages.ts';

const FETCHED: Record<Exclude<Language, 'en'>, () => Promise<Messages>> = {
  zh: async () => (await import('virtual:texts/page/zh')).default,
};

/** The texts that have been fetched, whoever asked for them. English comes with the page. */
let known = $state.raw<Partial<Record<Language, Messages>>>({ en });

/** Which language a page, or an element, speaks. English stands in until another is there. */
export class Speech {
  #chosen = $state<Language | null>(null);
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

  /** All texts in one language, whichever is spoken. */
  async texts(language: Language): Promise<Messages> {
    return known[language] ?? (language === 'en' ? en : FETCHED[language]());
  }

  /** Fetches the language that is asked for; without it, English goes on. */
  async load(): Promise<void> {
    const language = this.#wanted;
    if (language === 'en' || known[language]) return;
    try {
      const texts = await FETCHED[language]();
      known = { ...known, [language]: texts };
    } catch {
      // Asked for again when it is chosen again.
    }
  }

  get language(): Language {
    return known[this.#wanted] ? this.#wanted : 'en';
  }

  get messages(): Messages {
    return known[this.language] ?? en;
  }

  get #wanted(): Language {
    return this.#chosen ?? this.#preferred;
  }
}

const page = new Speech();

/** Who speaks where a text is read: the page, unless elements of other pages have said otherwise (`element/voices.ts`). */
export const speaker = { now: (): Speech => page };

/** The one that speaks where this is read. */
export const speech: Omit<Speech, 'messages'> = {
  get chosen() {
    return speaker.now().chosen;
  },
  set chosen(language) {
    speaker.now().chosen = language;
  },
  get language() {
    return speaker.now().language;
  },
  texts: (language) => speaker.now().texts(language),
  load: () => speaker.now().load(),
};
