import { defineLab } from '../define.ts';
import { fit, fitModels, settings } from './settings.ts';

export const latent = defineLab({
  id: 'latent',
  name: { en: 'Latent', zh: '隐空间' },
  accent: 'accent-vae',
  needs: ['vae', 'ddpm'],
  scored: true,
  state: settings,
  fit,
  fitModels,
  load: () => import('./lab.ts'),
});
