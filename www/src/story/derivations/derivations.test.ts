import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import katex from 'katex';
import { describe, expect, it } from 'vitest';
import { findFunction } from '../../../vite/crate.ts';
import { ANCHORS } from '../anchors.ts';
import { citation, REFERENCES } from '../references.ts';
import { linksIn, OPTIONS, piecesOf } from '../tex.ts';
import { en } from './en.ts';
import { DERIVATIONS, FUNCTIONS } from './index.ts';
import type { Derivation, StepText } from './types.ts';
import { zh } from './zh.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const LANGUAGES = { en, zh };
const derivations: Derivation[] = Object.values(DERIVATIONS);

interface Words {
  steps: Record<string, StepText>;
  symbols: Record<string, string>;
}
const wordsOf = (texts: typeof en, { lab }: Derivation): Words => texts.labs[lab];

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

function render(tex: string, displayMode: boolean): string {
  return katex.renderToString(tex, { ...OPTIONS, displayMode, throwOnError: true });
}

it('has the same in both languages, down to each paragraph', () => {
  expect(shape(zh)).toEqual(shape(en));
});

it('names each anchor in the markup, and no other', () => {
  const names = new Set<string>();
  for (const [, fixed, chosen] of markup().matchAll(
    /(?<![\w-])(?:data-)?anchor=(?:"([\w-]+)"|\{([^}]*)\})/g,
  )) {
    if (fixed) names.add(fixed);
    for (const [, name] of (chosen ?? '').matchAll(/(?<=[?:] )'([\w-]+)'/g)) names.add(name ?? '');
  }
  expect([...names].sort()).toEqual(Object.keys(ANCHORS).sort());
});

describe.each(derivations.map((derivation) => [derivation.lab, derivation] as const))(
  '%s',
  (lab, derivation) => {
    const { steps, symbols } = derivation;

    it('links symbols that it explains, and explains none that it does not link', () => {
      const linked = steps.flatMap(({ formulas }) => linksIn(formulas));
      expect([...new Set(linked)].sort()).toEqual(Object.keys(symbols).sort());
    });

    it('leads from symbols to its own lab, or to another that has what its own has not', () => {
      for (const { anchor } of Object.values(symbols)) {
        const labs: readonly string[] = ANCHORS[anchor];
        if (!labs.includes(lab)) expect(labs).toEqual(['elbo']);
      }
    });

    it('sets every formula, also those inside lines', () => {
      for (const { formulas, wrong } of steps) {
        for (const tex of [...formulas, ...(wrong ? [wrong] : [])])
          expect(render(tex, true)).toContain('katex-mathml');
        for (const tex of formulas) {
          const set = render(tex, true);
          for (const name of linksIn([tex])) expect(set).toContain(`data-link="${name}"`);
        }
      }
      for (const { tex } of Object.values(symbols)) render(tex, false);
      for (const texts of Object.values(LANGUAGES)) {
        for (const { text, wrong } of Object.values(wordsOf(texts, derivation).steps)) {
          for (const paragraph of [...text, ...(wrong ? [wrong] : [])]) {
            for (const piece of piecesOf(paragraph)) {
              if (typeof piece === 'string') expect(piece).not.toContain('$');
              else render(piece.tex, false);
            }
          }
        }
      }
    });

    it('has a paragraph before each formula, and a reason for each formula that is wrong', () => {
      for (const texts of Object.values(LANGUAGES)) {
        const words = wordsOf(texts, derivation);
        for (const { id, formulas, wrong } of steps) {
          const { text, wrong: why } = words.steps[id] as StepText;
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
    { before: '（', tex: 'a', after: '）' },
    '为 ',
    { before: '', tex: 'b', after: '，' },
    '则',
  ]);
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
  expect(() => findFunction(ROOT, 'math::elbo::VaeElbo::old')).toThrow('no function VaeElbo::old');
  expect(() => findFunction(ROOT, 'maths::gaussian::kl')).toThrow('no module');
});

it('cites every reference, each with a title and an address', () => {
  const cited = new Set<string>(
    derivations.flatMap(({ steps }) => steps.flatMap(({ cites }) => [...cites])),
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
  expect(citation(REFERENCES.ho2022, en.etAl)).toBe('Ho & Salimans 2022');
  expect(citation(REFERENCES.ho2020, zh.etAl)).toBe('Ho 等 2020');
  expect(citation(REFERENCES.luo2022, en.etAl)).toBe('Luo 2022');
  expect(citation(REFERENCES.loaiza2019, en.etAl)).toBe('Loaiza-Ganem & Cunningham 2019');
});
