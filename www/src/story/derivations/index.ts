import type { Lab } from '../../state.ts';
import { denoise } from './denoise.ts';
import { elbo } from './elbo.ts';
import { inference } from './inference.ts';
import { latent } from './latent.ts';
import { plane } from './plane.ts';
import type { Derivation, DerivationText } from './types.ts';

export const DERIVATIONS = { latent, denoise, elbo, inference, plane } as const satisfies Record<
  Lab,
  Derivation
>;

/** What a language has to say: every step and every symbol, and no other. */
export interface DerivationTexts {
  labs: { [L in Lab]: DerivationText<(typeof DERIVATIONS)[L]> };
  often: string;
  stands: string;
  computedBy: string;
  references: string;
  /** Of a link from a symbol to what is not there yet. */
  absent: string;
  etAl: (first: string) => string;
}

/** Every function of the crate that a derivation names. */
export const FUNCTIONS: readonly string[] = [
  ...new Set(
    Object.values(DERIVATIONS).flatMap(({ steps }) =>
      steps.flatMap(({ functions }) => [...functions]),
    ),
  ),
].sort();
