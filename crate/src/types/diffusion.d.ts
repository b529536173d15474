/** What chain to run. */
export interface SamplerOptions {
  /** Seed of all noise; for JavaScript drawn afresh if absent. */
  seed?: number;
  /** Class to condition on; null for none. */
  class?: number | null;
  /** Whether chain n has the class n modulo the number of classes, in place of `class`. */
  everyClass?: boolean;
  /** "cosine" if absent. */
  schedule?: ScheduleKind;
  /** Steps of the chain, 2 to 1000; 100 if absent. A chain shorter than 1000 is strided. */
  steps?: number;
  /** Ancestral sampling ("ddpm", the default) or Song et al. 2021 ("ddim"). */
  method?: "ddpm" | "ddim";
  /** For "ddim": 0 (the default) is deterministic, 1 is ancestral; refused for "ddpm" unless it is 0. */
  eta?: number;
  /** Weight of classifier-free guidance, 0 (none) to 20; needs a class. */
  guidance?: number;
  /** Chains side by side, 1 (the default) to 64. */
  chains?: number;
  /** Number of the first of them, 0 if absent: chains of one seed are the same however they are shared out. */
  firstChain?: number;
}

/** What the model takes an x_t to be made of; one value per pixel. */
export interface NoisePrediction {
  /** The clean image, clipped to [-1, 1]. */
  x0: Float64Array;
  /** The noise (x_t - alpha x0) / sigma. */
  epsilon: Float64Array;
}

/** A state of the chains; images are 8-bit levels, chain after chain. */
export interface Frame {
  /** Position in the chain, 0 for where it starts. */
  index: number;
  /** Timestep: steps that are left. */
  t: number;
  /** Log signal-to-noise ratio at t; Infinity at t = 0. */
  logSnr: number;
  /** x_t, clamped to [-1, 1] for display. */
  x: Uint8Array;
  /** The clean image that the model predicts from x_t; at t = 0 the sample. */
  predictedX0: Uint8Array;
  /** Root mean square difference of predictedX0 from the image that denoise() was given, in levels, for each chain; else null. */
  rmsToOriginal: number[] | null;
}

/** What another instance has of a frame, of chains that come after those here. */
export interface SharedFrame {
  /** x_t, 8-bit levels, chain after chain. */
  x: Uint8Array;
  /** The clean images that the model predicts from x_t, likewise. */
  predictedX0: Uint8Array;
  /**
   * Root mean square difference of predictedX0 from the image that was noised, in levels, for each chain; null for chains from
   * noise.
   */
  rmsToOriginal: number[] | null;
}

/** Row i belongs to timestep `t[i]`. */
export interface ScheduleTable {
  /** Timesteps, 1 to the number of steps. */
  t: number[];
  /** Log signal-to-noise ratio, `log(alpha_bar / (1 - alpha_bar))`. */
  logSnr: number[];
  /** Share of the signal's variance, the cumulative product of `1 - beta`. */
  alphaBar: number[];
}

/** How to score an image with a diffusion model. */
export interface DiffusionElboOptions {
  /** "cosine" if absent. */
  schedule?: ScheduleKind;
  /** Steps T of the chain whose bound is computed, 2 to 100000; 1000 if absent. */
  steps?: number;
  /**
   * How many timesteps in all, stratified (128 if absent), or "all" for each of 2..T: twice, on chains of fewer than 9 steps more
   * often.
   */
  timesteps?: number | "all";
  /** Class to condition on; null for none. */
  class?: number | null;
  /** Seed of timesteps and noise; for JavaScript drawn afresh if absent. */
  seed?: number;
  /** Whether the consistency form is computed beside denoising matching, from the same network evaluations. */
  consistency?: boolean;
}

/** -ELBO = lT + lDenoising + l0 of an 8-bit image; all terms are costs in nats. */
export interface DiffusionElboResult {
  /** The seed that was used. */
  seed: number;
  /** Noise schedule of the chain. */
  schedule: ScheduleKind;
  /** Steps of the chain. */
  steps: number;
  /** The class that the model was conditioned on. */
  class: number | null;
  /** Network evaluations so far, up to the first that is missing. */
  evaluations: number;
  /** Complete passes over the strata; the estimates are made of these. */
  passes: number;
  /** Whether all passes are complete. */
  done: boolean;
  /** KL(q(x_T|x_0) || N(0, I)), exact. */
  lT: number;
  /** Sum over t = 2..T of E KL(q(x_{t-1}|x_t,x_0) || p(x_{t-1}|x_t)). */
  lDenoising: Estimate;
  /**
   * -E log p(x_0|x_1), a discretized Gaussian over the 256 levels with variance 1 - alphaBar(1) around the predicted clean image.
   */
  l0: Estimate;
  /**
   * The same predictions with the variance of q(x_1|x_2,x_0) instead, as in the code of Ho et al. (2020); not a part of `elbo`.
   */
  l0PosteriorVariance: Estimate;
  /** The bound, at most 0. */
  elbo: Estimate;
  /** -ELBO / (pixels * ln 2). */
  bitsPerDim: Estimate;
  /**
   * The sum over t and the mean of L_0 as each complete pass has them alone. Pass k of another bound with the same seed, chain
   * and number of timesteps has the same timesteps and noise, so that the differences between passes tell how well the difference
   * is known.
   */
  perPass: {
    /** The sum over `t = 2..=T` as each pass estimates it. */
    lDenoising: number[];
    /** Mean of the draws of `L_0` in each. */
    l0: number[];
  };
  /** Mean cost of each timestep that was visited, by t. */
  perTimestep: {
    /** The timestep. */
    t: number;
    /** Log signal-to-noise ratio at `t`. */
    logSnr: number;
    /** Mean over the evaluations, in nats. */
    nats: number;
    /** Evaluations at this timestep. */
    evaluations: number;
  }[];
  /** The same bound in its consistency form; null unless it was asked for. */
  consistency: ConsistencyForm | null;
}

