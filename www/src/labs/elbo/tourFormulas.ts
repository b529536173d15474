/** Formulas of this lab's stops of the guided tour. */
import { tex, type SetFormula } from '../../formula.ts';
import type { tour } from './tour.ts';

export default {
  gap: tex`\mathcal{L}_K = \mathbb{E}\Bigl[\log \tfrac1K \textstyle\sum_k \tfrac{p(x, z_k)}{q(z_k \mid x)}\Bigr]`,
  layers: tex`p(z_{1:L}) = p(z_L)\, \textstyle\prod_{l<L} p(z_l \mid z_{>l})`,
  terms: tex`-\mathrm{ELBO} = L_T + \textstyle\sum_{t=2}^{T} L_{t-1} + L_0`,
  schedule: tex`L_{t-1} = \tfrac12 \bigl(\mathrm{SNR}(t{-}1) - \mathrm{SNR}(t)\bigr)\, \mathbb{E}\|x_0 - \hat x_0\|^2`,
  compare: tex`\log p(x) \ge \mathrm{ELBO}(x)`,
  odd: tex`\mathrm{ELBO}(x) \ll \mathrm{ELBO}(x_{\text{test}})`,
  strangers: tex`s(x) = \mathrm{ELBO}(x) - \log p_{\text{code}}(x)`,
  digit: tex`p(c \mid x) \approx \operatorname{softmax}_c\, \mathrm{ELBO}(x \mid c)`,
} satisfies Record<keyof typeof tour, SetFormula>;
