/** Reads the catalogues: `src/messages/<language>/*.json`. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Texts by their names, however deep. */
export interface Texts {
  readonly [name: string]: string | Texts;
}

/** The catalogue whose texts stand beside the others' names. */
const ROOT = 'page';
/** What the crate says of files, which it says in English itself. */
export const PHRASES = 'phrases';

/** A name with `@` before it is a comment for translators on the text of that name. */
export const isComment = (name: string): boolean => name.startsWith('@');

const camelCase = (name: string) =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Texts;

const namesIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => basename(name, '.json'))
    .sort();

export const languagesIn = (messages: string): string[] =>
  readdirSync(messages, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

function withoutComments(texts: Texts): Texts {
  return Object.fromEntries(
    Object.entries(texts)
      .filter(([name]) => !isComment(name))
      .map(([name, text]) => [name, typeof text === 'string' ? text : withoutComments(text)]),
  );
}

/** What is fetched apart from the page: each catalogue in `later/`. */
export const partsIn = (messages: string): string[] => [
  ROOT,
  ...namesIn(join(messages, 'en', 'later')),
];

/** The files of a part of a language. */
export const filesOf = (messages: string, part: string, language: string): string[] =>
  part === ROOT
    ? namesIn(join(messages, language)).map((name) => join(messages, language, `${name}.json`))
    : [join(messages, language, 'later', `${part}.json`)];

/** A part with its comments. The page's is all catalogues of the folder, each under its own name. */
export function commented(messages: string, part: string, language: string): Texts {
  const files = filesOf(messages, part, language);
  if (part !== ROOT) return read(files[0] ?? '');
  return Object.assign(
    {},
    ...files.map((file) => {
      const name = basename(file, '.json');
      return name === ROOT ? read(file) : { [camelCase(name)]: read(file) };
    }),
  ) as Texts;
}

export const textsIn = (messages: string, part: string, language: string): Texts =>
  withoutComments(commented(messages, part, language));

/** Every text with the path of its names. */
export function leavesOf(texts: Texts, path: readonly string[] = []): [string[], string][] {
  return Object.entries(texts).flatMap(([name, text]): [string[], string][] =>
    typeof text === 'string' ? [[[...path, name], text]] : leavesOf(text, [...path, name]),
  );
}
