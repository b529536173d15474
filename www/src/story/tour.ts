/** What each step of the guided tour sets the page to, and what it points at. Pure: no DOM, no reactivity. */
import { boundLack, classesOf, classKind, taskOf } from '../engine/facts.ts';
import type { ModelEntry } from '../engine/protocol.ts';
import { defaultState, type PageState, TOUR_STEPS, type TourStep } from '../state.ts';
import type { Anchor } from './anchors.ts';

/** The parts of the state that a step sets; all others have their defaults. */
type Setting = Pick<PageState, 'lab'> & {
  [Part in 'latent' | 'denoise' | 'bound' | 'elbo' | 'inference' | 'plane']?: Partial<
    PageState[Part]
  >;
};

export interface Stop {
  setting: Setting;
  /** Elements to look at, the first of them in any case. */
  at: readonly [Anchor, ...Anchor[]];
  /** Whose, where several models have the same. */
  of?: 'vae' | 'hvae' | 'ddpm';
  tex: string;
}

/** The example that the ELBO lab's steps score. */
const IMAGE = { example: '3' };

/** The accent of the model, or of the lab, that a stop is about. */
export const accentOf = ({ setting: { lab }, of }: Stop): string =>
  of ??
  { latent: 'vae', denoise: 'ddpm', elbo: 'none', inference: 'inference', plane: 'ddpm' }[lab];

export const STOPS: Record<TourStep, Stop> = {
  integral: {
    setting: { lab: 'latent' },
    at: ['latent-random', 'latent-digit'],
    tex: 'p(x) = \\int p(x \\mid z)\\, p(z)\\, \\mathrm{d}z',
  },
  bound: {
    setting: { lab: 'inference', inference: { target: 'banana', family: 'full-covariance' } },
    at: ['run', 'elbo-exact', 'inference-gap', 'log-z'],
    tex: '\\log Z = \\mathrm{ELBO}(q) + \\mathrm{KL}(q\\,\\|\\,p)',
  },
  divergences: {
    setting: { lab: 'inference', inference: { target: 'two-gaussians', iterations: 600 } },
    at: ['reverse-plane', 'forward-plane'],
    tex: '\\mathrm{KL}(q\\,\\|\\,p) \\ne \\mathrm{KL}(p\\,\\|\\,q)',
  },
  gradients: {
    setting: {
      lab: 'inference',
      inference: { target: 'logistic-regression', draws: 5, iterations: 400 },
    },
    at: ['gradient-variance', 'gradient'],
    tex: 'z = \\mu + \\sigma \\odot \\varepsilon,\\quad \\varepsilon \\sim \\mathcal N(0, I)',
  },
  'mean-field': {
    setting: { lab: 'inference', inference: { iterations: 800 } },
    at: ['reverse-plane', 'family', 'inference-gap'],
    tex: 'q(z) = q_1(z_1)\\, q_2(z_2)',
  },
  vae: {
    setting: { lab: 'latent' },
    at: ['kl-per-latent', 'vae-elbo', 'latents'],
    tex: '\\mathrm{ELBO}(x) = \\mathbb{E}_q[\\log p(x \\mid z)] - \\mathrm{KL}\\bigl(q(z \\mid x)\\,\\|\\,p(z)\\bigr)',
  },
  gap: {
    setting: { lab: 'elbo', elbo: { image: IMAGE } },
    at: ['importance', 'gap'],
    of: 'vae',
    tex: '\\mathcal{L}_K = \\mathbb{E}\\Bigl[\\log \\tfrac1K \\textstyle\\sum_k \\tfrac{p(x, z_k)}{q(z_k \\mid x)}\\Bigr]',
  },
  layers: {
    setting: { lab: 'elbo', elbo: { image: IMAGE, level: 1 } },
    at: ['level', 'layers'],
    of: 'hvae',
    tex: 'p(z_{1:L}) = p(z_L)\\, \\textstyle\\prod_{l<L} p(z_l \\mid z_{>l})',
  },
  diffusion: {
    setting: { lab: 'denoise', denoise: { step: 0 } },
    at: ['x-t', 'predicted-x0'],
    tex: 'q(x_t \\mid x_0) = \\mathcal N\\bigl(\\sqrt{\\bar\\alpha_t}\\,x_0,\\ (1-\\bar\\alpha_t)\\,I\\bigr)',
  },
  known: {
    setting: { lab: 'plane', plane: { t: 60 } },
    at: ['plane-denoise', 'plane-samplers', 'plane-log-p'],
    tex: 'p_t(x) = \\textstyle\\sum_k w_k\\, \\mathcal N\\bigl(x;\\ \\alpha_t m_k,\\ \\alpha_t^2 C_k + \\sigma_t^2 I\\bigr)',
  },
  terms: {
    setting: { lab: 'elbo', elbo: { image: IMAGE } },
    at: ['prior', 'denoising', 'l0', 'timestep-costs'],
    of: 'ddpm',
    tex: '-\\mathrm{ELBO} = L_T + \\textstyle\\sum_{t=2}^{T} L_{t-1} + L_0',
  },
  schedule: {
    setting: { lab: 'elbo', elbo: { image: IMAGE } },
    at: ['bound-schedule', 'l0', 'sweep'],
    of: 'ddpm',
    tex: 'L_{t-1} = \\tfrac12 \\bigl(\\mathrm{SNR}(t{-}1) - \\mathrm{SNR}(t)\\bigr)\\, \\mathbb{E}\\|x_0 - \\hat x_0\\|^2',
  },
  ends: {
    setting: { lab: 'plane', plane: { schedule: 'linear', steps: 20, t: 6 } },
    at: ['plane-sweep', 'plane-steps', 'plane-parts'],
    tex: '\\log p(x) - \\mathrm{ELBO} \\xrightarrow{\\;T \\to \\infty\\;} \\text{ends}',
  },
  wrong: {
    setting: { lab: 'plane', plane: { model: 'network', trained: 1000 } },
    at: ['plane-train', 'plane-errors', 'plane-scores'],
    tex: '\\tfrac12 \\int \\mathrm{SNR}\\, \\bigl(\\mathbb E\\|x - \\hat x_\\theta\\|^2 - \\mathbb E\\|x - \\hat x_0\\|^2\\bigr)\\, \\mathrm d\\lambda',
  },
  compare: {
    setting: { lab: 'elbo', elbo: { image: IMAGE } },
    at: ['compare-binarized'],
    tex: '\\log p(x) \\ge \\mathrm{ELBO}(x)',
  },
  odd: {
    setting: { lab: 'elbo', elbo: { image: { example: 'smiley' } } },
    at: ['surprise', 'picture'],
    of: 'vae',
    tex: '\\mathrm{ELBO}(x) \\ll \\mathrm{ELBO}(x_{\\text{test}})',
  },
  digit: {
    setting: { lab: 'elbo', elbo: { image: { example: '9-curled' } } },
    at: ['classes', 'picture'],
    tex: 'p(c \\mid x) \\approx \\operatorname{softmax}_c\\, \\mathrm{ELBO}(x \\mid c)',
  },
};

