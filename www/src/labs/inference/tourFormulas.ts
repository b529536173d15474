/** Formulas of this lab's stops of the guided tour. */
import { tex, type SetFormula } from '../../formula.ts';
import type { tour } from './tour.ts';

export default {
  bound: tex`\log Z = \mathrm{ELBO}(q) + \mathrm{KL}(q\,\|\,p)`,
  divergences: tex`\mathrm{KL}(q\,\|\,p) \ne \mathrm{KL}(p\,\|\,q)`,
  gradients: tex`z = \mu + \sigma \odot \varepsilon,\quad \varepsilon \sim \mathcal N(0, I)`,
  'mean-field': tex`q(z) = q_1(z_1)\, q_2(z_2)`,
} satisfies Record<keyof typeof tour, SetFormula>;
