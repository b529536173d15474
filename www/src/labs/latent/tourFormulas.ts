/** Formulas of this lab's stops of the guided tour. */
import { tex, type SetFormula } from '../../formula.ts';
import type { tour } from './tour.ts';

export default {
  integral: tex`p(x) = \int p(x \mid z)\, p(z)\, \mathrm{d}z`,
  vae: tex`\mathrm{ELBO}(x) = \mathbb{E}_q[\log p(x \mid z)] - \mathrm{KL}\bigl(q(z \mid x)\,\|\,p(z)\bigr)`,
} satisfies Record<keyof typeof tour, SetFormula>;
