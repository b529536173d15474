/** The steps of the guided tour in this lab. */
import { stops } from '../stops.ts';
import { besideSettings, settings } from './settings.ts';

export const tour = stops(
  { inference: settings, besideFit: besideSettings },
  {
    bound: {
      place: 20,
      setting: { inference: { target: 'banana', family: 'full-covariance' } },
      at: ['run', 'elbo-exact', 'inference-gap', 'log-z'],
    },
    divergences: {
      place: 30,
      setting: { inference: { target: 'two-gaussians', iterations: 600 } },
      at: ['reverse-plane', 'forward-plane'],
    },
    gradients: {
      place: 40,
      setting: {
        inference: { target: 'logistic-regression', draws: 5, iterations: 400 },
      },
      at: ['gradient-variance', 'gradient'],
    },
    'mean-field': {
      place: 50,
      setting: { inference: { iterations: 800 } },
      at: ['reverse-plane', 'family', 'inference-gap'],
    },
  },
);
