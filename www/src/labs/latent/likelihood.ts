import { tex, type SetFormula } from '../../formula.ts';
import type { VaeEntry } from '../../../engine/protocol.ts';

/** What the latent lab's decoder is of, by the model's likelihood. */
const FORMULAS: Record<VaeEntry['likelihood'], SetFormula> = {
  bernoulli: tex`p_\theta(x \mid z) = \mathrm{Bernoulli}\big(f_\theta(z)\big)`,
  'grey-bernoulli': tex`\log \tilde p_\theta(x \mid z) = \textstyle\sum_i x_i \log f_\theta(z)_i + (1 - x_i) \log\big(1 - f_\theta(z)_i\big)`,
  gaussian: tex`p_\theta(x \mid z) = \mathcal N\big(f_\theta(z), \sigma^2 I\big)`,
  'discretized-logistic': tex`P_\theta(x \mid z) = \textstyle\int_{x - 1/255}^{x + 1/255} \mathrm{Logistic}\big(y;\, \mu_\theta(z), s_\theta(z)\big)\, \mathrm{d}y`,
  'logistic-mixture': tex`P_\theta(x \mid z) = \textstyle\sum_k \pi_k \int_{x - 1/255}^{x + 1/255} \mathrm{Logistic}(y;\, \mu_k, s_k)\, \mathrm{d}y`,
};

export const likelihoodTex = (entry: VaeEntry | undefined): SetFormula =>
  FORMULAS[entry?.likelihood ?? 'bernoulli'];