/** -ELBO = prior + lConsistency + l0: the same number as from denoising matching, of which a draw is usually noisier. */
export interface ConsistencyForm {
  /** E KL(q(x_T|x_{T-1}) || N(0, I)), exact. */
  prior: number;
  /** Sum over t = 2..T of `E[log q(x_{t-1}|x_{t-2}) - log p(x_{t-1}|x_t)]`; its constants are summed exactly. */
  lConsistency: Estimate;
  /** The bound itself, of the same expectation as that of denoising matching. */
  elbo: Estimate;
  /** Its negative per dimension, in bits. */
  bitsPerDim: Estimate;
  /**
   * Standard deviation, in nats, of the estimate of the sum over t that one evaluation gives (its L_{t-1} over the probability of
   * its t), and of the same with the consistency term at this t and x_t. Null from a single evaluation.
   */
  matchingSd: number | null;
  /** The same for the consistency term at the same `t` and `x_t`, without its normalisers. */
  consistencySd: number | null;
}

/** How to classify an image with a diffusion model. */
export interface ClassPosteriorOptions {
  /** "cosine" if absent. */
  schedule?: ScheduleKind;
  /** Steps T of the chain whose bounds are compared, 2 to 100000; 1000 if absent. */
  steps?: number;
  /** Network evaluations for each class, 1 to 100000, in ten passes or few more; 50 if absent. */
  evaluationsPerClass?: number;
  /**
   * What the terms of the bound count for. "bound" (if absent): the same, the model's own posterior. "sigmoid": sigmoid(-log
   * SNR), the mean ELBO of images with some noise added (Kingma & Gao 2023): no posterior of the model's, but less of what does
   * not tell classes apart, so that fewer evaluations find the right one.
   */
  weighting?: "bound" | "sigmoid";
  /** Seed of timesteps and noise; for JavaScript drawn afresh if absent. */
  seed?: number;
}

/** The posterior over classes under a uniform prior, with each class's ELBO for its log-likelihood. */
export interface ClassPosteriorResult {
  /** The seed that was used. */
  seed: number;
  /** Noise schedule of the chain. */
  schedule: ScheduleKind;
  /** Steps of the chain. */
  steps: number;
  /** What each term counts for. */
  weighting: "bound" | "sigmoid";
  /** Network evaluations so far, over all classes. */
  evaluations: number;
  /** Complete passes; the estimates are made of these. */
  passes: number;
  /** Network evaluations of each class in the complete passes, of which the rest is made. */
  perClass: number;
  /** Whether all passes are complete. */
  done: boolean;
  /**
   * ELBO in nats under each class, its terms weighted if that was asked for. They share timesteps and noise: their differences
   * are known far better than each of them.
   */
  bounds: Estimate[];
  /** Probability of each class. */
  posterior: number[];
  /** Of each probability, from the spread of the passes by the delta method; null from a single pass. */
  standardError: number[] | null;
  /** Of the posterior, in nats: 0 to the logarithm of the number of classes. */
  entropy: number;
  /** The most probable class. */
  predicted: number;
}

/** Which draw of x_t to show. */
export interface DiffuseOptions {
  /** Timestep, 1 to `steps`. */
  t: number;
  /** "cosine" if absent. */
  schedule?: ScheduleKind;
  /** Steps T of the chain, 2 to 100000; 1000 if absent. */
  steps?: number;
  /** Class to condition on; null for none. */
  class?: number | null;
  /** Seed of the noise; for JavaScript drawn afresh if absent. */
  seed?: number;
}

/** One draw of x_t: the very one of pass 0 of the bound with the same seed, schedule and steps. */
export interface Diffused {
  /** The seed that was used. */
  seed: number;
  /** The timestep. */
  t: number;
  /** Log signal-to-noise ratio at t. */
  logSnr: number;
  /** x_t as 8-bit levels, clamped to [-1, 1] for display. */
  x: Uint8Array;
  /** The clean image that the model predicts from it. */
  predictedX0: Uint8Array;
  /** This draw's L_{t-1}, or L_0 at t = 1, in nats. */
  nats: number;
}
