import { hasLatents, latentsOf } from '../../../engine/facts.ts';
import { defineLab } from '../define.ts';
import { anchors } from './anchors.ts';
import { fit, fitModels, settings } from './settings.ts';
import { tour } from './tour.ts';

export const latent = defineLab({
  id: 'latent',
  name: (text) => text.latent.name,
  accent: 'accent-vae',
  needs: ['decoder', 'sampler'],
  workers: ['decoder'],
  scored: true,
  state: settings,
  opens: hasLatents,
  slots: {
    map: {
      suits: hasLatents,
      takes: (entry) => latentsOf(entry)?.count === 2,
      read: ({ map }) => map.model,
      write: ({ map }, model) => (map.model = model),
    },
  },
  fit,
  fitModels,
  anchors,
  tour,
  tourFormulas: () => import('./tourFormulas.ts'),
  load: () => import('./lab.ts'),
  presets: () => import('./presets.json'),
  presetPictures: () => import('virtual:preset-pictures/latent'),
  derivation: {
    formulas: () => import('./derivation.ts'),
    en: () => import('./derivation.en.json'),
    zh: () => import('./derivation.zh.json'),
  },
});
