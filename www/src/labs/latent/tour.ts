/** The steps of the guided tour in this lab. */
import { hasBound, stops } from '../stops.ts';
import { settings } from './settings.ts';

export const tour = stops(settings, {
  integral: {
    place: 10,
    at: ['latent-random', 'latent-digit'],
    tex: 'p(x) = \\int p(x \\mid z)\\, p(z)\\, \\mathrm{d}z',
    needs: ({ models }) => models.some(({ kind }) => kind === 'vae'),
  },
  vae: {
    place: 60,
    at: ['kl-per-latent', 'vae-elbo', 'latents'],
    tex: '\\mathrm{ELBO}(x) = \\mathbb{E}_q[\\log p(x \\mid z)] - \\mathrm{KL}\\bigl(q(z \\mid x)\\,\\|\\,p(z)\\bigr)',
    needs: ({ models }) => models.some((entry) => entry.kind === 'vae' && hasBound(entry)),
  },
});
