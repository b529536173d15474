/** The steps of the guided tour in this lab. */
import {
  classKind,
  datasetsOf,
  hasLatents,
  isDiffusion,
  isHierarchy,
  taskOf,
} from '../../../engine/facts.ts';
import { hasBound, stops } from '../stops.ts';
import { settings } from './settings.ts';

/** The example that these steps score. */
const IMAGE = { example: '3' };

export const tour = stops(settings, {
  gap: {
    place: 70,
    setting: { elbo: { image: IMAGE } },
    at: ['importance', 'gap'],
    accent: 'accent-vae',
    needs: ({ models }) => models.some((entry) => hasLatents(entry) && hasBound(entry)),
  },
  layers: {
    place: 80,
    setting: { elbo: { image: IMAGE, level: 1 } },
    at: ['level', 'layers'],
    accent: 'accent-hvae',
    needs: ({ models }) => models.some(isHierarchy),
  },
  terms: {
    place: 110,
    setting: { elbo: { image: IMAGE } },
    at: ['prior', 'denoising', 'l0', 'timestep-costs'],
    accent: 'accent-ddpm',
    needs: ({ models }) => models.some(isDiffusion),
  },
  schedule: {
    place: 120,
    setting: { elbo: { image: IMAGE } },
    at: ['bound-schedule', 'l0', 'sweep'],
    accent: 'accent-ddpm',
    needs: ({ models }) => models.some(isDiffusion),
  },
  compare: {
    place: 150,
    setting: { elbo: { image: IMAGE } },
    at: ['compare-binarized'],
    needs: ({ models }) =>
      models.filter((entry) => hasBound(entry) && taskOf(entry) === 'binarized').length > 1,
  },
  odd: {
    place: 160,
    setting: { elbo: { image: { example: 'smiley' } } },
    at: ['surprise', 'picture'],
    accent: 'accent-vae',
    needs: ({ models, evaluated }) =>
      evaluated && models.some((entry) => hasLatents(entry) && hasBound(entry)),
  },
  strangers: {
    place: 165,
    setting: { elbo: { image: IMAGE, strangers: true } },
    at: ['strangers', 'picture'],
    needs: ({ models, evaluated }) => evaluated && datasetsOf(models.filter(hasBound)).length > 1,
  },
  digit: {
    place: 170,
    setting: { elbo: { image: { example: '9-curled' } } },
    at: ['classes', 'picture'],
    needs: ({ models }) =>
      models.some((entry) => isDiffusion(entry) && classKind(entry.classes) === 'digits'),
  },
});
