/** The steps of the guided tour in this lab. */
import { hasLatents } from '../../../engine/facts.ts';
import { hasBound, stops } from '../stops.ts';
import { settings } from './settings.ts';

export const tour = stops(settings, {
  integral: {
    place: 10,
    at: ['latent-random', 'latent-digit'],
    needs: ({ models }) => models.some(hasLatents),
  },
  vae: {
    place: 60,
    at: ['kl-per-latent', 'vae-elbo', 'latents'],
    needs: ({ models }) => models.some((entry) => hasLatents(entry) && hasBound(entry)),
  },
});
