/** The types of the catalogues, so that a missing text or a misspelled argument is an error where it is used. */
import { leavesOf, partsIn, PHRASES, type Texts, textsIn } from './catalogues.ts';
import { common, type Kind, kindsOf, partsOf } from './icu.ts';

const TYPES: Record<Kind, string> = {
  any: 'Value',
  number: 'number',
  text: 'string',
  boolean: 'boolean',
};

/** The arguments of every text by its path, each as what all languages can use. */
function argumentsOf(languages: readonly Texts[]): Map<string, Map<string, Kind>> {
  const all = new Map<string, Map<string, Kind>>();
  for (const texts of languages)
    for (const [path, text] of leavesOf(texts)) {
      const at = path.join('\n');
      const kinds = all.get(at) ?? new Map<string, Kind>();
      all.set(at, kinds);
      for (const [name, kind] of kindsOf(partsOf(text))) {
        const both = common(kinds.get(name) ?? 'any', kind);
        if (!both) throw new Error(`languages use {${name}} of “${path.join('.')}” in two ways`);
        kinds.set(name, both);
      }
    }
  return all;
}

const nameOf = (name: string) => (/^[A-Za-z]\w*$/.test(name) ? name : `'${name}'`);

/** The type of a catalogue, whose names are those of the English one. */
function typeOf(
  texts: Texts,
  kinds: ReadonlyMap<string, ReadonlyMap<string, Kind>>,
  path: readonly string[] = [],
): string {
  const indent = '  '.repeat(path.length + 1);
  const lines = Object.entries(texts).map(([name, text]) => {
    const at = [...path, name];
    if (typeof text !== 'string') return `${indent}${nameOf(name)}: ${typeOf(text, kinds, at)};`;
    const values = [...(kinds.get(at.join('\n')) ?? [])].map(
      ([argument, kind]) => `${argument}: ${TYPES[kind]}`,
    );
    const type = values.length === 0 ? 'string' : `(values: { ${values.join('; ')} }) => string`;
    return `${indent}${nameOf(name)}: ${type};`;
  });
  return `{\n${lines.join('\n')}\n${indent.slice(2)}}`;
}

const interfaceOf = (part: string) =>
  part === 'page' ? 'Messages' : `${part.charAt(0).toUpperCase()}${part.slice(1)}`;

export function declarationsOf(messages: string, languages: readonly string[]): string {
  const interfaces = partsIn(messages).map((part) => {
    const english = textsIn(messages, part, 'en');
    const kinds = argumentsOf(languages.map((language) => textsIn(messages, part, language)));
    const type = typeOf(english, kinds);
    const body =
      part === 'page'
        ? type.replace(
            /\}$/,
            `  /** What the crate says in English itself, by its codes. */\n  ${PHRASES}?: Phrases;\n}`,
          )
        : type;
    return `export interface ${interfaceOf(part)} ${body}\n`;
  });
  return [
    '/** Made of the catalogues by vite/messages/declare.ts; `npm run messages` makes it anew. */',
    'type Phrases = Readonly<\n  Record<string, string | ((values: Readonly<Record<string, string>>) => string)>\n>;\n',
    '/** What is written as it comes. */\ntype Value = string | number;\n',
    ...interfaces,
  ].join('\n');
}
