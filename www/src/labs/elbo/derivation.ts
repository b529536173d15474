/** What bounds on log p(x) are, how tight they are, and what they are good for. */
import { tex } from '../../formula.ts';
import type { Derivation } from '../derivation.ts';

export const derivation = {
  symbols: {
    x: { tex: tex`x`, anchor: 'picture' },
    K: { tex: tex`K`, anchor: 'samples' },
    elbo: { tex: tex`\mathcal L`, anchor: 'elbo' },
    LK: { tex: tex`\mathcal L_K`, anchor: 'log-likelihood' },
    curve: { tex: tex`\mathcal L_1 \le \mathcal L_K`, anchor: 'importance' },
    gap: { tex: tex`\KL{q}{p}`, anchor: 'gap' },
    ess: { tex: tex`n_{\mathrm{eff}}`, anchor: 'effective' },
    khat: { tex: tex`\hat k`, anchor: 'pareto' },
    reconstruction: { tex: tex`\E_q[\log p(x \mid z)]`, anchor: 'reconstruction' },
    kl: { tex: tex`\mathrm{KL}`, anchor: 'kl' },
    klLayer: { tex: tex`\mathrm{KL}_l`, anchor: 'layer-kl' },
    layer: { tex: tex`z_l`, anchor: 'layers' },
    posterior: { tex: tex`p(c \mid x)`, anchor: 'classes' },
    c: { tex: tex`c`, anchor: 'given' },
    H: { tex: tex`H`, anchor: 'entropy' },
    bits: { tex: tex`\text{bits/dim}`, anchor: 'bits' },
    denoising: { tex: tex`\textstyle\sum_t L_{t-1}`, anchor: 'denoising' },
    T: { tex: tex`T`, anchor: 'bound-steps' },
    m: { tex: tex`m`, anchor: 'bound-timesteps' },
    costs: { tex: tex`L_{t-1}`, anchor: 'timestep-costs' },
    surprise: { tex: tex`\hat F`, anchor: 'surprise' },
    strangers: { tex: tex`s(x)`, anchor: 'strangers' },
  },
  steps: [
    {
      id: 'importance',
      formulas: [
        tex.display`w_k = \frac{p(\link{x}{x}, z_k)}{q(z_k \mid x)}, \quad \E_q[w_k] = p(x)`,
        tex.display`\begin{aligned} \link{LK}{\mathcal L_K} &= \E\Bigl[\log \frac{1}{\link{K}{K}} \sum_{k=1}^{K} w_k\Bigr] \\ &\le \log \E\Bigl[\frac1K \sum_{k=1}^{K} w_k\Bigr] = \log p(x) \end{aligned}`,
        tex.display`\begin{aligned} \mathcal L_{K+1} &= \E\Bigl[\log \tfrac{1}{K+1} \textstyle\sum_{j} \bar w_{-j}\Bigr] \\ &\ge \E\Bigl[\tfrac{1}{K+1} \textstyle\sum_{j} \log \bar w_{-j}\Bigr] = \mathcal L_K \\ \link{elbo}{\mathcal L} = \mathcal L_1 &\le \link{curve}{\mathcal L_K} \to \log p(x) \end{aligned}`,
      ],
      functions: ['math::numeric::log_mean_exp', 'math::importance::importance_curve'],
      cites: ['burda2016'],
    },
    {
      id: 'gap',
      formulas: [
        tex.display`\begin{aligned} \log p(x) - \link{elbo}{\mathcal L} &= \link{gap}{\KL{q(z \mid x)}{p(z \mid x)}} \\ &\ge \link{LK}{\mathcal L_K} - \mathcal L \end{aligned}`,
        tex.display`\begin{aligned} \log p(x) &= \log \E_m\Bigl[\frac{p(x, z)}{m(z \mid x)}\Bigr], \\ m &= \tfrac12 q + \tfrac13 \N(\hat z, 1.3\, \Sigma) \\ &\quad + \tfrac16 \N(\hat z, 2\, \Sigma) \end{aligned}`,
        tex.display`\link{ess}{n_{\mathrm{eff}}} = \frac{\bigl(\sum_k w_k\bigr)^2}{\sum_k w_k^2}, \quad \mathrm{SE}[\log \bar w] \approx \sqrt{\frac{1}{n_{\mathrm{eff}}} - \frac1n}`,
        tex.display`\begin{aligned} &P(w - u > y \mid w > u) \approx \Bigl(1 + \frac{\link{khat}{\hat k}\, y}{\sigma}\Bigr)^{-1/\hat k}, \\ &\hat k < \min\Bigl(1 - \frac{1}{\log_{10} n},\, 0.7\Bigr) \end{aligned}`,
      ],
      functions: [
        'math::importance::gap',
        'math::proposal::Proposal::laplace',
        'math::laplace::laplace',
        'math::importance::effective_sample_size',
        'math::psis::ParetoTail::fit',
        'math::psis::shape_threshold',
      ],
      cites: ['burda2016', 'hesterberg1995', 'owen2013', 'vehtari2024'],
    },
    {
      id: 'hierarchy',
      formulas: [
        tex.display`\begin{aligned} p(x, z_{1:L}) &= p(x \mid z_{1:L})\, p(z_L) \prod_{l<L} p(\link{layer}{z_l} \mid z_{>l}) \\ q(z_{1:L} \mid x) &= q(z_L \mid x) \prod_{l<L} q(z_l \mid z_{>l}, x) \end{aligned}`,
        tex.display`\link{elbo}{\mathcal L} = \link{reconstruction}{\E_q[\log p(x \mid z_{1:L})]} - \link{kl}{\sum_{l=1}^{L} \link{klLayer}{\mathrm{KL}_l}}`,
        tex.display`\link{klLayer}{\mathrm{KL}_l} = \E_{q(z_{>l} \mid x)}\, \KL{q(z_l \mid z_{>l}, x)}{p(z_l \mid z_{>l})}`,
      ],
      wrong: tex.display`\mathrm{KL}_l = \KL{q(z_l \mid x)}{p(z_l)}`,
      functions: [
        'math::gaussian::kl',
        'engine::hvae::Hvae::bound',
        'engine::latent_bound::LatentBound::result',
      ],
      cites: ['sonderby2016', 'kingma2016'],
    },
    {
      id: 'units',
      formulas: [
        tex.display`\link{bits}{\text{bits/dim}} = \frac{-\link{elbo}{\mathcal L}}{D \ln 2}, \quad D = C \cdot H \cdot W`,
        tex.display`\int_{x - \frac1{255}}^{x + \frac1{255}} p(u)\, du \approx \tfrac{2}{255}\, p(x)`,
      ],
      wrong: tex.display`\log p(x) < 0`,
      functions: ['math::elbo::bits_per_dim', 'math::gaussian::discretized_log_likelihood'],
      cites: ['theis2016'],
    },
    {
      id: 'subsample',
      formulas: [
        tex.display`\link{denoising}{\sum_{t=2}^{\link{T}{T}} L_{t-1}} = \E_{t \sim \pi}\Bigl[\frac{\link{costs}{L_{t-1}}}{\pi(t)}\Bigr]`,
        tex.display`\sum_{t=2}^{T} L_{t-1} \approx \frac1{\link{m}{m}} \sum_{k=1}^{m} \frac{L_{t_k - 1}}{\pi(t_k)}`,
      ],
      wrong: tex.display`\sum_{t=2}^{T} L_{t-1} \approx \frac1m \sum_k L_{t_k - 1}`,
      functions: [
        'math::strata::timestep_density',
        'math::strata::StratifiedPass::draw',
        'math::strata::StratifiedPass::estimate',
      ],
      cites: ['kingma2021'],
    },
    {
      id: 'digit',
      formulas: [
        tex.display`\link{posterior}{p(c \mid \link{x}{x})} = \frac{p(x \mid c)\, p(c)}{\sum_{c'} p(x \mid c')\, p(c')} \approx \frac{e^{\ELBO(x \mid \link{c}{c})}}{\sum_{c'} e^{\ELBO(x \mid c')}}`,
        tex.display`\operatorname{se}[p_c] \approx p_c\, \operatorname{se}\Bigl[\overline{\ell_c - \textstyle\sum_{c'} p_{c'} \ell_{c'}}\Bigr]`,
        tex.display`\link{H}{H} = -\sum_c p(c \mid x) \log p(c \mid x)`,
      ],
      wrong: tex.display`p(c \mid x) = \operatorname{softmax}_c \ELBO(x \mid c)`,
      functions: [
        'math::classes::uniform_posterior',
        'math::classes::posterior_standard_error',
        'math::classes::entropy',
        'math::strata::class_timestep_density',
      ],
      cites: ['li2023'],
    },
    {
      id: 'surprise',
      formulas: [
        tex.display`\link{surprise}{\hat F}(x) = \frac1N\, \#\bigl\{n : \ELBO(x_n) < \link{elbo}{\ELBO(x)}\bigr\}`,
      ],
      functions: ['math::quantiles::share_below'],
      cites: ['nalisnick2019'],
    },
    {
      id: 'strangers',
      formulas: [
        tex.display`\E_{x \sim p'}[\log p_\theta(x)] > \E_{x \sim p}[\log p_\theta(x)]`,
        tex.display`\begin{aligned} \link{strangers}{s(x)} &= \link{elbo}{\ELBO(x)} - \log p_{\text{code}}(x), \\ \log p_{\text{code}}(x) &= \sum_i \log \frac{n_{x_i} + \frac12}{n_0 + n_1 + 1} \end{aligned}`,
        tex.display`s(x) = -\bigl|\ELBO(x) - \E_{x \sim p}[\ELBO(x)]\bigr|`,
        tex.display`\mathrm{AUROC} = P\bigl(s(x) > s(x')\bigr), \quad x \sim p,\; x' \sim p'`,
      ],
      wrong: tex.display`\log p_\theta(x') < \log p_\theta(x)`,
      functions: [
        'evaluation::strangers::Detector::score',
        'image::code::code_length',
        'math::roc::roc',
      ],
      cites: ['nalisnick2019', 'nalisnick2019b', 'serra2020', 'delong1988'],
    },
  ],
} as const satisfies Derivation;
