import { readFileSync } from 'node:fs';
import en from 'virtual:texts/page/en';
import zh from 'virtual:texts/page/zh';
import { afterEach, describe, expect, it } from 'vitest';
import { classNameOf, messages, textBy, titleOf } from './index.ts';
import { preferredLanguage } from './languages.ts';
import { speech } from './speech.svelte.ts';

const CHINESE = /[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]/;

it('has a title in every language for each shipped model', () => {
  const manifest = JSON.parse(
    readFileSync(new URL('../../../models/manifest.json', import.meta.url), 'utf8'),
  ) as {
    models: { title: string }[];
  };
  for (const { title } of manifest.models) {
    expect(textBy(en.models, title)).toBe(title);
    expect(textBy(zh.models, title)).toMatch(CHINESE);
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
    const values = { label: '7', percent: '50', nats: '1' };
    for (const [language, texts] of [
      ['zh', zh],
      ['en', en],
      ['zh', zh],
    ] as const) {
      speech.chosen = language;
      await speech.load();
      expect(latent.title).toBe(texts.latent.title);
      expect(digits.bar(values)).toBe(texts.elboLab.digit.bar(values));
      expect(Object.entries(messages.panic)).toEqual(Object.entries(texts.panic));
      expect(messages.errors.kinds['ModelError']).toBe(texts.errors.kinds['ModelError']);
      expect(textBy(messages.errors.kinds, 'OtherError')).toBeUndefined();
    }
  });

  it('leave the title of a model of one’s own as its manifest says it', async () => {
    speech.chosen = 'zh';
    await speech.load();
    expect(titleOf({ title: 'Class-conditional diffusion model' })).toBe(
      textBy(zh.models, 'Class-conditional diffusion model'),
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
    expect(
      names.filter(
        (name) => !/^\d$/.test(name) && !CHINESE.test(textBy(zh.classes.names, name) ?? ''),
      ),
    ).toEqual([]);
    expect(classNameOf('swan')).toBe('swan');
  });
});
