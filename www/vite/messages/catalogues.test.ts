import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  commented,
  isComment,
  languagesIn,
  leavesOf,
  partsIn,
  PHRASES,
  type Texts,
  textsIn,
} from './catalogues.ts';
import { declarationsOf } from './declare.ts';
import { common, type Kind, kindsOf, type Part, partsOf, pluralFaults } from './icu.ts';
import { MESSAGES } from './node.ts';
import { say, type Values } from './say.ts';
import { LANGUAGES } from '../../src/messages/languages.ts';

const PARTS = partsIn(MESSAGES);
const OTHERS = LANGUAGES.filter((language) => language !== 'en');

/** What Chinese texts of the field leave in Latin letters: names, symbols, formulas. */
const NAMES = new Set(
  (
    'ELBO Room VAE KL DDPM DDIM SNR log SVG JSON CSV SHA MB ID Adam SGD sigmoid Delete Shift Ctrl Esc PNG WebAssembly SIMD Web Worker ' +
    'OffscreenCanvas MNIST LeCun Cortes Burges CC BY SA MIT Apache elbo room onnxruntime web ONNX Net JPEG IDX NPY NPZ NumPy gzip zip ROC ' +
    'HEIC iPhone Safari Alt tanh EDM ln AUROC Fashion Zalando SE GIF Python JavaScript'
  ).split(' '),
);
const latin = (text: string) =>
  (text.match(/[A-Za-z]{2,}/g) ?? []).filter((word) => !NAMES.has(word));
const WESTERN = /[\u4e00-\u9fff] ?[,;:?!]|[,;:?!] ?[\u4e00-\u9fff]|\.\.\./;

interface Entry {
  path: string;
  parts: readonly Part[];
}

const entriesOf = (texts: Texts): Entry[] =>
  leavesOf(texts).map(([path, text]) => ({ path: path.join(' > '), parts: partsOf(text) }));

const isPhrase = ({ path }: Entry) => path.startsWith(`${PHRASES} > `);

/** Every text of a language, of all parts. */
const entriesIn = (language: string): Entry[] =>
  PARTS.flatMap((part) =>
    entriesOf(textsIn(MESSAGES, part, language)).map(({ path, parts }) => ({
      path: part === 'page' ? path : `${part} > ${path}`,
      parts,
    })),
  );

const english = entriesIn('en');
const spoken = new Map(
  LANGUAGES.map((language) => [
    language as string,
    new Map(entriesIn(language).map((entry) => [entry.path, entry])),
  ]),
);

/** Values that can be found again in what a text makes of them, each argument's its own, in all that tell cases apart. */
const VALUES: Record<Kind, (column: number) => readonly (string | number | boolean)[]> = {
  any: (column) => [`⟦${column}⟧`],
  number: (column) => [2020 + column, 0, 1, 2],
  text: (column) => [`⟦${column}⟧`, '', 'top'],
  boolean: () => [true, false],
};
const gridOf = (kinds: ReadonlyMap<string, Kind>): Values[] =>
  [...kinds].reduce<Values[]>(
    (rows, [name, kind], column) =>
      VALUES[kind](column).flatMap((value) => rows.map((row) => ({ ...row, [name]: value }))),
    [{}],
  );

/** Of a text in two languages. */
const allKinds = (ours: readonly Part[], theirs: readonly Part[]): Map<string, Kind> => {
  const kinds = new Map(kindsOf(ours));
  for (const [name, kind] of kindsOf(theirs))
    kinds.set(name, common(kinds.get(name) ?? 'any', kind) ?? 'any');
  return kinds;
};

type Text = string | ((values: Values) => string);

/** What is wrong between an English text and its translation. */
const offenders = (
  language: string,
  problemsOf: (text: readonly Part[], translated: readonly Part[]) => string[],
) =>
  english.flatMap(({ path, parts }) => {
    const translated = spoken.get(language)?.get(path);
    return translated
      ? problemsOf(parts, translated.parts).map((found) => `${path}: ${found}`)
      : [];
  });

it('has made the types of the catalogues that there are', async () => {
  // `npm run messages` writes them.
  await expect(declarationsOf(MESSAGES, languagesIn(MESSAGES))).toMatchFileSnapshot(
    `${MESSAGES}/catalogue.ts`,
  );
});

it('has a folder for each language that the page can be switched to', () => {
  expect(languagesIn(MESSAGES)).toEqual([...LANGUAGES].sort());
});

it('comments on texts that there are, and in one language', () => {
  const strays = (texts: Texts): string[] =>
    Object.entries(texts).flatMap(([name, text]) => {
      if (isComment(name))
        return (name === '@' || name.slice(1) in texts) &&
          Object.keys(text).join() === 'description'
          ? []
          : [name];
      return typeof text === 'string' ? [] : strays(text);
    });
  for (const language of LANGUAGES)
    expect(PARTS.flatMap((part) => strays(commented(MESSAGES, part, language)))).toEqual([]);
});

