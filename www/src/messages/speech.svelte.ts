import type { Messages } from './catalogue.ts';
import { type Language, LANGUAGES, preferredLanguage } from './languages.ts';

const FETCHED: Record<Language, () => Promise<{ default: Messages }>> = {
  en: () => import('virtual:texts/page/en'),
  zh: () => import('virtual:texts/page/zh'),
};

/** The texts that have been fetched, whoever asked for them. */
let known = $state.raw<Partial<Record<Language, Messages>>>({});

async function learn(language: Language): Promise<void> {
  const { default: texts } = await FETCHED[language]();
  known = { ...known, [language]: texts };
}

/** Which language a page, or an element, speaks: one that is there, until the one that is wanted has come. */
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
    // The first one is waited for, by whoever has something to say in it.
    if (this.#spoken) void this.load();
  }

  /** All texts in one language, whichever is spoken. */
  async texts(language: Language): Promise<Messages> {
    return known[language] ?? (await FETCHED[language]()).default;
  }

  /** Fetches the language that is asked for; without it another goes on. Rejects where there is none. */
  async load(): Promise<void> {
    if (known[this.#wanted]) return;
    try {
      await learn(this.#wanted);
    } catch {
      // Asked for again when it is chosen again.
      if (!this.#spoken) await learn('en');
    }
  }

  get language(): Language {
    return this.#spoken ?? this.#wanted;
  }

  get messages(): Messages {
    const texts = known[this.language];
    if (!texts) throw new Error('the texts of the page have not been fetched');
    return texts;
  }

  get #wanted(): Language {
    return this.#chosen ?? this.#preferred;
  }

  get #spoken(): Language | undefined {
    return [this.#wanted, ...LANGUAGES].find((language) => known[language]);
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
