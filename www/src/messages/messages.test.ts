import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { bench as benchEn } from './bench.en.ts';
import { bench as benchZh } from './bench.zh.ts';
import { en } from './en.ts';
import { messages, titleOf } from './index.ts';
import { manual as manualEn } from './manual.en.ts';
import { manual as manualZh } from './manual.zh.ts';
import { preferredLanguage } from './languages.ts';
import { speech } from './speech.svelte.ts';
import { zh } from './zh.ts';

/** What Chinese texts of the field leave in Latin letters: names, symbols, formulas. */
const NAMES = new Set(
  (
    'ELBO Room VAE KL DDPM DDIM SNR log SVG JSON CSV SHA MB ID Adam SGD sigmoid Delete Shift Ctrl Esc PNG WebAssembly SIMD Web Worker ' +
    'OffscreenCanvas MNIST LeCun Cortes Burges CC BY SA MIT Apache elbo room onnxruntime web ONNX Net JPEG IDX NPY NPZ NumPy gzip zip ROC ' +
    'HEIC iPhone Safari Alt tanh EDM ln AUROC Fashion Zalando SE GIF Python JavaScript'
  ).split(' '),
);
const CHINESE = /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/;

/** A text may hand a word back as it came, be it a number. */
type Text = string | ((...args: unknown[]) => string | number);

/** Every text with its path, however deep. */
function textsOf(value: unknown, path = ''): [path: string, text: Text][] {
  if (typeof value === 'string' || typeof value === 'function') return [[path, value as Text]];
  return Object.entries(value as object).flatMap(([key, inner]) =>
    textsOf(inner, path ? `${path} > ${key}` : key),
  );
}

/** Arguments that can be found again in what a text makes of them; a text may take numbers, words, or compare them with 0. */
const ARGUMENTS = [
  [1101, 2202, 3303, 4404],
  [0, 0, 0, 0],
  ['⟦1⟧', '⟦2⟧', '⟦3⟧', '⟦4⟧'],
  ['', '⟦2⟧', '', '⟦4⟧'],
  ['⟦1⟧', '', '⟦3⟧', ''],
] as const;

const say = (text: Text, values: readonly unknown[]) =>
  String(typeof text === 'string' ? text : text(...values.slice(0, text.length)));

const english = textsOf({ ...en, bench: benchEn, manual: manualEn });
/** What the crate says in English itself. */
const PHRASES = 'ownModels > phrases > ';
const chinese = new Map(
  textsOf({ ...zh, bench: benchZh, manual: manualZh }).filter(
    ([path]) => !path.startsWith(PHRASES),
  ),
);

it('has the same texts in both languages', () => {
  expect([...chinese.keys()].sort()).toEqual(english.map(([path]) => path).sort());
});

/** What `problemsOf` finds in the texts, with where it found it. */
const offenders = (problemsOf: (text: Text, translated: Text) => string[]) =>
  english.flatMap(([path, text]) => {
    const translated = chinese.get(path);
    return translated ? problemsOf(text, translated).map((problem) => `${path}: ${problem}`) : [];
  });

it('translates every text as what it is, with the same arguments in use', () => {
  expect(
    offenders((text, translated) => {
      if (typeof translated !== typeof text) return [`is a ${typeof translated}`];
      if (typeof text === 'string') return translated.length > 0 ? [] : ['is empty'];
      if (translated.length !== text.length) return [`takes ${translated.length} arguments`];
      return ARGUMENTS.flatMap((values) => {
        const used = (from: Text) =>
          values.filter(
            (value) => value !== '' && value !== 0 && say(from, values).includes(String(value)),
          );
        const [theirs, ours] = [used(translated).join(), used(text).join()];
        return theirs === ours ? [] : [`uses ${theirs} of ${ours}`];
      });
    }),
  ).toEqual([]);
});

it('writes Chinese: nothing left out or left in English, and Chinese punctuation', () => {
  expect(
    offenders((text, translated) =>
      ARGUMENTS.flatMap((values) => {
        const said = say(translated, values);
        const empty = said.trim() === '';
        const words = (said.match(/[A-Za-z]{2,}/g) ?? []).filter((word) => !NAMES.has(word));
        const marks = /[\u4e00-\u9fff] ?[,;:?!]|[,;:?!] ?[\u4e00-\u9fff]|\.\.\./.exec(said);
        return [
          ...(empty !== (say(text, values).trim() === '') || (empty && typeof text === 'string')
            ? ['says nothing']
            : []),
          ...words.map((word) => `leaves “${word}”`),
          ...(marks ? [`has “${marks[0]}”`] : []),
        ];
      }),
    ),
  ).toEqual([]);
});

