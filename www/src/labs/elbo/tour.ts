/** The steps of the guided tour in this lab. */
import { classKind, classesOf, datasetsOf, taskOf } from '../../../engine/facts.ts';
import { hasBound, stops } from '../stops.ts';
import { settings } from './settings.ts';

/** The example that these steps score. */
const IMAGE = { example: '3' };

export const tour = stops(settings, {
  gap: {
    place: 70,
    setting: { elbo: { image: IMAGE } },
    at: ['importance', 'gap'],
    of: 'vae',
    tex: '\\mathcal{L}_K = \\mathbb{E}\\Bigl[\\log \\tfrac1K \\textstyle\\sum_k \\tfrac{p(x, z_k)}{q(z_k \\mid x)}\\Bigr]',
    needs: ({ models }) => models.some((entry) => entry.kind === 'vae' && hasBound(entry)),
  },
  layers: {
    place: 80,
    setting: { elbo: { image: IMAGE, level: 1 } },
    at: ['level', 'layers'],
    of: 'hvae',
    tex: 'p(z_{1:L}) = p(z_L)\\, \\textstyle\\prod_{l<L} p(z_l \\mid z_{>l})',
    needs: ({ models }) => models.some(({ kind }) => kind === 'hvae'),
  },
  terms: {
    place: 110,
    setting: { elbo: { image: IMAGE } },
    at: ['prior', 'denoising', 'l0', 'timestep-costs'],
    of: 'ddpm',
    tex: '-\\mathrm{ELBO} = L_T + \\textstyle\\sum_{t=2}^{T} L_{t-1} + L_0',
    needs: ({ models }) => models.some(({ kind }) => kind === 'ddpm'),
  },
  schedule: {
    place: 120,
    setting: { elbo: { image: IMAGE } },
    at: ['bound-schedule', 'l0', 'sweep'],
    of: 'ddpm',
    tex: 'L_{t-1} = \\tfrac12 \\bigl(\\mathrm{SNR}(t{-}1) - \\mathrm{SNR}(t)\\bigr)\\, \\mathbb{E}\\|x_0 - \\hat x_0\\|^2',
    needs: ({ models }) => models.some(({ kind }) => kind === 'ddpm'),
  },
  compare: {
    place: 150,
    setting: { elbo: { image: IMAGE } },
    at: ['compare-binarized'],
    tex: '\\log p(x) \\ge \\mathrm{ELBO}(x)',
    needs: ({ models }) =>
      models.filter((entry) => hasBound(entry) && taskOf(entry) === 'binarized').length > 1,
  },
  odd: {
    place: 160,
    setting: { elbo: { image: { example: 'smiley' } } },
    at: ['surprise', 'picture'],
    of: 'vae',
    tex: '\\mathrm{ELBO}(x) \\ll \\mathrm{ELBO}(x_{\\text{test}})',
    needs: ({ models, evaluated }) =>
      evaluated && models.some((entry) => entry.kind === 'vae' && hasBound(entry)),
  },
  strangers: {
    place: 165,
    setting: { elbo: { image: IMAGE, strangers: true } },
    at: ['strangers', 'picture'],
    tex: 's(x) = \\mathrm{ELBO}(x) - \\log p_{\\text{code}}(x)',
    needs: ({ models, evaluated }) => evaluated && datasetsOf(models.filter(hasBound)).length > 1,
  },
  digit: {
    place: 170,
    setting: { elbo: { image: { example: '9-curled' } } },
    at: ['classes', 'picture'],
    tex: 'p(c \\mid x) \\approx \\operatorname{softmax}_c\\, \\mathrm{ELBO}(x \\mid c)',
    needs: ({ models }) =>
      models.some((entry) => entry.kind === 'ddpm' && classKind(classesOf(entry)) === 'digits'),
  },
});
