/** Diffusion in the plane, where log p(x) is known. */
import { tex } from '../../formula.ts';
import type { Derivation } from '../derivation.ts';

export const derivation = {
  symbols: {
    p: { tex: tex`p`, anchor: 'plane-data' },
    pt: { tex: tex`p_t`, anchor: 'plane-forward' },
    t: { tex: tex`t`, anchor: 'plane-t' },
    T: { tex: tex`T`, anchor: 'plane-steps' },
    x: { tex: tex`x`, anchor: 'plane-point' },
    x0hat: { tex: tex`\hat x_0`, anchor: 'plane-model' },
    score: { tex: tex`\nabla \log p_t`, anchor: 'plane-field' },
    logP: { tex: tex`\log p(x)`, anchor: 'plane-log-p' },
    elbo: { tex: tex`\ELBO`, anchor: 'plane-elbo' },
    terms: { tex: tex`L_T, L_{t-1}, L_0`, anchor: 'plane-terms' },
    kl: { tex: tex`L_{t-1}`, anchor: 'plane-kernel' },
    forms: { tex: tex`-\ELBO`, anchor: 'plane-forms' },
    gap: { tex: tex`\log p(x) - \ELBO`, anchor: 'plane-gap' },
    parts: { tex: tex`G`, anchor: 'plane-parts' },
    limit: { tex: tex`T \to \infty`, anchor: 'plane-sweep' },
    lambda: { tex: tex`\lambda`, anchor: 'plane-schedule' },
    errors: { tex: tex`\lVert x - \hat x_0 \rVert^2`, anchor: 'plane-errors' },
    loss: { tex: tex`L`, anchor: 'plane-loss' },
    theta: { tex: tex`\theta`, anchor: 'plane-train' },
    samples: { tex: tex`x_{t-1}`, anchor: 'plane-samplers' },
    eta: { tex: tex`\eta`, anchor: 'plane-eta' },
    distance: { tex: tex`D^2`, anchor: 'plane-scores' },
    flow: { tex: tex`\log p_{\mathrm{ODE}}(x)`, anchor: 'plane-flow' },
  },
  steps: [
    {
      id: 'noised',
      formulas: [
        tex.display`\begin{aligned} \link{p}{p}(x) &= \textstyle\sum_k w_k\, \N(x;\, m_k, C_k), \\ \link{pt}{p_t}(x_t) &= \textstyle\sum_k w_k\, \N\bigl(x_t;\, \alpha_t m_k,\, S_k\bigr), \\ S_k &= \alpha_t^2 C_k + \sigma_t^2 I \end{aligned}`,
        tex.display`\begin{aligned} \E[x \mid x_t] &= \textstyle\sum_k r_k(x_t) \bigl(m_k + \alpha_t C_k S_k^{-1} (x_t - \alpha_t m_k)\bigr), \\ r_k(x_t) &\propto w_k\, \N(x_t;\, \alpha_t m_k, S_k) \end{aligned}`,
        tex.display`\link{score}{\nabla \log p_t(x_t)} = \frac{\alpha_t\, \link{x0hat}{\hat x_0}(x_t) - x_t}{\sigma_t^2}`,
      ],
      wrong: tex.display`\nabla \log p_t(x_t) = \hat x_0(x_t) - x_t`,
      functions: [
        'math::plane::mixture::NoisedMixture::new',
        'math::plane::mixture::NoisedMixture::posterior',
        'math::plane::score',
      ],
      cites: ['efron2011', 'vincent2011'],
    },
    {
      id: 'bound',
      formulas: [
        tex.display`\begin{aligned} \link{logP}{\log p(x)} &\ge \link{elbo}{\ELBO(x)} = -\link{terms}{\Bigl(L_T + \textstyle\sum_{t=2}^{\link{T}{T}} L_{t-1} + L_0\Bigr)}, \\ \link{kl}{L_{t-1}} &= \tfrac12 \bigl(\SNR(t-1) - \SNR(\link{t}{t})\bigr)\, \E_q \lVert x - \hat x_0 \rVert^2 \end{aligned}`,
        tex.display`\begin{aligned} L_0 &= -\E_q \log \N\Bigl(x;\, \hat x_0,\, \tfrac{\sigma_1^2}{\alpha_1^2} I\Bigr) \\ &= \tfrac12 \SNR(1)\, \E_q \lVert \link{x}{x} - \hat x_0 \rVert^2 + \log 2\pi - \lambda_1 \end{aligned}`,
        tex.display`\begin{aligned} &\link{forms}{-\ELBO} = \\ &\; \E_q\Bigl[\textstyle\sum_t \KL{q(x_{t-1} \mid x_t, x)}{p(x_{t-1} \mid x_t)}\Bigr] + \dots \end{aligned}`,
      ],
      wrong: tex.display`L_0 \ge 0`,
      functions: [
        'math::plane::bound::exact_bound',
        'math::plane::bound::l_0',
        'math::plane::bound::draw_bound',
      ],
      cites: ['sohl2015', 'ho2020', 'kingma2021'],
    },
    {
      id: 'gap',
      formulas: [
        tex.display`\link{gap}{\log p(x) - \ELBO} = \link{parts}{G_T + \textstyle\sum_{t=2}^{T} G_{t-1} + G_0}`,
        tex.display`\begin{aligned} G_T &= \E_q\bigl[\log p_T(x_T) - \log \N(x_T;\, 0, I)\bigr], \\ G_{t-1} &= \E_q\bigl[\log q(x_{t-1} \mid x_t) - \log p(x_{t-1} \mid x_t)\bigr], \\ G_0 &= \E_q\bigl[\log q(x \mid x_1) - \log p(x \mid x_1)\bigr] \end{aligned}`,
        tex.display`q(x_{t-1} \mid x_t) = \textstyle\sum_k r_k(x_t)\, \N\bigl(x_{t-1};\, \mu_k(x_t), \Sigma_k\bigr)`,
      ],
      wrong: tex.display`\lim_{T \to \infty} \ELBO = \log p(x)`,
      functions: ['math::plane::gap::Gap::of', 'math::plane::mixture::reverse_kernel'],
      cites: ['sohl2015', 'kingma2021'],
    },
    {
      id: 'limit',
      formulas: [
        tex.display`\sum_{t=2}^{T} L_{t-1} \;\xrightarrow{\link{limit}{T \to \infty}}\; \frac12 \int_{\lambda_T}^{\lambda_1} e^{\lambda}\, \E \link{errors}{\lVert x - \hat x_0(x_\lambda) \rVert^2}\, d\link{lambda}{\lambda}`,
        tex.display`\begin{aligned} &\ELBO^\ast(x) - \ELBO_\theta(x) \\ &\quad= \frac12 \int_{\lambda_T}^{\lambda_1} e^{\lambda} \bigl(\E \lVert x - \hat x_\theta \rVert^2 \\ &\qquad - \E \lVert x - \E[x \mid x_\lambda] \rVert^2\bigr)\, d\lambda + \dots \end{aligned}`,
      ],
      wrong: tex.display`\E \lVert x - \hat x_\theta \rVert^2 \ge \E \lVert x - \E[x \mid x_\lambda] \rVert^2 \quad \text{for each } x`,
      functions: ['math::plane::bound::square_error', 'math::plane::bound::excess_cost'],
      cites: ['kingma2021', 'kong2023'],
    },
    {
      id: 'training',
      formulas: [
        tex.display`\begin{aligned} \link{loss}{L(\link{theta}{\theta})} &= \E_{\lambda \sim w}\, \E_{x, \varepsilon}\, \tfrac12 \lVert \varepsilon - \hat\varepsilon_\theta(x_\lambda, \lambda) \rVert^2, \\ \hat\varepsilon_\theta &= \frac{x_\lambda - \alpha \hat x_\theta}{\sigma} \end{aligned}`,
        tex.display`\hat x_\theta = m + c_{\text{skip}} (x_\lambda - \alpha m) + c_{\text{out}} F_\theta\bigl(c_{\text{in}} (x_\lambda - \alpha m), \lambda\bigr)`,
        tex.display`\link{distance}{D^2} = 2\, \E \lVert X - Y \rVert - \E \lVert X - X' \rVert - \E \lVert Y - Y' \rVert`,
      ],
      wrong: tex.display`L_{\text{simple}}(\theta) < L_{\text{simple}}(\theta') \;\Rightarrow\; \ELBO_\theta > \ELBO_{\theta'}`,
      functions: [
        'math::plane::training::Training::advance',
        'math::plane::mlp::Mlp::loss',
        'math::plane::held_out::HeldOut::bounds',
        'math::plane::distance::energy_distance',
      ],
      cites: ['vincent2011', 'ho2020', 'karras2022', 'szekely2013'],
    },
    {
      id: 'flow',
      formulas: [
        tex.display`\begin{aligned} \frac{dx}{d\lambda} &= \tfrac12\, \alpha\, \bigl(\hat x_0(x, \lambda) - \alpha x\bigr), \\ \frac{d}{d\lambda} \log p_\lambda\bigl(x(\lambda)\bigr) &= -\nabla \!\cdot \frac{dx}{d\lambda} \end{aligned}`,
        tex.display`\link{flow}{\log p_{\mathrm{ODE}}(x)} = \log \N\bigl(x(\lambda_T);\, 0, I\bigr) - \int_{\lambda_T}^{\lambda_1} \nabla \!\cdot \frac{dx}{d\lambda}\, d\lambda`,
        tex.display`\link{samples}{x_{t-1}} = \alpha_{t-1} \hat x_0 + \sqrt{\sigma_{t-1}^2 - \link{eta}{\eta}^2 \tilde\beta_t}\; \hat\varepsilon + \eta \sqrt{\tilde\beta_t}\; \varepsilon`,
      ],
      wrong: tex.display`\log p_{\mathrm{ODE}}(x) \ge \ELBO_\theta(x)`,
      functions: [
        'math::plane::flow::log_likelihood',
        'math::plane::flow::heun_step',
        'math::diffusion::ddim_step',
      ],
      cites: ['songSde2021', 'song2021', 'karras2022'],
    },
  ],
} as const satisfies Derivation;
