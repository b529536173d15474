/** The derivation of the latent lab in English. */
import type { DerivationText } from '../derivation.ts';
import type { derivation } from './derivation.ts';

export const text: DerivationText<typeof derivation> = {
  title: 'Derivation: the variational autoencoder',
  lead: 'From an integral over all latents to two terms that one pass of two networks can compute.',
  symbols: {
    x: 'the picture that is scored',
    z: 'the latents',
    decoder: 'the decoder’s picture',
    prior: 'a draw from the prior',
    reconstruction: 'the reconstruction term',
    kl: 'KL to the prior',
    klEach: 'KL of each latent',
    elbo: 'the ELBO',
    zA: 'endpoint A',
    zB: 'endpoint B',
    u: 'the position between A and B',
    path: 'linear or spherical',
  },
  steps: {
    bound: {
      title: 'An integral that nobody can do, and a bound',
      text: [
        'The model draws $z$ from the prior $p(z)$ and a picture from what the decoder makes of it. To score a picture is to ask every $z$:',
        'Almost no $z$ explains the picture, so drawing from the prior is hopeless. The encoder $q_\\phi(z \\mid x)$ proposes some that do. Jensen’s inequality moves the logarithm inside:',
        'What is lost is the divergence of the encoder from the true posterior:',
        'It is $p(z)$ that is the prior. $p(x)$ is the evidence, the number sought.',
      ],
      wrong:
        'which is wrong because the divergence is subtracted: a code that says more than the prior has to be paid for. With a plus sign the bound could exceed $\\log p(x)$.',
    },
    sample: {
      title: 'One draw is enough: reparameterization',
      text: [
        'The encoder’s $q$ is a Gaussian with independent latents. A draw is noise, scaled and shifted:',
        'In training this lets the gradient pass through $z$; here it lets the seed fix the number. The KL needs no draws, so all of the standard error comes from the mean over $S$ draws:',
      ],
    },
    kl: {
      title: 'The KL of each latent',
      text: [
        'Both distributions are Gaussian and factorize, so the KL is a sum over latents. For one of them, with $\\E_q[(z_i - \\mu_i)^2] = \\sigma_i^2$ and $\\E_q[z_i^2] = \\mu_i^2 + \\sigma_i^2$:',
        'Subtract:',
        'A latent whose bar is near zero has $\\mu_i \\approx 0$ and $\\sigma_i \\approx 1$: through it the encoder says nothing about this picture.',
      ],
      wrong:
        'which is wrong because the half is lost: both logarithms of a Gaussian density carry one.',
    },
    bernoulli: {
      title: 'Black-or-white pixels: the Bernoulli likelihood',
      text: [
        'The decoder gives a logit $\\ell_j$ for every pixel, white with probability $s(\\ell_j) = 1/(1 + e^{-\\ell_j})$. The second form never takes the logarithm of a rounded 0 or 1:',
        'The pixels must be 0 or 1, so each picture is binarized first, at random with its grey levels as probabilities. The seed fixes the draw.',
      ],
      wrong:
        'which is wrong because with grey levels between 0 and 1 this is the logarithm of no distribution: it does not integrate to one. It is a fine training loss and no likelihood.',
    },
    logistic: {
      title: '256 grey levels: the discretized logistic',
      text: [
        'An 8-bit pixel is one of 256 levels between −1 and 1, $2/255$ apart. Its probability is the mass that a logistic distribution with mean $m_j$ and scale $\\tau_j$ puts on its bin, where $s$ is the logistic function:',
        'The lowest bin reaches to $-\\infty$ and the highest to $\\infty$, so that the 256 masses sum to one; most pixels of a digit lie in these tails. For the logarithm the difference is written as a product, in which nothing cancels:',
      ],
      wrong:
        'which is wrong for a Gaussian decoder because the normalizer is a term of its own: $(x_j - m_j)^2/(2\\sigma^2) + \\log \\sigma + \\tfrac12 \\log 2\\pi$. Even so it would be a density, not the probability of a level.',
    },
    path: {
      title: 'Straight line or great circle',
      text: [
        'Draws from the prior lie near a sphere of radius $\\sqrt d$. The straight line between two of them cuts through the inside, where the prior hardly ever goes: half-way, its length is about $\\sqrt{d/2}$. The spherical path keeps its distance from the centre:',
      ],
    },
  },
};
