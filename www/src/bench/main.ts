import '../engine/trusted.ts';
import '../styles/base.css';
import '../styles/tokens.css';
import { mount } from 'svelte';
import type { Bench as Texts } from '../messages/catalogue.ts';
import type { Language } from '../messages/languages.ts';
import { speech } from '../messages/speech.svelte.ts';
import Bench from './Bench.svelte';
import { languageIn } from './language.ts';

const TEXTS: Record<Language, () => Promise<{ default: Texts }>> = {
  en: () => import('virtual:texts/bench/en'),
  zh: () => import('virtual:texts/bench/zh'),
};
const fetch = async (language: Language) => (await TEXTS[language]()).default;

// A page whose words come after it would flash.
speech.chosen = languageIn(location.hash);
void speech.load().then(async () =>
  mount(Bench, {
    target: document.getElementById('app') as HTMLElement,
    props: { first: await fetch(speech.language), fetch },
  }),
);
