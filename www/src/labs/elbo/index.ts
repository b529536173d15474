import { standardOf } from '../../schema/rows.ts';
import { defineLab } from '../define.ts';
import { anchors } from './anchors.ts';
import { fit, fitModels, settings } from './settings.ts';
import { tour } from './tour.ts';

export const elbo = defineLab({
  id: 'elbo',
  name: (text) => text.elboLab.name,
  accent: 'accent-none',
  needs: ['decoder', 'sampler'],
  workers: ['decoder', 'sampler'],
  takes: 'score',
  state: settings,
  opens: () => true,
  forget: ({ elbo: { without }, elbo, besideBounds }, id) => {
    elbo.without = without.filter((other) => other !== id);
    if (besideBounds.a === id) Object.assign(besideBounds, standardOf(settings.besideBounds));
    if (besideBounds.b === id) besideBounds.b = null;
  },
  fit,
  fitModels,
  anchors,
  tour,
  tourFormulas: () => import('./tourFormulas.ts'),
  load: () => import('./lab.ts'),
  presets: () => import('./presets.json'),
  presetPictures: () => import('virtual:preset-pictures/elbo'),
  derivation: {
    formulas: () => import('./derivation.ts'),
    en: () => import('./derivation.en.json'),
    zh: () => import('./derivation.zh.json'),
  },
});
