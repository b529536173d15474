/** The derivation of the inference lab in English. */
import type { DerivationText } from '../derivation.ts';
import type { derivation } from './derivation.ts';

export const text: DerivationText<typeof derivation> = {
  title: 'Derivation: from log Z to a gradient',
  lead: 'Why the ELBO is a bound, how its gradient is estimated, and what a simple q loses.',
  symbols: {
    p: 'the target',
    q: 'the family of q',
    logZ: 'log Z of the target',
    elbo: 'the ELBO by quadrature',
    estimate: 'the ELBO by these samples',
    gap: 'the gap',
    mu: 'the mean: drag it',
    L: 'the width: drag the squares',
    sigma: 'the widths: drag the squares',
    S: 'samples per gradient',
    K: 'components',
    gradient: 'which gradient',
    slope: 'the slope that is left',
    variance: 'the variance of both gradients',
    reverse: 'KL(q‖p) of the fit',
    forward: 'KL(p‖q) of the other fit',
  },
  steps: {
    identity: {
      title: 'log Z is the ELBO plus a divergence',
      text: [
        'At every point, $p(z) = \\tilde p(z)/Z$, so $\\log Z = \\log \\tilde p(z) - \\log p(z)$: the same number whatever $z$ is. Its mean under any $q$ is that number too. Add and subtract $\\log q(z)$ inside the mean:',
        'The second part is a Kullback–Leibler divergence. As $-\\log$ is convex, Jensen’s inequality shows that it is never negative, and it is zero only for $q = p$:',
        'So the ELBO is a lower bound on $\\log Z$, and raising it lowers the divergence by as much. Here $\\log Z$ is known, so that the two can be seen to add up to it.',
      ],
      wrong:
        'which is wrong twice. The logarithm belongs inside the mean: without it the mean is $Z$ for every $q$. And the divergence is what the bound lacks: with a minus sign the ELBO would exceed $\\log Z$.',
    },
    path: {
      title: 'The reparameterized gradient',
      text: [
        'The mean in the ELBO is taken under $q$, which changes with its parameters $\\phi$. Draw noise that does not, and let $q$ only shape it:',
        'Now the gradient may go inside the mean. The chain rule gives a part along the path of $z$ and a part from $q$’s own formula:',
        'The second part has mean zero, since $\\int \\nabla_\\phi q_\\phi\\, dz = \\nabla_\\phi 1 = 0$. It is kept here, so that what is computed is the exact derivative of the estimate for the noise drawn; without it the gradient is unbiased too, and quieter near an optimum. With $S$ draws:',
      ],
    },
    score: {
      title: 'The score-function gradient',
      text: [
        'Where $\\log \\tilde p$ cannot be differentiated, differentiate $q$ instead, with $\\nabla q = q\\, \\nabla \\log q$:',
        'Both estimators have the same mean, so they climb the same hill. Their variance is another matter: this one multiplies a score by the value of $f$, which near the optimum is about $\\log Z$ and tells nothing. With one component:',
        'Subtracting a constant from $f$ would leave the mean as it is and remove most of that variance. No such control variate is used here, so that the difference can be seen.',
      ],
    },
    meanField: {
      title: 'What independence costs: the correlated Gaussian',
      text: [
        'Among all $q(z) = \\prod_i q_i(z_i)$, with the other factors held, the best $q_i$ is',
        'For a Gaussian $p = \\N(0, \\Sigma)$ with precision $\\Lambda = \\Sigma^{-1}$ the right-hand side is quadratic in $z_i$ with curvature $\\Lambda_{ii}$, so the best factors are Gaussians. Or directly, from the divergence of two Gaussians:',
        'Set its derivatives to zero. With standard deviations $s_1, s_2$ and correlation $\\rho$:',
        'Here $\\rho = 0.9$, so each width is 0.44 of the marginal’s and the gap cannot fall below 0.830 nats. Run mean field on the correlated Gaussian and compare.',
      ],
      wrong:
        'which is wrong because the best $q_i$ has the variance of $z_i$ given the other coordinate, not the marginal variance. The marginals minimize the other divergence, $\\KL{p}{q}$.',
    },
    mixture: {
      title: 'The stratified ELBO of a mixture',
      text: [
        'A mean under a mixture is a weighted sum of means under its components. No component need be drawn at random, so the weights have a gradient as well:',
        'With as many draws from each component the estimate is stratified, and its variance is $\\sum_k \\pi_k^2 \\Var_{q_k}[f]/S$:',
      ],
      wrong:
        'which is wrong because $q_k$ stands where the whole $q$ must: a draw pays for the density of the mixture at its place. That sum is smaller than the ELBO by $\\sum_k \\pi_k \\KL{q_k}{q}$, and components that overlap would not know of each other.',
    },
    directions: {
      title: 'Reverse and forward KL',
      text: [
        'The ELBO lowers the reverse divergence. Where $q$ has mass and $p$ has none the integrand is huge; where $p$ has mass and $q$ has none it is zero. So $q$ settles on a mode and leaves others out:',
        'The forward divergence takes its mean under $p$. Now a place that $p$ visits and $q$ does not is what costs:',
        'For one Gaussian the gradient vanishes where the moments agree (mean field: of the covariance its diagonal alone), so $q$ covers all the mass of $p$, and the valleys between:',
        'It needs expectations under $p$, which is what nobody has in practice. Here they come from quadrature.',
      ],
    },
  },
};
