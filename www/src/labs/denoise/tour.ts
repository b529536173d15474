/** The steps of the guided tour in this lab. */
import { stops } from '../stops.ts';
import { settings } from './settings.ts';

export const tour = stops(settings, {
  diffusion: {
    place: 90,
    setting: { denoise: { step: 0 } },
    at: ['x-t', 'predicted-x0'],
    tex: 'q(x_t \\mid x_0) = \\mathcal N\\bigl(\\sqrt{\\bar\\alpha_t}\\,x_0,\\ (1-\\bar\\alpha_t)\\,I\\bigr)',
    needs: ({ models }) => models.some(({ kind }) => kind === 'ddpm'),
  },
});
