/** The steps of the guided tour in this lab. */
import { stops } from '../stops.ts';
import { besideSettings, settings } from './settings.ts';

export const tour = stops(
  { plane: settings, besidePlane: besideSettings },
  {
    known: {
      place: 100,
      setting: { plane: { t: 60 } },
      at: ['plane-denoise', 'plane-samplers', 'plane-log-p'],
    },
    ends: {
      place: 130,
      setting: { plane: { schedule: 'linear', steps: 20, t: 6 } },
      at: ['plane-sweep', 'plane-steps', 'plane-parts'],
    },
    wrong: {
      place: 140,
      setting: { plane: { model: 'network', trained: 1000 } },
      at: ['plane-train', 'plane-errors', 'plane-scores'],
    },
  },
);
