/**
 * Every text of the page, in the language that it speaks. Whoever adds a text adds it in both, `*.en.ts` and `*.zh.ts`, in
 * the same place: a missing key is a type error, and `messages.test.ts` fails on text that is empty, left in English, or
 * silent about an argument.
 *
 * `messages` and what hangs on it are views: a text is looked up when it is read, so a component may keep
 * `const text = messages.latent` and yet change its language with the page. A single text that is kept
 * (`const title = messages.latent.title`) does not: read it where it is shown, or in a `$derived`.
 */
import { en, type Messages } from './en.ts';
import { speech } from './speech.svelte.ts';

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

export const messages: Messages = view(en, () => speech.messages);

/** The title of a model as the page shows it: a model of one's own keeps that of its manifest. */
export const titleOf = ({ title }: { title: string }): string => messages.models[title] ?? title;
