import { defineLab } from '../define.ts';
import { fit, fitModels, settings } from './settings.ts';

export const elbo = defineLab({
  id: 'elbo',
  name: { en: 'ELBO', zh: 'ELBO' },
  accent: 'accent-none',
  needs: ['vae', 'ddpm'],
  takes: 'score',
  state: settings,
  fit,
  fitModels,
  load: () => import('./lab.ts'),
});
