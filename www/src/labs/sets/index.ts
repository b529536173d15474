import { defineLab } from '../define.ts';
import { anchors } from './anchors.ts';
import { settings } from './settings.ts';

export const sets = defineLab({
  id: 'sets',
  name: (text) => text.setsLab.name,
  accent: 'accent-none',
  needs: ['vae'],
  workers: ['decoder'],
  state: { sets: settings },
  anchors,
  tour: {},
  load: () => import('./lab.ts'),
  presets: () => import('./presets.json'),
  derivation: {
    formulas: () => import('./derivation.ts'),
    en: () => import('./derivation.en.json'),
    zh: () => import('./derivation.zh.json'),
  },
});
