/** The derivation of the ELBO lab in English. */
import type { DerivationText } from '../derivation.ts';
import type { derivation } from './derivation.ts';

export const text: DerivationText<typeof derivation> = {
  title: 'Derivation: tighter bounds, and what they are good for',
  lead: 'From one sample to log p(x), one KL per layer, the units, and four uses of a bound.',
  symbols: {
    x: 'the picture',
    K: 'samples K',
    elbo: 'the ELBO',
    LK: 'the bound with K samples',
    curve: 'the bound over K',
    gap: 'the gap to log p(x)',
    ess: 'effective draws',
    khat: 'shape of the tail of the weights',
    reconstruction: 'the reconstruction term',
    kl: 'KL to the prior',
    klLayer: 'KL of each layer',
    layer: 'the layers of the hierarchy',
    posterior: 'the posterior over digits',
    c: 'the digit given to the diffusion model',
    H: 'its entropy',
    bits: 'bits per pixel of the VAE',
    denoising: 'denoising matching',
    T: 'steps of the chain',
    m: 'how many are evaluated',
    costs: 'cost of each timestep',
    surprise: 'the picture among the test set',
    strangers: 'scores that tell strangers apart',
  },
  steps: {
    importance: {
      title: 'Importance weighting: K samples tighten the bound',
      text: [
        'Draw $z_1, \\dots, z_K$ from the encoder and weigh each by how much more the model likes it than the encoder does. The mean weight is exactly $p(x)$:',
        'So the mean of $K$ weights estimates $p(x)$ without bias, and by Jensen’s inequality its logarithm is too small on average:',
        'It never falls as $K$ grows: the mean of $K + 1$ weights is the mean of the $K + 1$ means $\\bar w_{-j}$ that leave one out, and Jensen’s inequality applies once more:',
      ],
    },
    gap: {
      title: 'The gap, and when not to trust it',
      text: [
        'What the ELBO lacks is the divergence of the encoder from the true posterior. The tighter bound gives an estimate of it, from below on average:',
        'For $\\log p(x)$ itself the draws may come from any $m$ that covers the posterior. Half of them are the encoder’s, which the ELBO is made of; the others come from Gaussians at the posterior’s mode $\\hat z$ with its curvature $\\Sigma^{-1}$, 1.3 times and twice as wide, so that no weight can grow without bound where the encoder is too narrow:',
        'The effective sample size says how many equally weighted draws would tell as much, and gives the standard error by the delta method. It sees the weights that have come, not the larger ones still to come:',
        'What those may be the largest weights tell. Above a threshold $u$ any weights follow a generalized Pareto distribution, and have about $1/\\hat k$ moments: no variance from $\\hat k = \\tfrac12$ on, no mean from 1 on. The estimate is called reliable while $\\hat k$ is small for the number of draws; otherwise $10^{1/(1 - \\hat k)}$ draws would do:',
      ],
    },
    hierarchy: {
      title: 'Many layers: one KL each',
      text: [
        'A hierarchical VAE draws its layers from the top, $z_L$, downwards, each given those above it. The encoder goes the same way down:',
        'As both are products in the same order, the logarithm of their ratio is a sum over layers:',
        'Given the layers above, both sides are Gaussians, so each draw from the top down gives every layer’s KL in closed form; the mean over what lies above is by sampling, hence the standard errors:',
      ],
      wrong:
        'which is wrong because the divergence of the marginals is not what the bound contains: each layer is compared given the layers above, and the mean over these stays outside.',
    },
    units: {
      title: 'Nats, bits, and what may be compared',
      text: [
        'A bound in nats becomes bits per dimension once, at the end. At 28 × 28 pixels one bit per pixel is 543.4 nats:',
        'For 8-bit pixels this is the length of a code, per pixel. A density is not a code: it has to be multiplied by the width of a level first:',
        'Nats of binarized pictures and bits of 8-bit ones measure different tasks. This page never sets one against the other.',
      ],
      wrong:
        'which is wrong for densities. It holds for probabilities of discrete pictures, as here; a density may exceed one, and its logarithm zero.',
    },
    subsample: {
      title: 'A long sum from few terms',
      text: [
        'The diffusion model’s bound is a sum over up to thousands of timesteps, each a run of the network. Draw some of them with probabilities $\\pi(t)$ and divide by these:',
        'The draws are stratified: one from each of $m$ neighbouring groups of equal probability, with $\\pi$ larger where the schedule moves fast. That leaves the mean as it is and lowers the variance; the spread of independent passes gives the standard error:',
      ],
      wrong:
        'which is wrong because the weight $1/\\pi(t)$ is lost: $T - 1$ for a uniform $\\pi$. And without a standard error no subsampled bound means much.',
    },
    digit: {
      title: 'Which digit: Bayes’ rule on bounds',
      text: [
        'The network was trained with and without the digit given, so there is a bound for each digit. With all digits equally likely beforehand:',
        'Only differences of bounds matter. All digits share timesteps and noise, so that what is common cancels, and timesteps are drawn where digits differ. With $\\ell_c$ the bound given digit $c$, pass by pass:',
        'The entropy says how undecided the posterior is, in nats; it is $\\log 10 = 2.30$ for no idea at all.',
      ],
      wrong:
        'which is exact only if the gap $\\log p(x \\mid c) - \\ELBO(x \\mid c)$ is the same for every digit. It is an approximation, and a good one where bounds differ by many nats.',
    },
    surprise: {
      title: 'How surprising is this picture?',
      text: [
        'A bound alone says little. Set among the bounds of the test set, under the same model and the same task, it says how usual the picture is:',
        'A low rank means that the model finds it harder to explain than nearly all digits. A high one does not prove that it is a digit: simple pictures, a blank one above all, can have a higher likelihood than any.',
      ],
    },
    strangers: {
      title: 'Strangers: what a likelihood does not know',
      text: [
        "Let $p$ be the images a model was trained on and $p'$ others. A density says how cheaply an image is described, not whether it belongs; where the others are plainer, they are cheaper than the model’s own:",
        'What is cheap for everyone proves nothing. So subtract what the image costs a code that knows nothing but the image itself: each pixel is predicted from its neighbours, and each binary decision costs what the counts $n_0, n_1$ of those before it make of it:',
        'Or ask for what is typical: own images have bounds near their mean, so one far above it is as odd as one far below:',
        'How well a score tells the two sets apart is the probability that an own image has the higher one, estimated over all pairs of test images:',
      ],
      wrong:
        'which is wrong as soon as the strangers are simpler than the model’s own images: one half and less of all pairs are then in this order.',
    },
  },
};
