import { en, type Messages } from './en.ts';
import { type Language, preferredLanguage } from './languages.ts';
import { zh } from './zh.ts';

/** Both come with the page: they are a small part of it, and a page that waits for its words flashes. */
const ALL: Record<Language, Messages> = { en, zh };

/** Which language the page speaks. */
class Speech {
  /** The visitor's own choice; null leaves it to the browser. */
  chosen = $state<Language | null>(null);
  readonly #preferred = preferredLanguage(globalThis.navigator?.languages ?? []);

  get language(): Language {
    return this.chosen ?? this.#preferred;
  }

  get messages(): Messages {
    return ALL[this.language];
  }
}

export const speech = new Speech();
