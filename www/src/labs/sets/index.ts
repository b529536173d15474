import { rejectStrays } from '../apart.ts';
import { defineLab } from '../define.ts';
import { anchors } from './anchors.ts';
import { APART, besideSettings, settings } from './settings.ts';

export const sets = defineLab({
  id: 'sets',
  name: (text) => text.setsLab.name,
  accent: 'accent-none',
  needs: ['decoder'],
  workers: ['decoder'],
  state: { sets: settings, besideSets: besideSettings },
  forget: ({ besideSets }, id) => {
    if (besideSets.model === id) besideSets.model = null;
  },
  fit(state, reject) {
    rejectStrays(besideSettings, APART, state.besideSets, reject);
  },
  anchors,
  tour: {},
  load: () => import('./lab.ts'),
  presets: () => import('./presets.json'),
  presetPictures: () => import('virtual:preset-pictures/sets'),
  derivation: {
    formulas: () => import('./derivation.ts'),
    en: () => import('./derivation.en.json'),
    zh: () => import('./derivation.zh.json'),
  },
});
