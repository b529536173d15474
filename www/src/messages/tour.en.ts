interface Words {
  title: string;
  body: string;
  /** What to try. */
  attempt: string;
}

/** One entry for each of TOUR_STEPS: the tour looks them up by these names. */
const steps = {
  integral: {
    title: 'log p(x) is an intractable integral',
    body:
      'A model with latent variables draws z from p(z), then the picture x from p(x|z). How probable it makes one given ' +
      'picture is the average of p(x|z) over every z: here an integral over 16 dimensions, and almost all of that space ' +
      'explains the picture badly.',
    attempt:
      'Press “Random sample”: each press draws a z from the prior. To meet one that explains a given picture takes about ' +
      'e^KL draws; with this VAE, whose KL is some 25 nats, about 10¹¹.',
  },
  bound: {
    title: 'ELBO plus KL is log Z',
    body:
      'So choose a simple q and pull it towards the posterior p. For every q, the evidence lower bound and KL(q‖p) add up ' +
      'to log Z, which is log p(x) where the target is p(x, z). KL is never negative: the ELBO is a lower bound, and ' +
      'raising it closes the gap.',
    attempt:
      'Press “Run”. Bound and gap change at every iteration, their sum does not. What gap is left at the end is the ' +
      'banana’s bend, which no Gaussian has.',
  },
  divergences: {
    title: 'Two directions, two answers',
    body:
      'Raising the ELBO minimizes KL(q‖p), which punishes q for mass where p has little: one Gaussian settles on one of ' +
      'the modes. KL(p‖q) punishes it for missing any mass of p: its minimizer covers both modes, and the valley between.',
    attempt:
      'Drag the mean of the left q over to the other mode, then press “Run”: it stays there.',
  },
  gradients: {
    title: 'Slopes from samples',
    body:
      'The ELBO is an expectation under q, so its gradient is estimated from draws. Reparameterized, a draw is a function ' +
      'of q’s parameters, and the slope of log p̃ tells it where to go. The score function needs values of log p̃ only and ' +
      'serves discrete z, too; here it pays for that with a variance many times as large.',
    attempt:
      'The chart has both variances, at the same q. Choose “Score function” and watch the fit become erratic.',
  },
  'mean-field': {
    title: 'What mean field cannot represent',
    body:
      'Mean field makes the coordinates of q independent. On a correlated Gaussian it finds the right mean, but its ' +
      'variances are those of each coordinate given the other, narrower than the marginals, and a gap of −½ log(1 − ρ²) ' +
      'stays, however long it runs.',
    attempt: 'Choose “Full cov.”: the contours tilt, and the gap closes.',
  },
  vae: {
    title: 'A VAE: amortized inference, one encoder for all pictures',
    body:
      'In a variational autoencoder p(x|z) is a network, and a second one, the encoder, tells μ and σ of q(z|x) for any ' +
      'picture in a single pass. The bound is a reconstruction minus a KL, and the KL is a sum over latents. A latent ' +
      'whose KL is zero says nothing about this picture.',
    attempt:
      'Drag a latent further up, then let it rest: the new picture is encoded, and the bars show what each latent tells about it.',
  },
  gap: {
    title: 'How much does the bound miss?',
    body:
      'log p(x) − ELBO is KL(q(z|x)‖p(z|x)): what an imperfect encoder costs. Averaging K importance weights inside the ' +
      'logarithm gives L_K. It is the ELBO at K = 1, never falls as K grows, and tends to log p(x); so L_K − ELBO says how ' +
      'large the gap is at least.',
    attempt:
      'See the bound rise with K. Below it k̂ says whether log p(x) can be trusted; q alone stands beside the better proposal.',
  },
  layers: {
    title: 'Many layers of latents',
    body:
      'A hierarchical VAE draws its latents from the top down, each layer given those above. Its bound has one KL for every ' +
      'layer, so it tells where the information about the picture sits: the gist at the top, strokes and pixels below.',
    attempt:
      'Move the slider under “Reconstruct from the top” to the right: fewer and fewer details are left to chance.',
  },
  diffusion: {
    title: 'Diffusion is a hierarchical VAE with a fixed encoder',
    body:
      'Let every layer x₁ … x_T be as large as the picture, and let the encoder learn nothing: it adds Gaussian noise, step ' +
      'by step, until hardly anything else is left. What is learned is a single network, the decoder of all layers, which ' +
      'guesses the clean picture from x_t.',
    attempt:
      'Press “Play”. From x_T, which is noise alone, each step goes a little way towards the guess beside it.',
  },
  known: {
    title: 'Diffusion where the truth is known',
    body:
      'If the data are Gaussians in the plane, their noised densities p_t are Gaussians too, and the best guess of the clean ' +
      'point is a formula instead of a network. Three samplers walk back from the same noise: ancestral sampling adds ' +
      'noise at every step, DDIM less or none, and the probability-flow ODE follows a smooth path.',
    attempt:
      'Press “Denoise”. Then click anywhere in the plane: log p(x) is known there, and the bound stands beside it.',
  },
  terms: {
    title: 'Its bound has three terms',
    body:
      'L_T, prior matching: how far x_T is from pure noise; nothing is learned, and it is small. Σ L_{t−1}, denoising ' +
      'matching: the KL from each true reverse step, which knows x₀, to the model’s. L₀, reconstruction: the 8-bit levels ' +
      'given x₁. Nearly all of the cost is denoising.',
    attempt:
      'Drag the playhead along the timesteps: what the network sees, what it guesses, and what that costs.',
  },
  schedule: {
    title: 'Its schedule: the ends decide',
    body:
      'Each denoising term weighs the error of the guess by the drop in signal-to-noise ratio. As T grows, the bound ' +
      'depends on the schedule through its end points only. The linear one ends with noise wider than a grey level, and ' +
      'then L₀ costs about 0.4 nats for every background pixel.',
    attempt:
      'Choose “Linear” and watch L₀. “Compare chain lengths” sets all three schedules side by side.',
  },
  ends: {
    title: 'The gap, and what closes it',
    body:
      'With the exact score nothing is left to learn, and still the bound misses log p(x): each reverse step is one Gaussian ' +
      'where the truth is a mixture. That part of the gap goes like 1/T. What stays as T grows is paid at the two ends of ' +
      'the chain, where a Gaussian stands in for p(x_T) and for p(x|x₁).',
    attempt:
      'Drag T from 20 to 1000 and read “Where the gap comes from”; then choose another schedule.',
  },
  wrong: {
    title: 'A model that errs, and what it pays',
    body:
      'A small network learns to guess the clean point while you watch. What its errors cost is an integral over log SNR: the ' +
      'bound of the exact score minus its own. The loss can weigh noise levels as the bound does, or as L_simple does. ' +
      'One scores better; the samples need not agree.',
    attempt:
      'Press “Train”, then choose the other weighting and train again: the table below compares them.',
  },
  compare: {
    title: 'What it is good for: comparing models',
    body:
      'Bounds of the same data are in the same unit, so models can be set side by side, each with its error bar. Gaps ' +
      'differ between models: the importance-weighted bounds (◇) come closer to log p(x). Black-or-white and 8-bit ' +
      'pictures are two tasks, never one ranking.',
    attempt: 'Choose other examples, or draw a digit: does the hierarchical VAE stay ahead?',
  },
  odd: {
    title: 'Spotting the odd picture',
    body:
      'A model gives little probability to what it has not learned. The histogram holds the bounds of test digits, the ' +
      'line is this picture: far below them all. Beware of the converse: a plain picture can score well and yet be no ' +
      'digit at all.',
    attempt:
      'Choose the scribble, the number 10, or the letter A. Then clear the pad and draw a single dot: it scores like a digit.',
  },
  strangers: {
    title: 'Strangers that look at home',
    body:
      'A model of clothes meets digits. Plain pictures are cheap for every model, so digits can get a higher likelihood ' +
      'than the clothes that the model was trained on. What the bound alone cannot tell, others can: set it against the ' +
      'length of a compressed file, or ask how usual it is.',
    attempt:
      'Choose another model and another score. Which of them puts this digit where a digit belongs, and with what AUROC?',
  },
  digit: {
    title: 'Telling digits apart',
    body:
      'Given a digit c, the diffusion model has a bound for log p(x|c). With every digit as likely as any other ' +
      'beforehand, Bayes’ rule turns ten bounds into a posterior, as far as bounds can stand for likelihoods. All ten ' +
      'share their noise, so that differences are known far better than the bounds.',
    attempt: 'Draw something between a 4 and a 9 and see the probability split.',
  },
} satisfies Record<string, Words>;

/** The guided tour in English. */
export const tour = {
  label: 'Guided tour',
  start: 'Tour',
  resume: (step: number, steps: number) => `Resume tour (${step} of ${steps})`,
  skip: 'Back to the tour',
  progress: (step: number, steps: number) => `Step ${step} of ${steps}`,
  dots: 'Steps of the tour',
  dot: (step: number, title: string) => `Step ${step}: ${title}`,
  attempt: 'Try:',
  elsewhere: (lab: string) => `This step is about the lab “${lab}”.`,
  back: 'Back',
  next: 'Next',
  show: 'Show me',
  finish: 'Finish',
  close: 'Close the tour',
  fold: 'Minimize',
  unfold: 'Unfold',
  ended: 'Tour finished. Restore the page as it was before?',
  restore: 'Back to what I had',
  stay: 'Stay here',
  steps,
};
