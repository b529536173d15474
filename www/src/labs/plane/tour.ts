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
      tex: 'p_t(x) = \\textstyle\\sum_k w_k\\, \\mathcal N\\bigl(x;\\ \\alpha_t m_k,\\ \\alpha_t^2 C_k + \\sigma_t^2 I\\bigr)',
    },
    ends: {
      place: 130,
      setting: { plane: { schedule: 'linear', steps: 20, t: 6 } },
      at: ['plane-sweep', 'plane-steps', 'plane-parts'],
      tex: '\\log p(x) - \\mathrm{ELBO} \\xrightarrow{\\;T \\to \\infty\\;} \\text{ends}',
    },
    wrong: {
      place: 140,
      setting: { plane: { model: 'network', trained: 1000 } },
      at: ['plane-train', 'plane-errors', 'plane-scores'],
      tex: '\\tfrac12 \\int \\mathrm{SNR}\\, \\bigl(\\mathbb E\\|x - \\hat x_\\theta\\|^2 - \\mathbb E\\|x - \\hat x_0\\|^2\\bigr)\\, \\mathrm d\\lambda',
    },
  },
);
