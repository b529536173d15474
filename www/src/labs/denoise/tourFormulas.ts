/** Formulas of this lab's stops of the guided tour. */
import { tex, type SetFormula } from '../../formula.ts';
import type { tour } from './tour.ts';

export default {
  diffusion: tex`q(x_t \mid x_0) = \mathcal N\bigl(\sqrt{\bar\alpha_t}\,x_0,\ (1-\bar\alpha_t)\,I\bigr)`,
} satisfies Record<keyof typeof tour, SetFormula>;
