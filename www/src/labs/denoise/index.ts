import { defineLab } from '../define.ts';
import { fit, fitModels, settings } from './settings.ts';

export const denoise = defineLab({
  id: 'denoise',
  name: { en: 'Denoise', zh: '去噪' },
  accent: 'accent-ddpm',
  needs: ['ddpm', 'vae'],
  scored: true,
  takes: 'noise',
  state: settings,
  fit,
  fitModels,
  load: () => import('./lab.ts'),
});
