/** A diagonal Gaussian over the latents, `q(z|x) = N(mean, exp(log_var))`. */
export interface DiagonalGaussian {
  /** Mean, shape `[latents]`. */
  mean: Float32Array;
  /** Logarithm of the variance. */
  logVar: Float32Array;
}

/** How a density of pixels was read. */
export interface DensityReading {
  /** The values of a black and of a full pixel, in whose units the density is. */
  range: [number, number];
  /** Whether noise u ~ U[0, 1) was added to the levels (Theis et al. 2016): then elbo + logVolume bounds log P of the levels. */
  dequantized: boolean;
  /** Logarithm of the volume of one level in all dimensions, in nats, with which bitsPerDim is in the units of 8-bit models. */
  logVolume: number;
  /** The standard deviation that was fitted to the image (Rybkin et al. 2021); null if it is given. */
  fittedStd: number | null;
}

/** A Monte Carlo mean; `standardError` is null while there is too little to estimate it from. */
export interface Estimate {
  /** The mean of the draws. */
  mean: number;
  /** The standard error of the mean; null if the draws do not tell, as a single one does not. */
  standardError: number | null;
}

/** How to score an image with a VAE. */
export interface VaeElboOptions {
  /** Samples of the latents, 1 to 100000; 64 if absent. */
  samples?: number;
  /** Seed of the binarization and of the samples; for JavaScript drawn afresh if absent. */
  seed?: number;
  /** The class, for a model that is conditioned on one. */
  class?: number | null;
  /** Whether the levels are made continuous, for a density. */
  dequantize?: boolean;
}

/** Which part of the plane is decoded, and how finely. */
export interface LatentPlaneOptions {
  /** The plane reaches from -range to range in both latents, above 0, at most 100; 3 if absent. */
  range?: number;
  /** Images in a row of each grid, coarse to fine; each number divides the last, at most 64. [5, 10, 20] if absent. */
  grids?: number[];
  /** The class, for a model that is conditioned on one. */
  class?: number | null;
}

/** A class in the plane of a VAE with two latents, as the posterior means of its training images lie. */
export interface ClassRegion {
  /** Its name. */
  label: string;
  /** Images that were counted. */
  images: number;
  /** Where the class is densest, `[z_1, z_2]`. */
  peak: [number, number];
  /** For each share that was asked for, the lines around the densest region that holds it: coordinates z_1, z_2, z_1, z_2 … */
  contours: Float64Array[][];
}

/** ELBO = reconstruction - KL of an image, in nats. */
export interface VaeElbo {
  /** The seed that was used. */
  seed: number;
  /** Samples of the latents. */
  samples: number;
  /** What was explained. */
  task: Task;
  /** The binary image that was scored, one 0 or 1 per pixel; null for other tasks. */
  binarized: Uint8Array | null;
  /** How a density was read; null for other tasks. */
  density: DensityReading | null;
  /** `E_q[log p(x|z)]`, at most 0 but for a density. */
  reconstruction: Estimate;
  /** KL(q(z|x) || p(z)), exact. */
  kl: number;
  /** The summands of `kl`, one per latent. */
  klPerLatent: number[];
  /** reconstruction - kl ≤ log p(x). */
  elbo: Estimate;
  /** -ELBO / (pixels * ln 2); of a density -(ELBO + logVolume) / (pixels * ln 2). */
  bitsPerDim: Estimate;
}

/**
 * What log p(x) is estimated with. "posterior": q(z|x) alone. "defensive": 3/4 q and 1/4 a copy with twice the variance, of a
 * hierarchical VAE in the top layer only. "laplace": 1/2 q and 1/2 Gaussians fitted to the posterior's mode and curvature;
 * "fitted": 1/2 q and 1/2 a Student t distribution with the weighted mean and covariance of 1600 draws around that mode, which
 * are evaluated first and on top: for heavy-tailed weights. "defensive" stands in for both in a hierarchical VAE.
 */
export type ImportanceProposal = "posterior" | "defensive" | "laplace" | "fitted";

/** How to score an image with a latent-variable model. */
export interface LatentBoundOptions {
  /** Samples of q(z|x), of which the ELBO is made, 1 to 1000000; 5000 if absent. The proposal's own draws come on top. */
  samples?: number;
  /** "fitted" if absent. */
  proposal?: ImportanceProposal;
  /** Seed of the binarization and of the samples; for JavaScript drawn afresh if absent. */
  seed?: number;
  /** The class, for a VAE that is conditioned on one. */
  class?: number | null;
  /** Whether the levels are made continuous, for a density. */
  dequantize?: boolean;
}

