/** The variational autoencoder. */
import { tex } from '../../formula.ts';
import type { Derivation } from '../derivation.ts';

export const derivation = {
  symbols: {
    x: { tex: tex`x`, anchor: 'vae-picture' },
    z: { tex: tex`z`, anchor: 'latents' },
    decoder: { tex: tex`p_\theta(x \mid z)`, anchor: 'latent-digit' },
    prior: { tex: tex`p(z)`, anchor: 'latent-random' },
    reconstruction: { tex: tex`\E_q[\log p_\theta(x \mid z)]`, anchor: 'vae-reconstruction' },
    kl: { tex: tex`\KL{q_\phi(z \mid x)}{p(z)}`, anchor: 'vae-kl' },
    klEach: { tex: tex`\mathrm{KL}_i`, anchor: 'kl-per-latent' },
    elbo: { tex: tex`\ELBO(x)`, anchor: 'vae-elbo' },
    zA: { tex: tex`z_A`, anchor: 'end-a' },
    zB: { tex: tex`z_B`, anchor: 'end-b' },
    u: { tex: tex`u`, anchor: 'path-position' },
    path: { tex: tex`z(u)`, anchor: 'path-mode' },
  },
  steps: [
    {
      id: 'bound',
      formulas: [
        tex.display`\log p_\theta(\link{x}{x}) = \log \int \link{decoder}{p_\theta(x \mid z)}\, \link{prior}{p(z)}\, dz`,
        tex.display`\begin{aligned} \log p_\theta(x) &= \log \E_{q_\phi(z \mid x)}\Bigl[\tfrac{p_\theta(x \mid z)\, p(z)}{q_\phi(z \mid x)}\Bigr] \\ &\ge \E_{q_\phi(z \mid x)}\Bigl[\log \tfrac{p_\theta(x \mid z)\, p(z)}{q_\phi(z \mid x)}\Bigr] \\ &= \link{reconstruction}{\E_q[\log p_\theta(x \mid z)]} \\ &\quad - \link{kl}{\KL{q_\phi(z \mid x)}{p(z)}} = \link{elbo}{\ELBO(x)} \end{aligned}`,
        tex.display`\log p_\theta(x) - \ELBO(x) = \KL{q_\phi(z \mid x)}{p_\theta(z \mid x)}`,
      ],
      wrong: tex.display`\begin{aligned} \ELBO(x) ={}& \E_q[\log p_\theta(x \mid z)] \\ &+ \KL{q_\phi(z \mid x)}{p(z)} \end{aligned}`,
      functions: ['engine::latent_bound::LatentBound::result', 'engine::vae::score::Vae::elbo'],
      cites: ['kingma2014', 'rezende2014'],
    },
    {
      id: 'sample',
      formulas: [
        tex.display`\link{z}{z} = \mu_\phi(\link{x}{x}) + \sigma_\phi(x) \odot \varepsilon, \quad \varepsilon \sim \N(0, I)`,
        tex.display`\link{reconstruction}{\E_q[\log p_\theta(x \mid z)]} \approx \frac1S \sum_{s=1}^{S} \log p_\theta\bigl(x \mid \mu_\phi + \sigma_\phi \odot \varepsilon_s\bigr)`,
      ],
      functions: ['math::rng::standard_normal', 'math::elbo::Estimate::from_samples'],
      cites: ['kingma2014', 'rezende2014'],
    },
    {
      id: 'kl',
      formulas: [
        tex.display`\begin{aligned} \E_q[\log q(z_i)] &= -\tfrac12 \log(2\pi) - \tfrac12 \log \sigma_i^2 - \tfrac12 \\ \E_q[\log p(z_i)] &= -\tfrac12 \log(2\pi) - \tfrac12 (\mu_i^2 + \sigma_i^2) \end{aligned}`,
        tex.display`\begin{aligned} \link{klEach}{\mathrm{KL}_i} &= \tfrac12 \bigl(\mu_i^2 + \sigma_i^2 - \log \sigma_i^2 - 1\bigr), \\ \link{kl}{\KL{q_\phi(z \mid x)}{p(z)}} &= \textstyle\sum_i \mathrm{KL}_i \end{aligned}`,
      ],
      wrong: tex.display`\mathrm{KL} = \textstyle\sum_i \bigl(\mu_i^2 + \sigma_i^2 - \log \sigma_i^2 - 1\bigr)`,
      functions: ['math::gaussian::kl_standard'],
      cites: ['kingma2014'],
    },
    {
      id: 'bernoulli',
      formulas: [
        tex.display`\begin{aligned} & \log \link{decoder}{p_\theta(x \mid z)} \\ &= \sum_j \bigl[ x_j \log s(\ell_j) + (1 - x_j) \log(1 - s(\ell_j)) \bigr] \\ &= \sum_j \bigl[ x_j \ell_j - \log(1 + e^{\ell_j}) \bigr] \end{aligned}`,
      ],
      wrong: tex.display`\begin{aligned} \log p_\theta(x \mid z) &= \textstyle\sum_j \bigl[ x_j \ell_j - \log(1 + e^{\ell_j}) \bigr], \\ x_j &\in [0, 1] \end{aligned}`,
      functions: ['math::bernoulli::log_likelihood', 'math::bernoulli::sample'],
      cites: ['burda2016', 'loaiza2019'],
    },
    {
      id: 'logistic',
      formulas: [
        tex.display`\begin{aligned} P(x_j \mid z) ={}& s\Bigl(\frac{x_j + \frac1{255} - m_j}{\tau_j}\Bigr) \\ &- s\Bigl(\frac{x_j - \frac1{255} - m_j}{\tau_j}\Bigr) \end{aligned}`,
        tex.display`\begin{aligned} \log\bigl(s(b) - s(a)\bigr) &= \log s(b) + \log s(-a) \\ &\quad + \log\bigl(1 - e^{a - b}\bigr) \end{aligned}`,
      ],
      functions: ['math::discretized_logistic::discretized_log_likelihood'],
      cites: ['kingma2016', 'salimans2017'],
    },
    {
      id: 'gaussian',
      formulas: [
        tex.display`\begin{aligned} & \log \link{decoder}{p_\theta(x \mid z)} \\ &= -\sum_{j=1}^{D} \frac{(x_j - f_j)^2}{2\sigma^2} - D \bigl(\log \sigma + \tfrac12 \log 2\pi\bigr) \end{aligned}`,
        tex.display`\begin{aligned} \hat\sigma^2 &= \frac1D \sum_{j=1}^{D} \bigl(x_j - f_j(\mu_\phi)\bigr)^2, \\ \log p_{\hat\sigma}(x \mid \mu_\phi) &= -D \bigl(\log \hat\sigma + \tfrac12 \log 2\pi + \tfrac12\bigr) \end{aligned}`,
        tex.display`\begin{aligned} \log P(n \mid z) &\ge \E_u\bigl[\log p_\theta(x \mid z)\bigr] + D \log \frac{b - a}{256}, \\ x_j &= a + (b - a)\, \frac{n_j + u_j}{256}, \\ u_j &\sim U[0, 1) \end{aligned}`,
      ],
      wrong: tex.display`-\log p(x_j \mid z) = \frac{(x_j - f_j)^2}{2\pi\sigma^2}`,
      functions: [
        'math::gaussian::log_density',
        'math::gaussian::log_density_iid',
        'math::likelihood::fitted_std',
        'math::likelihood::dequantization',
        'model::pixels::DensityUnits::log_volume',
      ],
      cites: ['theis2016', 'rybkin2021'],
    },
    {
      id: 'path',
      formulas: [
        tex.display`\begin{aligned} \link{path}{z(\link{u}{u})} &= \frac{\sin((1 - u)\,\Omega)}{\sin \Omega}\, \link{zA}{z_A} + \frac{\sin(u\,\Omega)}{\sin \Omega}\, \link{zB}{z_B}, \\[6pt] \cos \Omega &= \frac{z_A^{\mathsf T} z_B}{\lVert z_A \rVert\, \lVert z_B \rVert} \end{aligned}`,
      ],
      functions: ['math::interpolate::slerp', 'math::interpolate::lerp'],
      cites: ['white2016'],
    },
  ],
} as const satisfies Derivation;
