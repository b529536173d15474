/** The steps of the guided tour in this lab. */
import { isDiffusion } from '../../../engine/facts.ts';
import { stops } from '../stops.ts';
import { settings } from './settings.ts';

export const tour = stops(settings, {
  diffusion: {
    place: 90,
    setting: { denoise: { step: 0 } },
    at: ['x-t', 'predicted-x0'],
    needs: ({ models }) => models.some(isDiffusion),
  },
});
