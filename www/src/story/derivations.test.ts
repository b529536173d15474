import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findFunction, functionsIn } from '../../vite/crate.ts';
import type { SetFormula } from '../formula.ts';
import { ANCHORS } from '../labs/anchors.ts';
import type { StepText } from '../labs/derivation.ts';
import { LABS } from '../labs/index.ts';
import english from 'virtual:texts/page/en';
import type { Language } from '../messages/languages.ts';
import chinese from 'virtual:texts/page/zh';
import { citation, REFERENCES } from '../labs/references.ts';
import { linksIn, piecesOf } from './tex.ts';
import { tell, type Told } from './tell.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const isTold = (told: Told | null): told is Told => told !== null;
const inLanguage = async (language: Language) =>
  (await Promise.all(LABS.map(({ id }) => tell(id, language)))).filter(isTold);
const [en, zh] = await Promise.all([inLanguage('en'), inLanguage('zh')]);
const FUNCTIONS = functionsIn(`${ROOT}/www/src/labs`);

/** Keys of an object and of all objects in it, and the lengths of its lists. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
}

function markup(folder = `${ROOT}/www/src/`): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.svelte'))
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8'))
    .join('\n');
}

/** Whether a formula has both what is shown and what is read aloud. */
const isSet = (formula: SetFormula) =>
  ['katex-html', 'katex-mathml'].every((part) => formula.includes(`["span",{"class":"${part}"`));

it('has the same in both languages, down to each paragraph', () => {
  expect(shape(zh.map(({ words }) => words))).toEqual(shape(en.map(({ words }) => words)));
  expect(en).toHaveLength(LABS.length);
});

it('names each anchor in the markup, and no other', () => {
  const names = new Set<string>();
  for (const [, fixed, chosen] of markup().matchAll(
    /(?<![\w-])(?:data-)?anchor=(?:"([\w-]+)"|\{([^}]*)\})/g,
  )) {
    if (fixed) names.add(fixed);
    for (const [, name] of (chosen ?? '').matchAll(/(?<=[?:] )'([\w-]+)'/g)) names.add(name ?? '');
  }
  expect([...names].sort()).toEqual([...ANCHORS.keys()].sort());
});

describe.each(en.map((told, i) => [told.lab, told, zh[i] as Told] as const))(
  '%s',
  (lab, told, translated) => {
    const { steps, symbols } = told.derivation;
    const words = [told.words, translated.words];

    it('has words for each of its steps and symbols, and for no other', () => {
      for (const said of words) {
        expect(Object.keys(said.steps)).toEqual(steps.map(({ id }) => id));
        expect(Object.keys(said.symbols).sort()).toEqual(Object.keys(symbols).sort());
      }
    });

    it('links symbols that it explains, and explains none that it does not link', () => {
      const linked = steps.flatMap(({ formulas }) => linksIn(formulas));
      expect([...new Set(linked)].sort()).toEqual(Object.keys(symbols).sort());
    });

    it('leads from symbols to its own lab, or to another that has what its own has not', () => {
      for (const { anchor } of Object.values(symbols)) {
        const labs = ANCHORS.get(anchor) ?? [];
        if (!labs.includes(lab)) expect(labs).toEqual(['elbo']);
      }
    });

    it('has every formula set, also those inside lines', () => {
      const all = steps.flatMap(({ formulas, wrong = [] }) => [...formulas, ...[wrong].flat()]);
      for (const formula of all) expect(formula).toContain('"class":"katex-display"');
      for (const { tex } of Object.values(symbols)) all.push(tex);
      for (const { steps: said } of words) {
        for (const { text, wrong = [] } of Object.values(said)) {
          for (const piece of [...text, ...[wrong].flat()].flatMap(piecesOf)) {
            if (typeof piece === 'string') expect(piece).not.toContain('$');
            else all.push(piece.formula);
          }
        }
      }
      expect(all.filter((formula) => !isSet(formula))).toEqual([]);
    });

    it('has a paragraph before each formula, and a reason for each formula that is wrong', () => {
      for (const { steps: said } of words) {
        for (const { id, formulas, wrong } of steps) {
          const { text, wrong: why } = said[id] as StepText;
          expect(text.length - formulas.length, id).toBeOneOf([0, 1]);
          expect(Boolean(why), id).toBe(Boolean(wrong));
        }
      }
    });

    it('rests on functions and references in every step', () => {
      for (const { functions, cites } of steps) {
        expect(functions.length).toBeGreaterThan(0);
        expect(cites.length).toBeGreaterThan(0);
      }
    });
  },
);

it('keeps punctuation with its formula', () => {
  expect(piecesOf('若（$a$）为 $b$，则')).toEqual([
    '若',
    { before: '（', formula: 'a', after: '）' },
    '为 ',
    { before: '', formula: 'b', after: '，' },
    '则',
  ]);
});

it('finds the functions that the derivations name in their files', () => {
  const named = en.flatMap(({ derivation }) =>
    derivation.steps.flatMap(({ functions }) => [...functions]),
  );
  expect(FUNCTIONS).toEqual([...new Set(named)].sort());
});

it.each(FUNCTIONS)('finds %s in the crate', (path) => {
  const { file, line, source } = findFunction(ROOT, path);
  const name = path.split('::').at(-1);
  expect(readFileSync(`${ROOT}/${file}`, 'utf8').split('\n')[line - 1]).toMatch(
    new RegExp(`fn ${name}\\b`),
  );
  expect(source).toMatch(/^(\/\/\/|#\[|pub fn)/);
  expect(source.endsWith('\n}')).toBe(true);
  expect(source.match(/\bfn \w+/g)?.[0]).toBe(`fn ${name}`);
});

it('knows when a function of the crate is gone', () => {
  expect(() => findFunction(ROOT, 'math::gaussian::kl_of_yesterday')).toThrow(
    'no function kl_of_yesterday',
  );
  expect(() => findFunction(ROOT, 'engine::vae::score::VaeElbo::old')).toThrow(
    'no function VaeElbo::old',
  );
  expect(() => findFunction(ROOT, 'maths::gaussian::kl')).toThrow('no module');
});

it('cites every reference, each with a title and an address', () => {
  const cited = new Set<string>(
    en.flatMap(({ derivation }) => derivation.steps.flatMap(({ cites }) => [...cites])),
  );
  expect([...cited].sort()).toEqual(Object.keys(REFERENCES).sort());
  const all = Object.values(REFERENCES);
  for (const { url, year } of all) {
    expect(url).toMatch(/^https:\/\//);
    // An arXiv number begins with the year of its first version.
    const [, yy] = /arxiv\.org\/abs\/(\d\d)\d\d\.\d{4,5}$/.exec(url) ?? [];
    if (yy) expect(year - (2000 + Number(yy))).toBeOneOf([0, 1]);
  }
  expect(new Set(all.map(({ url }) => url)).size).toBe(all.length);
});

it('names papers as texts do', () => {
  expect(citation(REFERENCES.ho2022, english.derivations.etAl)).toBe('Ho & Salimans 2022');
  expect(citation(REFERENCES.ho2020, chinese.derivations.etAl)).toBe('Ho 等 2020');
  expect(citation(REFERENCES.luo2022, english.derivations.etAl)).toBe('Luo 2022');
  expect(citation(REFERENCES.loaiza2019, english.derivations.etAl)).toBe(
    'Loaiza-Ganem & Cunningham 2019',
  );
});
