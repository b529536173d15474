import { rejectStrays } from '../apart.ts';
import { defineLab } from '../define.ts';
import { anchors } from './anchors.ts';
import { APART, besideSettings, fitTimestep, settings } from './settings.ts';
import { tour } from './tour.ts';

export const plane = defineLab({
  id: 'plane',
  name: (text) => text.planeLab.name,
  accent: 'accent-ddpm',
  needs: [],
  workers: ['fitter'],
  state: { plane: settings, besidePlane: besideSettings },
  fit(state, reject) {
    rejectStrays(besideSettings, APART, state.besidePlane, reject);
    const beyond = fitTimestep(state.plane);
    if (beyond !== null) reject('pt', beyond);
  },
  anchors,
  tour,
  tourFormulas: () => import('./tourFormulas.ts'),
  load: () => import('./lab.ts'),
  presets: () => import('./presets.json'),
  presetPictures: () => import('virtual:preset-pictures/plane'),
  derivation: {
    formulas: () => import('./derivation.ts'),
    en: () => import('./derivation.en.json'),
    zh: () => import('./derivation.zh.json'),
  },
});