/** Bounds on log p(x) of one image under a VAE or a hierarchical VAE, in nats. */
export interface LatentBoundResult {
  /** The seed that was used. */
  seed: number;
  /** Samples of q(z|x) so far. */
  samples: number;
  /** All draws so far, those of the proposal's other components among them. */
  draws: number;
  /** Whether all are there. */
  done: boolean;
  /** What was explained. */
  task: Task;
  /** The binary image that was scored, one 0 or 1 per pixel; null for other tasks. */
  binarized: Uint8Array | null;
  /** How a density was read; null for other tasks. */
  density: DensityReading | null;
  /** `E_q[log p(x|z)]`. */
  reconstruction: Estimate;
  /** KL(q(z|x) || p(z)); exact for a VAE, whose standard error is 0. */
  kl: Estimate;
  /** Its summands: one per stochastic layer, the top one first; a VAE has one. */
  layers: {
    /** Name of the layer. */
    name: string;
    /** E_q KL(q(z_l | z_{<l}, x) || p(z_l | z_{<l})) in nats. */
    kl: Estimate;
  }[];
  /** The exact summands of a VAE, one per latent; null for a hierarchical VAE. */
  klPerLatent: number[] | null;
  /** reconstruction - kl ≤ log p(x). */
  elbo: Estimate;
  /** -ELBO / (pixels * ln 2). */
  bitsPerDim: Estimate;
  /**
   * The importance-weighted bound L_K (Burda et al. 2015) for K = 1, 2, 5, 10, ... and for all samples so far: the mean over
   * disjoint batches of K. The standard error comes from the spread of the batches, of their weights where the batches are few.
   */
  importance: {
    /** K, how many samples one bound averages over. */
    k: number;
    /** L_K in nats. */
    bound: Estimate;
  }[];
  /** log p(x) by the proposal, from below in expectation. */
  logLikelihood: Estimate;
  /** logLikelihood - elbo, an estimate of KL(q(z|x) || p(z|x)). */
  gap: Estimate;
  /** False if the standard errors of these two are too small to trust: that of the first of `estimates`. */
  reliable: boolean;
  /** log p(x) by the proposal, then by q alone if that is another. */
  estimates: ImportanceEstimate[];
}

/** log p(x) by importance sampling, in nats. */
export interface ImportanceEstimate {
  /** What the draws come from. */
  proposal: ImportanceProposal;
  /** How many they are. */
  draws: number;
  /** The logarithm of the mean weight, in nats. */
  logLikelihood: Estimate;
  /** (sum of w)^2 / sum of w^2 of the importance weights w. */
  effectiveSampleSize: number;
  /** Null where there are too few draws for it, or the largest weights are equal. */
  pareto: ParetoDiagnostic | null;
  /** Whether the shape of the tail is below its threshold. */
  reliable: boolean;
}

/** The Pareto distribution fitted to the largest importance weights (Vehtari et al. 2024). */
export interface ParetoDiagnostic {
  /** The weights have about 1 / shape moments: from 1/2 on no variance, from 1 on no mean. */
  shape: number;
  /** min(1 - 1/log10(draws), 0.7). */
  threshold: number;
  /** How many draws would do; null if no number does. */
  drawsNeeded: number | null;
  /** Weights in the tail. */
  size: number;
  /**
   * Some of them, the largest first: its rank, and the logarithm of the weight over the mean weight, as it came and as the fit
   * expects it.
   */
  tail: {
    /** 1 for the largest. */
    rank: number;
    /** Its logarithm, less that of the mean weight. */
    observed: number;
    /** What the fit expects at this rank, likewise. */
    fitted: number;
  }[];
}

/** The noise of a draw from the prior of a hierarchical VAE. */
export interface GenerateOptions {
  /** One seed per layer, the top one first: integers from 0 to 2^53 - 1. */
  seeds: number[];
}

/** How to reconstruct an image with a hierarchical VAE. */
export interface ReconstructOptions {
  /** How many layers, from the top, are drawn from q(z|x), the others from their priors; all if absent. */
  posteriorLayers?: number;
  /** Seed of the binarization and of the latents; for JavaScript drawn afresh if absent. */
  seed?: number;
}
