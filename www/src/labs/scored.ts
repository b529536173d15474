/** What the symbols of derivations can stand for in more than one lab. */

/** In the card of a model's bound, in whichever lab. */
export const BOUND_ANCHORS = [
  'kl-per-latent',
  'prior',
  'denoising',
  'l0',
  'ddpm-elbo',
  'bound-schedule',
  'bound-timesteps',
  'timestep-costs',
] as const;

/** In “ELBO of this image”, below the labs that have it. */
export const SCORED_ANCHORS = [
  ...BOUND_ANCHORS,
  'vae-picture',
  'vae-reconstruction',
  'vae-kl',
  'vae-elbo',
] as const;
