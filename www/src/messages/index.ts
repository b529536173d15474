/**
 * Every text of the page, in the language that it speaks. Texts stand in catalogues, one folder for each language; whoever
 * adds one adds it in all of them, in the same place. `catalogue.ts` has their types, and `messages.test.ts` fails on text
 * that is missing, empty, left in English, or silent about an argument.
 *
 * Nothing can be read before `speech.load()` has fetched a language. `messages` and what hangs on it are views: a text is looked up when it is read, so a component may keep
 * `const text = messages.latent` and yet change its language with the page. A single text that is kept
 * (`const title = messages.latent.title`) does not: read it where it is shown, or in a `$derived`.
 *
 * On a page with several elements each speaks its own language. What is taken from `messages` while a component begins, in
 * its markup and in its effects is in that of its element; an event's handler, and what comes after an `await`, use a part
 * that was kept before.
 */
import type { Messages } from './catalogue.ts';
import { speaker, type Speech } from './speech.svelte.ts';

function view<T extends object>(standard: T, current: () => T): T {
  const views = new Map<PropertyKey, object>();
  // Languages have the same keys, so one of them can stand for all where keys are listed.
  return new Proxy(standard, {
    get(_, key) {
      const value: unknown = Reflect.get(current(), key);
      if (typeof value !== 'object' || value === null) return value;
      const known = views.get(key) ?? view(value, () => Reflect.get(current(), key) as object);
      views.set(key, known);
      return known;
    },
  });
}

const spoken = new WeakMap<Speech, Messages>();

function textsOf(speech: Speech): Messages {
  const texts = spoken.get(speech) ?? view(speech.messages, () => speech.messages);
  spoken.set(speech, texts);
  return texts;
}

export const messages = new Proxy({} as Messages, {
  get: (_, key): unknown => Reflect.get(textsOf(speaker.now()), key),
});

/** A text by a name that comes from elsewhere; undefined where there is none of that name. */
export const textBy = (texts: Readonly<Record<string, string>>, name: string): string | undefined =>
  texts[name];

/** The title of a model as the page shows it: a model of one's own keeps that of its manifest. */
export const titleOf = ({ title }: { title: string }): string =>
  textBy(messages.models, title) ?? title;

/** A layer of a hierarchy as the page shows it: its place and, where there are several in one place, its number. */
export function layerNameOf(name: string): string {
  const [place = '', ...number] = name.split(/(?= )/);
  return messages.elboLab.hierarchy.layerName({ place, number: number.join('') });
}

/** A class as the page shows it: only those of well-known data sets have a translation. */
export const classNameOf = (name: string): string => textBy(messages.classes.names, name) ?? name;
