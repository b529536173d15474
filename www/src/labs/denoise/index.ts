import { isDiffusion } from '../../../engine/facts.ts';
import { defineLab } from '../define.ts';
import { anchors } from './anchors.ts';
import { fit, fitModels, settings } from './settings.ts';
import { tour } from './tour.ts';

export const denoise = defineLab({
  id: 'denoise',
  name: (text) => text.denoise.name,
  accent: 'accent-ddpm',
  needs: ['sampler', 'decoder'],
  workers: ['sampler', 'decoder'],
  scored: true,
  takes: 'noise',
  state: settings,
  opens: isDiffusion,
  slots: {
    second: {
      suits: isDiffusion,
      // Who opens a model means the first chain's.
      takes: () => false,
      read: ({ besideChain }) => besideChain.model ?? '',
      write: ({ besideChain }, model) => (besideChain.model = model || null),
    },
  },
  fit,
  fitModels,
  anchors,
  tour,
  tourFormulas: () => import('./tourFormulas.ts'),
  load: () => import('./lab.ts'),
  presets: () => import('./presets.json'),
  presetPictures: () => import('virtual:preset-pictures/denoise'),
  derivation: {
    formulas: () => import('./derivation.ts'),
    en: () => import('./derivation.en.json'),
    zh: () => import('./derivation.zh.json'),
  },
});
