/** Whole data sets: noise for each image, and how well a value tells two sets apart. */
import { tex } from '../../formula.ts';
import type { Derivation } from '../derivation.ts';

export const derivation = {
  symbols: {
    s: { tex: tex`s(x)`, anchor: 'set-spread' },
    mean: { tex: tex`\bar s`, anchor: 'set-mean' },
    images: { tex: tex`x_i`, anchor: 'set-rows' },
    area: { tex: tex`A`, anchor: 'set-auroc' },
    curve: { tex: tex`(u, v)`, anchor: 'set-curve' },
  },
  steps: [
    {
      id: 'images',
      formulas: [
        tex.display`\link{s}{s}(\link{images}{x_i}) = \ELBO\bigl(x_i;\ \text{seed}_i\bigr), \quad \text{seed}_i = h(\text{seed}, i)`,
        tex.display`\link{mean}{\bar s} = \frac1n \sum_{i=1}^{n} s(x_i), \quad \operatorname{se}^2 = \frac{1}{n(n-1)} \sum_{i=1}^{n} \bigl(s(x_i) - \bar s\bigr)^2`,
      ],
      functions: ['engine::image_set::image_seed', 'engine::image_set::image_order'],
      cites: ['burda2016'],
    },
    {
      id: 'apart',
      formulas: [
        tex.display`\begin{aligned} & \link{curve}{(u, v)} \\ &= \Bigl(\tfrac1n \sum_{j} \mathbf 1[s(y_j) \ge c],\ \tfrac1m \sum_{i} \mathbf 1[s(x_i) \ge c]\Bigr) \end{aligned}`,
        tex.display`\begin{aligned} \link{area}{A} &= \frac{1}{mn} \sum_{i=1}^{m} \sum_{j=1}^{n} \psi_{ij}, \\ \psi_{ij} &= \mathbf 1[s(x_i) > s(y_j)] + \tfrac12\, \mathbf 1[s(x_i) = s(y_j)] \end{aligned}`,
        tex.display`\begin{aligned} \operatorname{se}^2(A) &= \frac1m \operatorname{Var}_i\bigl[V_i\bigr] + \frac1n \operatorname{Var}_j\bigl[W_j\bigr], \\ V_i &= \frac1n \sum_j \psi_{ij}, \quad W_j = \frac1m \sum_i \psi_{ij} \end{aligned}`,
      ],
      wrong: tex.display`s(x) > s(y) \;\Rightarrow\; x \text{ is the more typical image}`,
      functions: ['math::roc::roc'],
      cites: ['mann1947', 'delong1988', 'nalisnick2019'],
    },
  ],
} as const satisfies Derivation;
