/** Classical variational inference, where log Z is known. */
import { tex } from '../../formula.ts';
import type { Derivation } from '../derivation.ts';

export const derivation = {
  symbols: {
    p: { tex: tex`p`, anchor: 'target' },
    q: { tex: tex`q`, anchor: 'family' },
    logZ: { tex: tex`\log Z`, anchor: 'log-z' },
    elbo: { tex: tex`\ELBO(q)`, anchor: 'elbo-exact' },
    estimate: { tex: tex`\widehat{\ELBO}`, anchor: 'elbo-draws' },
    gap: { tex: tex`\KL{q}{p}`, anchor: 'inference-gap' },
    mu: { tex: tex`\mu`, anchor: 'q-mean' },
    L: { tex: tex`L`, anchor: 'q-scale' },
    sigma: { tex: tex`\sigma_i`, anchor: 'q-scale' },
    S: { tex: tex`S`, anchor: 'draws' },
    K: { tex: tex`K`, anchor: 'components' },
    gradient: { tex: tex`\hat g`, anchor: 'gradient' },
    slope: { tex: tex`\lVert \nabla\, \ELBO \rVert`, anchor: 'gradient-norm' },
    variance: { tex: tex`\Var[\hat g]`, anchor: 'gradient-variance' },
    reverse: { tex: tex`\KL{q}{p}`, anchor: 'reverse-kl' },
    forward: { tex: tex`\KL{p}{q}`, anchor: 'forward-kl' },
  },
  steps: [
    {
      id: 'identity',
      formulas: [
        tex.display`\begin{aligned} \link{logZ}{\log Z} ={}& \underbrace{\E_{\link{q}{q}}\bigl[\log \tilde{\link{p}{p}}(z) - \log q(z)\bigr]}_{\link{elbo}{\ELBO(q)}} \\ &+ \underbrace{\E_q\bigl[\log q(z) - \log p(z)\bigr]}_{\link{gap}{\KL{q}{p}}} \end{aligned}`,
        tex.display`\begin{aligned} \link{gap}{\KL{q}{p}} &= \E_q\Bigl[-\log \tfrac{p(z)}{q(z)}\Bigr] \\ &\ge -\log \E_q\Bigl[\tfrac{p(z)}{q(z)}\Bigr] \ge 0 \end{aligned}`,
      ],
      wrong: tex.display`\begin{aligned} \ELBO(q) &= \E_q\Bigl[\tfrac{\tilde p(z)}{q(z)}\Bigr], \\ \log Z &= \ELBO(q) - \KL{q}{p} \end{aligned}`,
      functions: ['math::inference::exact::exact', 'math::inference::target::Target::log_z'],
      cites: ['jordan1999', 'blei2017'],
    },
    {
      id: 'path',
      formulas: [
        tex.display`\begin{aligned} z &= \link{mu}{\mu} + \link{L}{L}\,\varepsilon, \quad \varepsilon \sim \N(0, I) \\ \link{elbo}{\ELBO(q_\phi)} &= \E_\varepsilon\bigl[f_\phi(\mu + L\varepsilon)\bigr], \\ f_\phi(z) &= \log \tilde{\link{p}{p}}(z) - \log q_\phi(z) \end{aligned}`,
        tex.display`\nabla_\phi\, \ELBO = \E_\varepsilon\Bigl[\tfrac{\partial z}{\partial \phi}^{\!\mathsf T} \nabla_{\!z} f_\phi(z) - \nabla_\phi \log q_\phi(z)\Bigr]`,
        tex.display`\link{gradient}{\hat g} = \frac{1}{\link{S}{S}} \sum_{s=1}^{S} \nabla_\phi\, f_\phi(\mu + L\varepsilon_s)`,
      ],
      functions: [
        'math::inference::variational::Gaussian::at',
        'math::inference::gradient::Integrand::gradient',
        'math::inference::gradient::estimate',
      ],
      cites: ['kingma2014', 'rezende2014', 'roeder2017'],
    },
    {
      id: 'score',
      formulas: [
        tex.display`\begin{aligned} & \nabla_\phi\, \ELBO \\ &= \int f_\phi\, \nabla_\phi q_\phi\, dz + \int q_\phi\, \nabla_\phi f_\phi\, dz \\ &= \E_{q}\bigl[f_\phi(z)\, \nabla_\phi \log q_\phi(z)\bigr] - \underbrace{\E_{q}\bigl[\nabla_\phi \log q_\phi(z)\bigr]}_{0} \end{aligned}`,
        tex.display`\link{variance}{\Var[\hat g]} = \frac{1}{\link{S}{S}} \Bigl( \E_q\bigl[f_\phi^2\, \lVert \nabla_\phi \log q_\phi \rVert^2\bigr] - \link{slope}{\lVert \nabla_\phi\, \ELBO \rVert}^2 \Bigr)`,
      ],
      functions: [
        'math::inference::variational::PointEvaluation::score',
        'math::inference::exact::exact',
      ],
      cites: ['ranganath2014'],
    },
    {
      id: 'meanField',
      formulas: [
        tex.display`\log q_i^\ast(z_i) = \E_{q_{j \ne i}}\bigl[\log \tilde{\link{p}{p}}(z)\bigr] + c`,
        tex.display`\begin{aligned} \link{reverse}{\KL{q}{p}} = \tfrac12 \Bigl[ &\textstyle\sum_i \Lambda_{ii}\, \link{sigma}{\sigma_i^2} + \link{mu}{\mu}^{\mathsf T} \Lambda \mu - 2 \\ &\textstyle - \sum_i \log \sigma_i^2 - \log \lvert \Lambda \rvert \Bigr] \end{aligned}`,
        tex.display`\begin{aligned} \mu^\ast &= 0, \quad \sigma_i^{\ast 2} = \frac{1}{\Lambda_{ii}} = s_i^2\,(1 - \rho^2), \\[4pt] \link{gap}{\KL{q^\ast}{p}} &= -\tfrac12 \log(1 - \rho^2) \end{aligned}`,
      ],
      wrong: tex.display`q_i^\ast(z_i) = p(z_i), \quad \sigma_i^{\ast 2} = s_i^2`,
      functions: ['math::inference::exact::exact', 'math::inference::forward::forward_fit'],
      cites: ['bishop2006', 'blei2017'],
    },
    {
      id: 'mixture',
      formulas: [
        tex.display`\begin{aligned} q(z) &= \sum_{k=1}^{\link{K}{K}} \pi_k\, \N\bigl(z;\, \link{mu}{\mu_k}, \operatorname{diag} \link{sigma}{\sigma_k^2}\bigr), \\ \link{elbo}{\ELBO(q)} &= \sum_{k} \pi_k\, \E_{q_k}\bigl[\log \tilde{\link{p}{p}}(z) - \log q(z)\bigr] \end{aligned}`,
        tex.display`\link{estimate}{\widehat{\ELBO}} = \sum_k \pi_k\, \frac{1}{\link{S}{S}} \sum_{s=1}^{S} f_\phi(\mu_k + \sigma_k \odot \varepsilon_{ks})`,
      ],
      wrong: tex.display`\ELBO(q) = \sum_k \pi_k\, \E_{q_k}\bigl[\log \tilde p(z) - \log q_k(z)\bigr]`,
      functions: [
        'math::inference::gradient::estimate',
        'math::inference::variational::Mixture::evaluate',
      ],
      cites: ['morningstar2021'],
    },
    {
      id: 'directions',
      formulas: [
        tex.display`\link{reverse}{\KL{q}{p}} = \int q(z) \log \frac{q(z)}{p(z)}\, dz`,
        tex.display`\begin{aligned} \link{forward}{\KL{p}{q}} &= \E_p[\log p(z)] - \E_p[\log q(z)], \\ \nabla_\phi \KL{p}{q} &= -\E_p\bigl[\nabla_\phi \log q_\phi(z)\bigr] \end{aligned}`,
        tex.display`\E_q[z] = \E_p[z], \quad \operatorname{Cov}_q[z] = \operatorname{Cov}_p[z]`,
      ],
      functions: ['math::inference::forward::forward_fit', 'math::inference::exact::forward_kl'],
      cites: ['bishop2006'],
    },
  ],
} as const satisfies Derivation;