it('tells apart the plurals that each language has', () => {
  for (const language of LANGUAGES)
    expect(
      entriesIn(language).flatMap(({ path, parts }) =>
        pluralFaults(parts, language).map((fault) => `${path}: ${fault}`),
      ),
    ).toEqual([]);
});

it.each(LANGUAGES)('compiles what is said in %s', async (language) => {
  for (const part of PARTS) {
    const made = (await import(/* @vite-ignore */ `virtual:texts/${part}/${language}`)) as {
      default: object;
    };
    for (const [path, message] of leavesOf(textsIn(MESSAGES, part, language))) {
      const parts = partsOf(message);
      const kinds = kindsOf(parts);
      const text = path.reduce<unknown>(
        (at, name) => Reflect.get(at as object, name),
        made.default,
      ) as Text;
      if (typeof text === 'string')
        expect([kinds.size, text]).toEqual([0, say(parts, {}, language)]);
      else
        for (const values of gridOf(kinds))
          expect(text(values), path.join('.')).toBe(say(parts, values, language));
    }
  }
});

describe.each(OTHERS)('the catalogues in %s', (language) => {
  const translated = spoken.get(language) ?? new Map<string, Entry>();

  it('have the same texts as the English ones', () => {
    const paths = [...translated.values()].filter((entry) => !isPhrase(entry));
    expect(paths.map(({ path }) => path).sort()).toEqual(english.map(({ path }) => path).sort());
  });

  it('use the same arguments, each as something that it can be in both', () => {
    expect(
      offenders(language, (ours, theirs) => {
        const [one, other] = [kindsOf(ours), kindsOf(theirs)];
        const names = [...new Set([...one.keys(), ...other.keys()])];
        return names.filter((name) => {
          const [here, there] = [one.get(name), other.get(name)];
          return !here || !there || !common(here, there);
        });
      }),
    ).toEqual([]);
  });

  it('show the values that the English ones show', () => {
    const shown = (parts: readonly Part[], values: Values, spokenIn: string) => {
      const said = say(parts, values, spokenIn);
      return Object.values(values)
        .filter((value) => /⟦|\d{4}/.test(String(value)) && said.includes(String(value)))
        .join();
    };
    expect(
      offenders(language, (ours, theirs) =>
        gridOf(allKinds(ours, theirs)).flatMap((values) => {
          const [one, other] = [shown(ours, values, 'en'), shown(theirs, values, language)];
          return one === other ? [] : [`shows ${other} of ${one}`];
        }),
      ),
    ).toEqual([]);
  });

  it('leave nothing out', () => {
    expect(
      offenders(language, (ours, theirs) =>
        gridOf(allKinds(ours, theirs)).flatMap((values) => {
          const empty = say(theirs, values, language).trim() === '';
          return empty === (say(ours, values, 'en').trim() === '') ? [] : ['says nothing'];
        }),
      ),
    ).toEqual([]);
  });
});

it('leaves no text empty', () => {
  for (const language of LANGUAGES)
    expect(entriesIn(language).filter(({ parts }) => parts.length === 0)).toEqual([]);
});

it('writes Chinese: nothing left in English, and Chinese punctuation', () => {
  expect(
    [...(spoken.get('zh')?.values() ?? [])].flatMap(({ path, parts }) =>
      gridOf(new Map([...kindsOf(parts)])).flatMap((values) => {
        const said = say(parts, values, 'zh').replaceAll(/⟦\w⟧|top/g, '');
        const marks = WESTERN.exec(said);
        return [
          ...latin(said).map((word) => `${path} leaves “${word}”`),
          ...(marks ? [`${path} has “${marks[0]}”`] : []),
        ];
      }),
    ),
  ).toEqual([]);
});

it.each(OTHERS)(
  'translates every phrase of the crate into %s, with the same values',
  (language) => {
    const source = readFileSync(
      new URL('../../../crate/src/model/phrase/english.rs', import.meta.url),
      'utf8',
    );
    const joined = source.replaceAll(/\\\n */g, '');
    const phrases = [...joined.matchAll(/^ {4}(\w+): "((?:[^"\\]|\\.)*)",$/gm)].map(
      ([, code = '', text = '']) =>
        [code.replaceAll(/\B([A-Z])/g, '-$1').toLowerCase(), text] as const,
    );
    expect(phrases.length).toBeGreaterThan(90);
    const translated = new Map(
      [...(spoken.get(language)?.values() ?? [])]
        .filter(isPhrase)
        .map(({ path, parts }) => [path.slice(PHRASES.length + 3), parts]),
    );
    expect([...translated.keys()].sort()).toEqual(phrases.map(([code]) => code).sort());
    const other = phrases.filter(([code, text]) => {
      const places = new Set(Array.from(text.matchAll(/\{(\w+)\}/g), ([, name]) => name));
      return (
        [...kindsOf(translated.get(code) ?? []).keys()].sort().join() !== [...places].sort().join()
      );
    });
    expect(other).toEqual([]);
  },
);
