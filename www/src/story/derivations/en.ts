import type { DerivationTexts } from './index.ts';
import { plane } from './plane.en.ts';

export const en: DerivationTexts = {
  often: 'Often written',
  stands: 'Symbols on this page',
  computedBy: 'Computed by',
  references: 'References',
  absent: 'This number is not on the page yet: it appears when it has been computed.',
  etAl: (first) => `${first} et al.`,
  labs: {
    plane,
    inference: {
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
    },
    latent: {
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
    },
    elbo: {
      title: 'Derivation: tighter bounds, and what they are good for',
      lead: 'From one sample to log p(x), one KL per layer, the units, and three uses of a bound.',
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
            'A low rank means that the model finds it harder to explain than nearly all digits. A high one is no proof that it is a digit: simple pictures, a blank one above all, can have a higher likelihood than any.',
          ],
        },
      },
    },
    denoise: {
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
    },
  },
};
