/** Formulas of this lab's stops of the guided tour. */
import { tex, type SetFormula } from '../../formula.ts';
import type { tour } from './tour.ts';

export default {
  known: tex`p_t(x) = \textstyle\sum_k w_k\, \mathcal N\bigl(x;\ \alpha_t m_k,\ \alpha_t^2 C_k + \sigma_t^2 I\bigr)`,
  ends: tex`\log p(x) - \mathrm{ELBO} \xrightarrow{\;T \to \infty\;} \text{ends}`,
  wrong: tex`\tfrac12 \int \mathrm{SNR}\, \bigl(\mathbb E\|x - \hat x_\theta\|^2 - \mathbb E\|x - \hat x_0\|^2\bigr)\, \mathrm d\lambda`,
} satisfies Record<keyof typeof tour, SetFormula>;
