/**
 * The part of ICU MessageFormat that the catalogues are written in: arguments, `select`, `plural` and `selectordinal`.
 * Numbers and dates come as the page writes them (src/format.ts), so formats inside a message are refused.
 */
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';

export type Part =
  | string
  | { kind: 'argument'; name: string }
  | { kind: 'select'; name: string; cases: Cases }
  | { kind: 'plural'; name: string; ordinal: boolean; cases: Cases };

/** What is said in each case, by its name; `=3` is exactly this number. */
type Cases = Readonly<Record<string, readonly Part[]>>;

/** What an argument has to be: anything that can be written, a number, a text that a `select` compares, or true or false. */
export type Kind = 'any' | 'number' | 'text' | 'boolean';

const NAME = /^[a-z][A-Za-z0-9]*$/;

function partOf(element: MessageFormatElement, counted: string | null): Part {
  switch (element.type) {
    case TYPE.literal:
      return element.value;
    case TYPE.pound:
      return { kind: 'argument', name: counted ?? '#' };
    case TYPE.argument:
      return { kind: 'argument', name: element.value };
    case TYPE.select:
    case TYPE.plural: {
      const name = element.value;
      const inner = element.type === TYPE.plural ? name : counted;
      const cases = Object.fromEntries(
        Object.entries(element.options).map(([key, { value }]) => [
          key,
          value.map((part) => partOf(part, inner)),
        ]),
      );
      if (element.type === TYPE.select) return { kind: 'select', name, cases };
      if (element.offset !== 0) throw new Error(`{${name}} has an offset, which is not supported`);
      return { kind: 'plural', name, ordinal: element.pluralType === 'ordinal', cases };
    }
    default:
      throw new Error(
        'formats of numbers, dates and times are not supported: the page hands them in as it writes them, {name}',
      );
  }
}

/** A message as its parts; an error says what is wrong with it. */
export function partsOf(message: string): readonly Part[] {
  let elements;
  try {
    elements = parse(message, { ignoreTag: true, shouldParseSkeletons: false });
  } catch (error) {
    throw new Error(`not ICU MessageFormat (${(error as Error).message}): ${message}`, {
      cause: error,
    });
  }
  const parts = elements.map((element) => partOf(element, null));
  kindsOf(parts);
  return parts;
}

/** Of two uses of one argument; null where no value does for both. */
export function common(one: Kind, other: Kind): Kind | null {
  if (one === other || other === 'any') return one;
  return one === 'any' ? other : null;
}

function kindOf(part: Exclude<Part, string>): Kind {
  if (part.kind === 'argument') return 'any';
  if (part.kind === 'plural') return 'number';
  const words = Object.keys(part.cases).filter((word) => word !== 'other');
  return words.length > 0 && words.every((word) => ['true', 'false'].includes(word))
    ? 'boolean'
    : 'text';
}

/** The arguments of a message and what each has to be, in the order of their first use. */
export function kindsOf(parts: readonly Part[]): Map<string, Kind> {
  const kinds = new Map<string, Kind>();
  const visit = (part: Part): void => {
    if (typeof part === 'string') return;
    if (!NAME.test(part.name)) throw new Error(`{${part.name}} is not a name of an argument`);
    const kind = common(kinds.get(part.name) ?? 'any', kindOf(part));
    if (!kind) throw new Error(`{${part.name}} cannot be all that it is used as`);
    kinds.set(part.name, kind);
    if (part.kind !== 'argument') Object.values(part.cases).flat().forEach(visit);
  };
  parts.forEach(visit);
  return kinds;
}

/** Cases of plurals that this language does not tell apart, or that a message leaves out. */
export function pluralFaults(parts: readonly Part[], language: string): string[] {
  return parts.flatMap((part) => {
    if (typeof part === 'string' || part.kind === 'argument') return [];
    const inner = Object.values(part.cases).flatMap((said) => pluralFaults(said, language));
    if (part.kind === 'select') return inner;
    const known = new Intl.PluralRules(language, {
      type: part.ordinal ? 'ordinal' : 'cardinal',
    }).resolvedOptions().pluralCategories as string[];
    const cases = Object.keys(part.cases).filter((name) => !name.startsWith('='));
    const alien = cases.filter((name) => !known.includes(name));
    // Who names numbers alone needs no more than `other`.
    const lacking = cases.length > 1 ? known.filter((name) => !cases.includes(name)) : [];
    return [
      ...inner,
      ...alien.map((name) => `{${part.name}} has the case “${name}”, which ${language} lacks`),
      ...lacking.map((name) => `{${part.name}} lacks the case “${name}”`),
    ];
  });
}
