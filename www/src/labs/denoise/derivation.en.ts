/** The derivation of the denoise lab in English. */
import type { DerivationText } from '../derivation.ts';
import type { derivation } from './derivation.ts';

export const text: DerivationText<typeof derivation> = {
  title: 'Derivation: diffusion as a hierarchical VAE',
  lead: 'The encoder is fixed and adds noise; all that is learned is the way back. The same bound, T layers deep.',
  symbols: {
    xt: 'the noisy state',
    x0hat: 'the predicted clean picture',
    t: 'the timestep',
    T: 'the number of steps',
    lambda: 'log SNR',
    alphaBar: 'the share of signal kept',
    curve: 'log SNR over the chain',
    beta: 'the noise schedule',
    sampler: 'the sampler’s step',
    eta: 'DDIM noise η',
    w: 'guidance weight',
    c: 'the digit',
    LT: 'prior matching',
    sum: 'denoising matching',
    Lt: 'cost of each timestep',
    L0: 'reconstruction',
    elbo: 'the ELBO',
    limit: 'compare chain lengths, in the ELBO lab',
    forms: 'both forms of the bound, in the ELBO lab',
  },
  steps: {
    forward: {
      title: 'The forward process',
      text: [
        'The encoder has no parameters. Each of its $T$ steps shrinks the picture a little and adds noise, so that the variance stays near one:',
        'A sum of independent Gaussians is Gaussian: by induction, any step can be reached in one jump:',
        'All that matters about a step is how much signal is left beside the noise. Its logarithm is what the network is told, in place of a step number:',
      ],
    },
    posterior: {
      title: 'One step back, if the picture were known',
      text: [
        'Bayes’ rule turns a forward step round. Both factors are Gaussian in $x_{t-1}$:',
        'The precisions of the factors add up, and $\\alpha_t(1 - \\bar\\alpha_{t-1}) + \\beta_t = 1 - \\bar\\alpha_t$:',
        'The mean is the two means weighted by their precisions:',
        'The model does not know $x_0$. Its step back is the same Gaussian with its guess $\\hat x_0$ in place of the picture, clipped to $[-1, 1]$. The clip belongs to the model: the sampler and the bound both have it.',
      ],
    },
    terms: {
      title: 'Three terms',
      text: [
        'The noisy states are the latents, so the bound is that of a hierarchical VAE:',
        'Given $x_{t-1}$, the next state does not depend on $x_0$, so conditioning on $x_0$ changes nothing, and Bayes’ rule applies for $t \\ge 2$:',
        'Put in, the marginals $q(x_t \\mid x_0)$ cancel between neighbours. Prior matching, denoising matching and reconstruction are left:',
      ],
      wrong:
        'which is wrong because it compares a step forward with a step back: two distributions of different variables. What is matched is the step back to the true step back, given $x_0$.',
    },
    snr: {
      title: 'Denoising matching is a weighted squared error',
      text: [
        'Both Gaussians have variance $\\tilde\\beta_t$, so their divergence is the squared distance of the means over $2\\tilde\\beta_t$. Only the coefficient of $x_0$ differs:',
        'That fraction is a difference of signal-to-noise ratios:',
        'As $x_t = \\sqrt{\\bar\\alpha_t}\\, x_0 + \\sqrt{1 - \\bar\\alpha_t}\\, \\varepsilon$, an error in $x_0$ is an error in $\\varepsilon$, $\\lVert x_0 - \\hat x_0 \\rVert^2 = \\lVert \\varepsilon - \\hat\\varepsilon \\rVert^2/\\SNR(t)$. The function $\\operatorname{expm1}(y) = e^y - 1$ keeps its digits where neighbouring steps are nearly equal:',
      ],
      wrong:
        'which is wrong because the weights are lost. That is the loss $L_{\\text{simple}}$ that makes good pictures; it bounds no likelihood.',
    },
    last: {
      title: 'The last step, t = 1',
      text: [
        'At $t = 1$ the posterior has no variance, as there is nothing left to be uncertain about:',
        'So $L_0$ is not of the pattern. Here it is a Gaussian of variance $\\beta_1 = 1 - \\bar\\alpha_1$ around $\\hat x_0$, of which each pixel’s level gets the mass of its bin; the bins at black and white reach to infinity:',
        'How wide that Gaussian is decides a lot. The linear schedule of 1000 steps ends at a standard deviation of 0.01, wider than half a bin, 0.0039, which costs about 0.4 nats for each black pixel even if $\\hat x_0$ is perfect. The log-SNR-linear one ends at 0.0013 and pays almost nothing. In sampling, the last step shows $\\hat x_0$ itself. The code of Ho et al. puts $\\tilde\\beta_2$ in the place of $\\tilde\\beta_1$. For 1000 steps that is 0.55 of $1 - \\bar\\alpha_1$ on the linear chain and 0.53 of it on the cosine chain, so a black pixel predicted perfectly costs 0.35 nats instead of 0.43, and 0.22 instead of 0.32; on the log-SNR-linear one it is 0.02 of it, and any error of $\\hat x_0$ costs up to fifty times as much. The line below the bound has what the same predictions cost then. Neither is wrong: they are two models.',
      ],
      wrong:
        'which is wrong because the variance is 0 there, so that any error at all would cost infinitely much; and because a density is not the probability of an 8-bit level.',
    },
    schedule: {
      title: 'The schedules and their ends',
      text: [
        'Three families: (1) linear $\\beta_t$, (2) cosine, with $\\beta_t$ at most 0.999, (3) log SNR linear in $t$. A chain of fewer than 1000 steps keeps as many of the thousand, evenly spaced, and is a chain of its own with its own $\\beta_t$:',
        'Everything else follows from the table of log SNR, by differences that lose no digits:',
        'At the noisy end, prior matching says how much of the picture is left in $x_T$. It needs no network. At the clean end, $\\lambda_1$ decides $L_0$.',
      ],
    },
    limit: {
      title: 'As T grows, only the ends matter',
      text: [
        'For small steps $\\operatorname{expm1}(\\lambda_{t-1} - \\lambda_t) \\approx \\lambda_{t-1} - \\lambda_t$, and the sum becomes an integral over log SNR:',
        'The integral does not know how fast the schedule passes through each log SNR. At a finite $T$ it matters, and more steps give a tighter bound as long as denoising is easier with less noise.',
      ],
      wrong:
        'which is too much: two schedules may differ in their ends $\\lambda_T$ and $\\lambda_1$, and with these in $L_T$ and $L_0$; and in the variance of an estimate from a few timesteps.',
    },
    consistency: {
      title: 'The consistency form, done right',
      text: [
        'Leave $q(x_t \\mid x_{t-1})$ as it is, and set each forward step beside the reverse step that makes the same variable:',
        'Same bound, another split: terms that depend on three neighbouring states and vary far more. The ELBO lab shows both from the same evaluations.',
      ],
      wrong:
        'which is wrong because a KL takes the mean over $x_{t-1}$ with $x_t$ held, and given $x_{t-2}$ the two depend on each other. On a chain of three steps for which all of this is known in closed form the bound is −1.957 by every right form, and −2.637 by this one.',
    },
    ddim: {
      title: 'DDIM: less noise on the way back',
      text: [
        'The bound fixes the noise of a step back; a sampler need not keep to it. Part of the noise may be what the model finds in $x_t$, and the rest fresh:',
        'If $\\hat x_0$ and $\\hat\\varepsilon$ are right, $x_{t-1}$ has the distribution it should, for any share $\\eta$:',
        '$\\eta = 1$ is the ancestral step; $\\eta = 0$ draws nothing but $x_T$, so few steps suffice, and starting points near each other give similar pictures.',
      ],
      wrong:
        'which is wrong because another sampler is another model: with $\\eta = 0$ a step has no density and no bound of this kind. A chain with fewer steps has a bound of its own, and that is the one shown.',
    },
    guidance: {
      title: 'Classifier-free guidance',
      text: [
        'The network predicts with a digit and without one. By Bayes’ rule their difference is what a classifier would say:',
        'Guidance goes on in that direction, $w$ times over. At a given $x_t$ the clean picture and the noise are affine in each other, so both can be extrapolated alike; $w = 0$ is the plain conditional model (some write $1 + w$ as the weight):',
      ],
      wrong:
        'which is wrong because the guided scores at different $t$ do not belong to one forward process. What comes out is sharper and more typical of its digit, but is drawn from no distribution with a bound.',
    },
  },
};
