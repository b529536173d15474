import { rejectStrays } from '../apart.ts';
import { defineLab } from '../define.ts';
import { anchors } from './anchors.ts';
import { APART, besideSettings, fitStart, settings } from './settings.ts';
import { tour } from './tour.ts';

export const inference = defineLab({
  id: 'inference',
  name: (text) => text.inference.name,
  accent: 'accent-inference',
  needs: [],
  workers: ['fitter'],
  state: { inference: settings, besideFit: besideSettings },
  fit(state, reject) {
    rejectStrays(besideSettings, APART, state.besideFit, reject);
    const misfit = fitStart(state.inference);
    if (misfit !== null) reject('q', misfit);
  },
  anchors,
  tour,
  tourFormulas: () => import('./tourFormulas.ts'),
  load: () => import('./lab.ts'),
  presets: () => import('./presets.json'),
  presetPictures: () => import('virtual:preset-pictures/inference'),
  derivation: {
    formulas: () => import('./derivation.ts'),
    en: () => import('./derivation.en.json'),
    zh: () => import('./derivation.zh.json'),
  },
});
