import { defineLab } from '../define.ts';
import { anchors } from './anchors.ts';
import { fit, fitModels, settings } from './settings.ts';
import { tour } from './tour.ts';

export const latent = defineLab({
  id: 'latent',
  name: { en: 'Latent', zh: '隐空间' },
  accent: 'accent-vae',
  needs: ['vae', 'ddpm'],
  scored: true,
  state: settings,
  fit,
  fitModels,
  anchors,
  tour,
  load: () => import('./lab.ts'),
  derivation: {
    formulas: () => import('./derivation.ts'),
    en: () => import('./derivation.en.ts'),
    zh: () => import('./derivation.zh.ts'),
  },
});
