import { defineLab } from '../define.ts';
import { fitTimestep, settings } from './settings.ts';

export const plane = defineLab({
  id: 'plane',
  name: { en: 'Plane', zh: '平面' },
  accent: 'accent-ddpm',
  needs: [],
  state: { plane: settings },
  fit(state, reject) {
    const beyond = fitTimestep(state.plane);
    if (beyond !== null) reject('pt', beyond);
  },
  load: () => import('./lab.ts'),
});
