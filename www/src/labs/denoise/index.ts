import { defineLab } from '../define.ts';
import { anchors } from './anchors.ts';
import { fit, fitModels, settings } from './settings.ts';
import { tour } from './tour.ts';

export const denoise = defineLab({
  id: 'denoise',
  name: { en: 'Denoise', zh: '去噪' },
  accent: 'accent-ddpm',
  needs: ['ddpm', 'vae'],
  scored: true,
  takes: 'noise',
  state: settings,
  opens: 'ddpm',
  fit,
  fitModels,
  anchors,
  tour,
  load: () => import('./lab.ts'),
  presets: () => import('./presets.json'),
  derivation: {
    formulas: () => import('./derivation.ts'),
    en: () => import('./derivation.en.ts'),
    zh: () => import('./derivation.zh.ts'),
  },
});