/** What a site has, as far as the tour needs it. */
export interface Site {
  models: readonly ModelEntry[];
  /** Whether there are scores of a test set. */
  evaluated: boolean;
}

const hasBound = (entry: ModelEntry) => boundLack(entry) === null;

/** Whether the site has what a step shows; those that are not here need no model. */
const NEEDS: Partial<Record<TourStep, (site: Site) => boolean>> = {
  integral: ({ models }) => models.some(({ kind }) => kind === 'vae'),
  vae: ({ models }) => models.some((entry) => entry.kind === 'vae' && hasBound(entry)),
  gap: ({ models }) => models.some((entry) => entry.kind === 'vae' && hasBound(entry)),
  layers: ({ models }) => models.some(({ kind }) => kind === 'hvae'),
  diffusion: ({ models }) => models.some(({ kind }) => kind === 'ddpm'),
  terms: ({ models }) => models.some(({ kind }) => kind === 'ddpm'),
  schedule: ({ models }) => models.some(({ kind }) => kind === 'ddpm'),
  compare: ({ models }) =>
    models.filter((entry) => hasBound(entry) && taskOf(entry) === 'binarized').length > 1,
  odd: ({ models, evaluated }) =>
    evaluated && models.some((entry) => entry.kind === 'vae' && hasBound(entry)),
  digit: ({ models }) =>
    models.some((entry) => entry.kind === 'ddpm' && classKind(classesOf(entry)) === 'digits'),
};

/** The steps that can be shown on a site; all of them while it is not known. */
export const stepsFor = (site: Site | null): TourStep[] =>
  TOUR_STEPS.filter((step) => site === null || (NEEDS[step]?.(site) ?? true));

/** The page as a step wants it; the language and the models stay those of the visitor. */
export function stateAt(step: TourStep, { language, vae, ddpm }: PageState): PageState {
  const standard = defaultState();
  const { setting } = STOPS[step];
  return {
    ...standard,
    language,
    vae,
    ddpm,
    tour: step,
    lab: setting.lab,
    latent: { ...standard.latent, ...setting.latent },
    denoise: { ...standard.denoise, ...setting.denoise },
    bound: { ...standard.bound, ...setting.bound },
    elbo: { ...standard.elbo, ...setting.elbo },
    inference: { ...standard.inference, ...setting.inference },
    plane: { ...standard.plane, ...setting.plane },
  };
}
