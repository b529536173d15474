/** What worked examples are called, in each language. */
import type { Lab } from '../state.ts';
import type { Presets } from '../messages/catalogue.ts';
import { textBy } from '../messages/index.ts';
import type { Language } from '../messages/languages.ts';

const FETCHED: Record<Language, () => Promise<{ default: Presets }>> = {
  en: () => import('virtual:texts/presets/en'),
  zh: () => import('virtual:texts/presets/zh'),
};

/** The name of a worked example of a lab. */
export type PresetNames = (lab: Lab, id: string) => string;

export async function presetNames(language: Language): Promise<PresetNames> {
  const { default: names } = await FETCHED[language]();
  const all: Readonly<Partial<Record<Lab, Record<string, string>>>> = names;
  return (lab, id) => textBy(all[lab] ?? {}, id) ?? id;
}
