/** Diffusion as a hierarchical VAE with a fixed encoder. */
import { tex } from '../../formula.ts';
import type { Derivation } from '../derivation.ts';

export const derivation = {
  symbols: {
    xt: { tex: tex`x_t`, anchor: 'x-t' },
    x0hat: { tex: tex`\hat x_0`, anchor: 'predicted-x0' },
    t: { tex: tex`t`, anchor: 'timestep' },
    T: { tex: tex`T`, anchor: 'steps' },
    lambda: { tex: tex`\lambda_t`, anchor: 'log-snr' },
    alphaBar: { tex: tex`\bar\alpha_t`, anchor: 'alpha-bar' },
    curve: { tex: tex`\lambda_1 \dots \lambda_T`, anchor: 'schedule-chart' },
    beta: { tex: tex`\beta_t`, anchor: 'schedule' },
    sampler: { tex: tex`x_{t-1}`, anchor: 'sampler' },
    eta: { tex: tex`\eta`, anchor: 'eta' },
    w: { tex: tex`w`, anchor: 'guidance' },
    c: { tex: tex`c`, anchor: 'digit' },
    LT: { tex: tex`L_T`, anchor: 'prior' },
    sum: { tex: tex`\textstyle\sum_{t \ge 2} L_{t-1}`, anchor: 'denoising' },
    Lt: { tex: tex`L_{t-1}`, anchor: 'timestep-costs' },
    L0: { tex: tex`L_0`, anchor: 'l0' },
    elbo: { tex: tex`\ELBO`, anchor: 'ddpm-elbo' },
    limit: { tex: tex`T \to \infty`, anchor: 'sweep' },
    forms: { tex: tex`-\ELBO`, anchor: 'forms' },
  },
  steps: [
    {
      id: 'forward',
      formulas: [
        tex.display`q(x_t \mid x_{t-1}) = \N\bigl(x_t;\, \sqrt{1 - \link{beta}{\beta_t}}\, x_{t-1},\, \beta_t I\bigr)`,
        tex.display`\begin{aligned} q(\link{xt}{x_t} \mid x_0) &= \N\bigl(x_t;\, \sqrt{\link{alphaBar}{\bar\alpha_t}}\, x_0,\, (1 - \bar\alpha_t) I\bigr), \\ \bar\alpha_t &= \textstyle\prod_{s \le t} \alpha_s, \quad \alpha_t = 1 - \beta_t \end{aligned}`,
        tex.display`\SNR(t) = \frac{\bar\alpha_t}{1 - \bar\alpha_t}, \quad \link{lambda}{\lambda_t} = \log \SNR(t)`,
      ],
      functions: ['math::diffusion::q_sample', 'math::schedule::NoiseSchedule::alpha_bar'],
      cites: ['sohl2015', 'ho2020', 'kingma2021'],
    },
    {
      id: 'posterior',
      formulas: [
        tex.display`q(x_{t-1} \mid x_t, x_0) \propto q(\link{xt}{x_t} \mid x_{t-1})\, q(x_{t-1} \mid x_0)`,
        tex.display`\frac{1}{\tilde\beta_t} = \frac{\alpha_t}{\beta_t} + \frac{1}{1 - \bar\alpha_{t-1}} \;\Rightarrow\; \tilde\beta_t = \beta_t\, \frac{1 - \bar\alpha_{t-1}}{1 - \bar\alpha_t}`,
        tex.display`\tilde\mu_t(x_t, x_0) = \frac{\sqrt{\bar\alpha_{t-1}}\, \link{beta}{\beta_t}}{1 - \bar\alpha_t}\, x_0 + \frac{\sqrt{\alpha_t}\, (1 - \bar\alpha_{t-1})}{1 - \link{alphaBar}{\bar\alpha_t}}\, x_t`,
        tex.display`p_\theta(x_{t-1} \mid x_t) = \N\bigl(\link{sampler}{x_{t-1}};\, \tilde\mu_t(x_t, \link{x0hat}{\hat x_0}),\, \tilde\beta_t I\bigr)`,
      ],
      functions: [
        'math::diffusion::q_posterior',
        'math::schedule::NoiseSchedule::posterior_variance',
        'math::schedule::NoiseSchedule::posterior_mean_coefficients',
        'math::diffusion::ancestral_step',
      ],
      cites: ['sohl2015', 'ho2020'],
    },
    {
      id: 'terms',
      formulas: [
        tex.display`\begin{aligned} -\log p_\theta(x_0) &\le \E_q\Bigl[\log \frac{q(x_{1:T} \mid x_0)}{p_\theta(x_{0:T})}\Bigr] \\ &= -\link{elbo}{\ELBO(x_0)} \end{aligned}`,
        tex.display`\begin{aligned} q(x_t \mid x_{t-1}) &= q(x_t \mid x_{t-1}, x_0) \\ &= \frac{q(x_{t-1} \mid x_t, x_0)\, q(x_t \mid x_0)}{q(x_{t-1} \mid x_0)} \end{aligned}`,
        tex.display`\begin{aligned} -&\ELBO = \underbrace{\KL{q(x_T \mid x_0)}{p(x_T)}}_{\link{LT}{L_T}} \\ &+ \link{sum}{\sum_{t=2}^{T}}\, \underbrace{\E_q \KL{q(x_{t-1} \mid x_t, x_0)}{p_\theta(x_{t-1} \mid x_t)}}_{\link{Lt}{L_{t-1}}} \\ &\underbrace{{}- \E_q[\log p_\theta(x_0 \mid x_1)]}_{\link{L0}{L_0}} \end{aligned}`,
      ],
      wrong: tex.display`-\ELBO = \textstyle\sum_t \KL{q(x_t \mid x_{t-1})}{p(x_{t-1} \mid x_t)}`,
      functions: ['math::elbo::l_t_prior', 'math::elbo::l_denoising', 'math::elbo::l_0'],
      cites: ['sohl2015', 'ho2020'],
    },
    {
      id: 'snr',
      formulas: [
        tex.display`\begin{aligned} \link{Lt}{L_{t-1}} &= \E_q \frac{\lVert \tilde\mu_t(x_t, x_0) - \tilde\mu_t(x_t, \link{x0hat}{\hat x_0}) \rVert^2}{2 \tilde\beta_t} \\ &= \tfrac12\, \frac{\bar\alpha_{t-1} \beta_t}{(1 - \bar\alpha_{t-1})(1 - \bar\alpha_t)}\, \E_q \lVert x_0 - \hat x_0 \rVert^2 \end{aligned}`,
        tex.display`L_{t-1} = \tfrac12 \bigl(\SNR(t-1) - \SNR(\link{t}{t})\bigr)\, \E_q \lVert x_0 - \hat x_0 \rVert^2`,
        tex.display`L_{t-1} = \tfrac12 \operatorname{expm1}\bigl(\lambda_{t-1} - \link{lambda}{\lambda_t}\bigr)\, \E_q \lVert \varepsilon - \hat\varepsilon \rVert^2`,
      ],
      wrong: tex.display`-\ELBO = \textstyle\sum_t \E_q \lVert \varepsilon - \hat\varepsilon \rVert^2`,
      functions: ['math::elbo::l_denoising', 'math::parameterization::Parameterization::apply'],
      cites: ['kingma2021', 'ho2020'],
    },
    {
      id: 'last',
      formulas: [
        tex.display`\tilde\beta_1 = \beta_1\, \frac{1 - \bar\alpha_0}{1 - \bar\alpha_1} = 0 \quad (\bar\alpha_0 = 1)`,
        tex.display`\begin{aligned} \link{L0}{L_0} &= -\E_q \sum_j \log \int_{a_j}^{b_j} \N\bigl(u;\, \hat x_{0,j},\, 1 - \bar\alpha_1\bigr)\, du, \\ [a_j, b_j] &= x_{0,j} \pm \tfrac1{255} \end{aligned}`,
      ],
      wrong: tex.display`L_0 = -\E_q \log \N\bigl(x_0;\, \hat x_0,\, \tilde\beta_1 I\bigr)`,
      functions: [
        'math::elbo::l_0',
        'math::elbo::l_0_posterior_variance',
        'math::gaussian::discretized_log_likelihood',
      ],
      cites: ['ho2020', 'kingma2021'],
    },
    {
      id: 'schedule',
      formulas: [
        tex.display`\begin{aligned} \text{(1)}\quad & \beta_t = \tfrac{0.1}{\link{T}{T}} + \tfrac{t - 1}{T - 1} \cdot \tfrac{19.9}{T} \\ \text{(2)}\quad & \bar\alpha_t = \frac{f(t)}{f(0)}, \; f(t) = \cos^2\Bigl(\tfrac{t/T + 0.008}{1.008} \cdot \tfrac{\pi}{2}\Bigr) \\ \text{(3)}\quad & \link{curve}{\lambda_t} = \lambda_1 + \tfrac{t - 1}{T - 1} (\lambda_T - \lambda_1) \end{aligned}`,
        tex.display`\link{beta}{\beta_t} = 1 - \frac{\bar\alpha_t}{\bar\alpha_{t-1}} = -(1 - \link{alphaBar}{\bar\alpha_t}) \operatorname{expm1}(\lambda_t - \lambda_{t-1})`,
        tex.display`\link{LT}{L_T} = \tfrac12 \sum_j \bigl(\bar\alpha_T x_{0,j}^2 - \bar\alpha_T - \log(1 - \bar\alpha_T)\bigr)`,
      ],
      functions: [
        'math::schedule::NoiseSchedule::new',
        'math::schedule::NoiseSchedule::beta',
        'math::elbo::l_t_prior',
      ],
      cites: ['ho2020', 'nichol2021', 'kingma2021'],
    },
    {
      id: 'limit',
      formulas: [
        tex.display`\sum_{t=2}^{T} L_{t-1} \;\xrightarrow{\link{limit}{T \to \infty}}\; \frac12 \int_{\lambda_T}^{\lambda_1} \E_q \lVert \varepsilon - \hat\varepsilon_\theta(x_\lambda, \lambda) \rVert^2\, d\lambda`,
      ],
      wrong: tex.display`\lim_{T \to \infty} \ELBO[\beta] = \lim_{T \to \infty} \ELBO[\beta']`,
      functions: ['math::elbo::l_denoising', 'math::schedule::NoiseSchedule::log_snr_change'],
      cites: ['kingma2021'],
    },
    {
      id: 'consistency',
      formulas: [
        tex.display`\begin{aligned} \link{forms}{-\ELBO} ={}& \E_q \KL{q(x_T \mid x_{T-1})}{p(x_T)} \\ &+ \sum_{t=2}^{T} \E_{q(x_{t-2}, x_{t-1}, x_t \mid x_0)}\bigl[\log q(x_{t-1} \mid x_{t-2}) \\ &\qquad\quad {}- \log p_\theta(x_{t-1} \mid x_t)\bigr] + \link{L0}{L_0} \end{aligned}`,
      ],
      wrong: tex.display`\textstyle\sum_t \E_q \KL{q(x_{t-1} \mid x_{t-2})}{p(x_{t-1} \mid x_t)}`,
      functions: [
        'math::consistency::consistency_term',
        'math::consistency::consistency_normalizer',
        'math::consistency::consistency_prior',
        'math::consistency::Neighbours::draw',
      ],
      cites: ['luo2022'],
    },
    {
      id: 'ddim',
      formulas: [
        tex.display`\begin{aligned} \link{sampler}{x_{t-1}} &= \sqrt{\bar\alpha_{t-1}}\, \link{x0hat}{\hat x_0} + \sqrt{1 - \bar\alpha_{t-1} - s_t^2}\; \hat\varepsilon + s_t\, \varepsilon, \\ s_t^2 &= \link{eta}{\eta}^2\, \tilde\beta_t \end{aligned}`,
        tex.display`\operatorname{Var}[x_{t-1} \mid x_0] = (1 - \bar\alpha_{t-1} - s_t^2) + s_t^2 = 1 - \bar\alpha_{t-1}`,
      ],
      wrong: tex.display`\ELBO_{\text{DDIM}} = \ELBO_{\text{DDPM}}`,
      functions: ['math::diffusion::ddim_step', 'math::diffusion::ancestral_step'],
      cites: ['song2021'],
    },
    {
      id: 'guidance',
      formulas: [
        tex.display`\nabla \log p(x_t \mid c) = \nabla \log p(x_t) + \nabla \log p(c \mid x_t)`,
        tex.display`\begin{aligned} \link{x0hat}{\hat x_0} &= (1 + \link{w}{w})\, \hat x_0(x_t, \link{c}{c}) - w\, \hat x_0(x_t) \\ \Leftrightarrow\; \hat\varepsilon &= (1 + w)\, \hat\varepsilon(x_t, c) - w\, \hat\varepsilon(x_t) \end{aligned}`,
      ],
      wrong: tex.display`p_w(x_0 \mid c) \propto p(x_0 \mid c)\, p(c \mid x_0)^{w}`,
      functions: ['math::parameterization::guide'],
      cites: ['ho2022'],
    },
  ],
} as const satisfies Derivation;
