/** The labs, in the order of the navigation; the first is the one that an address without a lab opens. */
import { denoise } from './denoise/index.ts';
import { elbo } from './elbo/index.ts';
import { inference } from './inference/index.ts';
import { latent } from './latent/index.ts';
import { plane } from './plane/index.ts';
import { sets } from './sets/index.ts';

export const LABS = [latent, denoise, elbo, inference, plane, sets] as const;

export type Lab = (typeof LABS)[number]['id'];

export const definitionOf = (lab: Lab) => LABS.find(({ id }) => id === lab) ?? LABS[0];
