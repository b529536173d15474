/** The derivation of the plane lab in English. */
import type { DerivationText } from '../derivation.ts';
import type { derivation } from './derivation.ts';

export const text: DerivationText<typeof derivation> = {
  title: 'Derivation: a diffusion whose likelihood is known',
  lead: 'Gaussian mixtures stay Gaussian mixtures under noise. So every quantity that an image model only estimates can be held against the truth.',
  symbols: {
    p: 'the data',
    pt: 'the density of the noised data',
    t: 'the timestep',
    T: 'the number of steps',
    x: 'the point',
    x0hat: 'the model of the clean point',
    score: 'the score, as arrows',
    logP: 'log p(x), exact',
    elbo: 'the bound',
    terms: 'the three terms',
    kl: 'one term, as two circles',
    forms: 'both forms of the bound, by draws',
    gap: 'the gap',
    parts: 'the parts of the gap',
    limit: 'the gap over T',
    lambda: 'the schedule of log SNR',
    errors: 'the error over log SNR',
    loss: 'the loss of the training',
    theta: 'the network in training',
    samples: 'the three samplers',
    eta: 'DDIM noise η',
    distance: 'the energy distance of the samples',
    flow: 'the likelihood of the ODE',
  },
  steps: {
    noised: {
      title: 'The data under noise',
      text: [
        'The data are a mixture of Gaussians. A scaled Gaussian plus independent Gaussian noise is Gaussian, so every component stays one:',
        'Given its component, $x$ and $x_t$ are jointly Gaussian. The best guess of the clean point is a mean over components, weighted by their responsibilities $r_k$:',
        'The derivative of $\\log p_t$ says the same in another form (Tweedie’s formula). Whoever knows $\\hat x_0$ knows the score, and the other way round:',
      ],
      wrong:
        'which has the right direction only where $\\alpha_t$ is near 1, and never the right length. The arrows can show either.',
    },
    bound: {
      title: 'The discrete bound of a density',
      text: [
        'The model’s chain starts at $N(0, I)$ and makes Gaussian steps around $\\hat x_0$. Its bound has the three terms of any diffusion model. The expectation is over $q(x_t \\mid x)$, a Gaussian in the plane, so quadrature gives it without noise:',
        'The data are not grey levels here, so the last factor is a density. Its variance is that of $x$ given $x_1$ in the limit of little noise:',
        'Each term compares two Gaussians of equal variance: $q$, which knows $x$, and $p$, which guesses it. Drawing whole chains gives the same bound with an error bar, in this form or in the consistency form, whose draws vary far more:',
      ],
      wrong:
        'which holds for 8-bit pictures only: a density may exceed 1, so $L_0$, and with it $-\\ELBO$, may be negative.',
    },
    gap: {
      title: 'What the bound misses with the exact score',
      text: [
        'Write $\\log p(x)$ as the same telescope with the true reverse kernels of the data. Subtracting the bound leaves one term for each factor of the chain:',
        'Over the data each is the mean of a KL divergence, so none is negative; at a single point one may be:',
        'The true reverse step is a mixture, the model’s a Gaussian with the right mean. For small steps the components agree, and the sum of the $G_{t-1}$ goes like $1/T$:',
      ],
      wrong:
        'which is too much: $G_T$ and $G_0$ depend on $\\lambda_T$ and $\\lambda_1$ alone, and stay. More steps do not close what the ends cost; wider ends do.',
    },
    limit: {
      title: 'The continuous limit, and what a wrong model pays',
      text: [
        'With many steps the sum becomes an integral over log SNR, half the squared error of the predicted noise:',
        'Prior and schedule are the same for every model. What one model loses against the exact score is the integral of its excess error, and what it adds to $L_0$. The chart fills it up from the noisy end:',
      ],
      wrong:
        'which holds in the mean over the data only. Where a wrong model is the denser, it predicts better than the best predictor, and its bound can exceed $\\log p(x)$.',
    },
    training: {
      title: 'Learning the clean point',
      text: [
        'Denoising score matching: noise a draw of the data, predict the noise, take the squared error. With $\\lambda$ uniform this is the bound but for constants; with the timesteps of the schedule uniform it is $L_{\\text{simple}}$ of Ho et al.:',
        'The network $F$ has two hidden layers of 64 units with SiLU. It is wrapped so that inputs and targets have unit variance; $F = 0$ is the best guess for isotropic Gaussian data:',
        'Whether samples are good is another question than whether the bound is. The energy distance between samples $X$ and data $Y$ is 0 only if both have the same distribution:',
      ],
      wrong:
        'which does not follow: the two losses weigh noise levels differently, so the order of two networks may differ too.',
    },
    flow: {
      title: 'The likelihood of the ODE',
      text: [
        'The same marginals $p_\\lambda$ belong to a deterministic flow. With $\\alpha^2 = \\operatorname{sigmoid}(\\lambda)$ and log SNR as time, the density along a path changes by the divergence, which in the plane is a sum of two derivatives:',
        'Integrated from the data to noise, this gives a likelihood without a bound. For the exact score it is $\\log p(x)$:',
        'As a sampler the ODE takes Heun steps along the schedule. DDIM with $\\eta = 0$ is another discretization of the same flow; $\\eta = 1$ is ancestral sampling:',
      ],
      wrong:
        'which holds for the exact score only. For any other the flow and the reverse chain are two different models with one network, and nothing orders their likelihoods.',
    },
  },
};
