/** The steps of the guided tour in their order, as they are named in an address. */
export const TOUR_STEPS = [
  'integral',
  'bound',
  'divergences',
  'gradients',
  'mean-field',
  'vae',
  'gap',
  'layers',
  'diffusion',
  'terms',
  'schedule',
  'compare',
  'odd',
  'digit',
] as const;
export type TourStep = (typeof TOUR_STEPS)[number];