it('translates every phrase of the crate, with the same values in place', () => {
  const source = readFileSync(
    new URL('../../../crate/src/model/phrase/english.rs', import.meta.url),
    'utf8',
  );
  const texts = [...source.matchAll(/^ {4}(\w+): "((?:[^"\\]|\\.)*)",$/gm)].map(
    ([, code = '', text = '']) =>
      [code.replaceAll(/\B([A-Z])/g, '-$1').toLowerCase(), text] as const,
  );
  expect(texts.length).toBeGreaterThan(90);
  const { phrases } = zh.ownModels;
  expect(Object.keys(phrases).sort()).toEqual(texts.map(([code]) => code).sort());
  const places = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
  const problems = texts.flatMap(([code, text]) => {
    const translated = phrases[code] ?? '';
    const said = translated.replaceAll(/\{\w+\}/g, '');
    return [
      ...(places(translated).join() === places(text).join() ? [] : ['other values']),
      ...(said.match(/[A-Za-z]{2,}/g) ?? []).filter((word) => !NAMES.has(word)),
      ...(/[\u4e00-\u9fff] ?[,;:?!]|[,;:?!] ?[\u4e00-\u9fff]|\.\.\./.test(said) ? ['marks'] : []),
    ].map((problem) => `${code}: ${problem}`);
  });
  expect(problems).toEqual([]);
});

it('has a title in every language for each shipped model', () => {
  const manifest = JSON.parse(
    readFileSync(new URL('../../../models/manifest.json', import.meta.url), 'utf8'),
  ) as {
    models: { title: string }[];
  };
  for (const { title } of manifest.models) {
    expect(en.models[title]).toBe(title);
    expect(zh.models[title]).toMatch(CHINESE);
  }
});

describe('the language of a browser', () => {
  it.each([
    [['zh-CN', 'en'], 'zh'],
    [['zh'], 'zh'],
    [['ZH-Hant-TW', 'en-US'], 'zh'],
    [['fr-FR', 'zh-CN', 'en'], 'zh'],
    [['de', 'en-GB', 'zh'], 'en'],
    [['de', 'fr'], 'en'],
    [[], 'en'],
  ])('%j gives %s', (wanted, language) => {
    expect(preferredLanguage(wanted)).toBe(language);
  });
});

describe('the messages as components hold them', () => {
  afterEach(() => (speech.chosen = null));

  it('change with the language, however deep the part is that was kept', async () => {
    const { latent, elboLab } = messages;
    const digits = elboLab.digit;
    for (const [language, texts] of [
      ['zh', zh],
      ['en', en],
      ['zh', zh],
    ] as const) {
      speech.chosen = language;
      await speech.load();
      expect(latent.title).toBe(texts.latent.title);
      expect(digits.bar('7', '50', '1')).toBe(texts.elboLab.digit.bar('7', '50', '1'));
      expect(Object.entries(messages.panic)).toEqual(Object.entries(texts.panic));
      expect(messages.errors.kinds['ModelError']).toBe(texts.errors.kinds['ModelError']);
      expect(messages.errors.kinds['OtherError']).toBeUndefined();
    }
  });

  it('leave the title of a model of one’s own as its manifest says it', async () => {
    speech.chosen = 'zh';
    await speech.load();
    expect(titleOf({ title: 'Class-conditional diffusion model' })).toBe(
      zh.models['Class-conditional diffusion model'],
    );
    expect(titleOf({ title: 'A model of mine' })).toBe('A model of mine');
  });
});

describe('classes of the shipped models', () => {
  it('have names in Chinese, but for digits', () => {
    const { models } = JSON.parse(
      readFileSync(new URL('../../../models/manifest.json', import.meta.url), 'utf8'),
    ) as { models: { classes?: string[] }[] };
    const names = models.flatMap(({ classes = [] }) => classes);
    expect(names).toContain('Ankle boot');
    expect(names.filter((name) => !/^\d$/.test(name) && zh.classes.nameOf(name) === name)).toEqual(
      [],
    );
    expect(zh.classes.nameOf('swan')).toBe('swan');
  });
});
