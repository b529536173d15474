import { defineLab } from '../define.ts';
import { fitStart, settings } from './settings.ts';

export const inference = defineLab({
  id: 'inference',
  name: { en: 'Inference', zh: '推断' },
  accent: 'accent-inference',
  needs: [],
  state: { inference: settings },
  fit(state, reject) {
    const misfit = fitStart(state.inference);
    if (misfit !== null) reject('q', misfit);
  },
  load: () => import('./lab.ts'),
});
