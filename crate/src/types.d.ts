/**
 * Every function throws a real Error whose `name` tells what is wrong:
 * ShapeError (a wrong length), ValueError (NaN, out of range, an unknown option, class or schedule), ManifestError,
 * ChecksumError (bytes that differ from the manifest's size or SHA-256), ModelError (a truncated or foreign ONNX file),
 * CanvasError. A RuntimeError means that the instance has panicked and must be replaced.
 */
export type ErrorName =
  | "ShapeError" | "ValueError" | "ManifestError" | "ChecksumError" | "ModelError" | "CanvasError";

/** Noise schedules: Ho et al. 2020, Nichol & Dhariwal 2021, Kingma et al. 2021. */
export type ScheduleKind = "linear" | "cosine" | "log-snr-linear";
/** A straight line, or a great circle (Shoemake 1985). */
export type Interpolation = "linear" | "spherical";

export interface FileEntry {
  path: string;
  bytes: number;
  /** SHA-256 in lower-case hexadecimal digits. */
  sha256: string;
}

/** One measured result; scores of different tasks must not be compared. */
export interface Score {
  dataset: string;
  task: string;
  metric: string;
  unit: string;
  value: number;
  standardError?: number;
  images: number;
  samples?: number;
}

interface ModelEntryBase {
  id: string;
  title: string;
  image: { channels: number; height: number; width: number };
  dataRange: [number, number];
  dataset: string;
  provenance: { script: string; commit: string; seed: number; minutes: number; machine: string };
  /** As the program measured them that trained the model; those of the crate itself stand in evaluation.json. */
  scores: Score[];
}

export interface VaeEntry extends ModelEntryBase {
  kind: "vae";
  likelihood: "bernoulli" | "discretized-logistic";
  /** `density`, for two latents: where the training images of each class lie, for Vae.classRegions. */
  files: { encoder: FileEntry; decoder: FileEntry; density?: FileEntry };
  /** Mean KL to the prior of each latent in nats over the training set; `order` has the most informative first. */
  latents: { count: number; klPerLatent: number[]; order: number[] };
}

/** A stochastic layer of a hierarchical VAE; `kl` is its mean KL to its prior in nats over the training set. */
export interface LatentLayer {
  name: string;
  shape: number[];
  kl: number;
}

export interface HvaeEntry extends ModelEntryBase {
  kind: "hvae";
  likelihood: "bernoulli" | "discretized-logistic";
  files: { encoder: FileEntry; decoder: FileEntry };
  /** The top layer first. */
  layers: LatentLayer[];
  /** Shapes of the encoder's outputs. */
  features: number[][];
}

export interface DdpmEntry extends ModelEntryBase {
  kind: "ddpm";
  likelihood: "discretized-gaussian";
  files: { network: FileEntry };
  parameterization: "epsilon" | "x0" | "v" | "lattice";
  /** The range of log signal-to-noise ratios that the network was trained on. */
  logSnr: { min: number; max: number };
  classes: string[];
}

export type ModelEntry = VaeEntry | HvaeEntry | DdpmEntry;

/** What a bound is about; bounds of different tasks must not be compared. */
export type Task = "binarized" | "8-bit";

export interface Manifest {
  format: 1;
  models: ModelEntry[];
}

export interface DiagonalGaussian {
  mean: Float32Array;
  /** Logarithm of the variance. */
  logVar: Float32Array;
}

/** A Monte Carlo mean; `standardError` is null while there is too little to estimate it from. */
export interface Estimate {
  mean: number;
  standardError: number | null;
}

export interface VaeElboOptions {
  /** Samples of the latents, 1 to 100000; 64 if absent. */
  samples?: number;
  /** Seed of the binarization and of the samples; drawn afresh if absent. */
  seed?: number;
}

export interface LatentPlaneOptions {
  /** The plane reaches from -range to range in both latents, above 0, at most 100; 3 if absent. */
  range?: number;
  /** Images in a row, of one picture after the other; each divides the last, which is at most 64. [5, 10, 20] if absent. */
  grids?: number[];
}

/** A class in the plane of a VAE with two latents, as the posterior means of its training images lie. */
export interface ClassRegion {
  label: string;
  /** Images that were counted. */
  images: number;
  /** Where the class is densest, [z_1, z_2]. */
  peak: [number, number];
  /** For each share that was asked for, the lines around the densest region that holds it: coordinates z_1, z_2, z_1, z_2 … */
  contours: Float64Array[][];
}

/** ELBO = reconstruction - KL of an image, in nats. */
export interface VaeElbo {
  seed: number;
  samples: number;
  /** The binary image that was scored, one 0 or 1 per pixel; null for the 8-bit task. */
  binarized: Uint8Array | null;
  /** E_q[log p(x|z)], at most 0. */
  reconstruction: Estimate;
  /** KL(q(z|x) || p(z)), exact. */
  kl: number;
  klPerLatent: number[];
  elbo: Estimate;
  /** -ELBO / (pixels * ln 2). */
  bitsPerDim: Estimate;
}

export interface LatentBoundOptions {
  /** Samples of the latents, 1 to 1000000; 5000 if absent. */
  samples?: number;
  /** Seed of the binarization and of the samples; drawn afresh if absent. */
  seed?: number;
}

/** Bounds on log p(x) of one image under a VAE or a hierarchical VAE, in nats. */
export interface LatentBoundResult {
  seed: number;
  /** Samples so far. */
  samples: number;
  done: boolean;
  task: Task;
  /** The binary image that was scored, one 0 or 1 per pixel; null for the 8-bit task. */
  binarized: Uint8Array | null;
  /** E_q[log p(x|z)]. */
  reconstruction: Estimate;
  /** KL(q(z|x) || p(z)); exact for a VAE, whose standard error is 0. */
  kl: Estimate;
  /** Its summands: one per stochastic layer, the top one first; a VAE has one. */
  layers: { name: string; kl: Estimate }[];
  /** The exact summands of a VAE, one per latent; null for a hierarchical VAE. */
  klPerLatent: number[] | null;
  elbo: Estimate;
  /** -ELBO / (pixels * ln 2). */
  bitsPerDim: Estimate;
  /** The importance-weighted bound L_K (Burda et al. 2015) for K = 1, 2, 5, 10, ... and for all samples so far: the mean over disjoint
   *  batches of K. The standard error comes from the spread of the batches, of their weights where the batches are few. */
  importance: { k: number; bound: Estimate }[];
  /** L_K with all samples so far: the best estimate of log p(x), from below in expectation. */
  logLikelihood: Estimate;
  /** logLikelihood - elbo, an estimate of KL(q(z|x) || p(z|x)). */
  gap: Estimate;
  /** (sum of w)^2 / sum of w^2 of the importance weights w. */
  effectiveSampleSize: number;
  /** False if that is below 20: then the standard error of logLikelihood is too small to trust. */
  reliable: boolean;
}

export interface GenerateOptions {
  /** One seed per layer, the top one first: integers from 0 to 2^53 - 1. */
  seeds: number[];
}

export interface ReconstructOptions {
  /** How many layers, from the top, are drawn from q(z|x), the others from their priors; all if absent. */
  posteriorLayers?: number;
  /** Seed of the binarization and of the latents; drawn afresh if absent. */
  seed?: number;
}

export interface SamplerOptions {
  /** Seed of all noise; drawn afresh if absent. */
  seed?: number;
  /** Class to condition on; null for none. */
  class?: number | null;
  /** "cosine" if absent. */
  schedule?: ScheduleKind;
  /** Steps of the chain, 2 to 1000; 100 if absent. A chain shorter than 1000 is strided. */
  steps?: number;
  /** Ancestral sampling ("ddpm", the default) or Song et al. 2021 ("ddim"). */
  method?: "ddpm" | "ddim";
  /** For "ddim": 0 (the default) is deterministic, 1 is ancestral. */
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

/** Row i belongs to timestep t[i]. */
export interface ScheduleTable {
  t: number[];
  logSnr: number[];
  alphaBar: number[];
}

export interface DiffusionElboOptions {
  /** "cosine" if absent. */
  schedule?: ScheduleKind;
  /** Steps T of the chain whose bound is computed, 2 to 100000; 1000 if absent. */
  steps?: number;
  /** How many timesteps in all, stratified (128 if absent), or "all" for each of 2..T once. */
  timesteps?: number | "all";
  /** Class to condition on; null for none. */
  class?: number | null;
  /** Seed of timesteps and noise; drawn afresh if absent. */
  seed?: number;
  /** Whether the consistency form is computed beside denoising matching, from the same network evaluations. */
  consistency?: boolean;
}

/** -ELBO = lT + lDenoising + l0 of an 8-bit image; all terms are costs in nats. */
export interface DiffusionElboResult {
  seed: number;
  schedule: ScheduleKind;
  steps: number;
  class: number | null;
  evaluations: number;
  passes: number;
  done: boolean;
  /** KL(q(x_T|x_0) || N(0, I)), exact. */
  lT: number;
  /** Sum over t = 2..T of E KL(q(x_{t-1}|x_t,x_0) || p(x_{t-1}|x_t)). */
  lDenoising: Estimate;
  /** -E log p(x_0|x_1), a discretized Gaussian over the 256 levels. */
  l0: Estimate;
  /** At most 0. */
  elbo: Estimate;
  /** -ELBO / (pixels * ln 2). */
  bitsPerDim: Estimate;
  /** Mean cost of each timestep that was visited, by t. */
  perTimestep: { t: number; logSnr: number; nats: number; evaluations: number }[];
  /** The same bound in its consistency form; null unless it was asked for. */
  consistency: ConsistencyForm | null;
}

/** -ELBO = prior + lConsistency + l0: the same number as from denoising matching, of which a draw is usually noisier. */
export interface ConsistencyForm {
  /** E KL(q(x_T|x_{T-1}) || N(0, I)), exact. */
  prior: number;
  /** Sum over t = 2..T of E[log q(x_{t-1}|x_{t-2}) - log p(x_{t-1}|x_t)]; its constants are summed exactly. */
  lConsistency: Estimate;
  elbo: Estimate;
  bitsPerDim: Estimate;
  /**
   * Standard deviation, in nats, of the estimate of the sum over t that one evaluation gives (its L_{t-1} over the probability of
   * its t), and of the same with the consistency term at this t and x_t. Null from a single evaluation.
   */
  matchingSd: number | null;
  consistencySd: number | null;
}

export interface ClassPosteriorOptions {
  /** "cosine" if absent. */
  schedule?: ScheduleKind;
  /** Steps T of the chain whose bounds are compared, 2 to 100000; 1000 if absent. */
  steps?: number;
  /** Network evaluations for each class, 1 to 100000, in ten passes or few more; 50 if absent. */
  evaluationsPerClass?: number;
  /**
   * What the terms of the bound count for. "bound" (if absent): the same, the model's own posterior. "sigmoid": sigmoid(-log SNR), the
   * mean ELBO of images with some noise added (Kingma & Gao 2023): no posterior of the model's, but less of what does not
   * tell classes apart, so that fewer evaluations find the right one.
   */
  weighting?: "bound" | "sigmoid";
  /** Seed of timesteps and noise; drawn afresh if absent. */
  seed?: number;
}

/** The posterior over classes under a uniform prior, with each class's ELBO for its log-likelihood. */
export interface ClassPosteriorResult {
  seed: number;
  schedule: ScheduleKind;
  steps: number;
  weighting: "bound" | "sigmoid";
  /** Network evaluations so far, over all classes. */
  evaluations: number;
  passes: number;
  /** Network evaluations of each class in the complete passes, of which the rest is made. */
  perClass: number;
  done: boolean;
  /** ELBO in nats under each class, its terms weighted if that was asked for. They share timesteps and noise: their differences are known far better than each of them. */
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

export interface DiffuseOptions {
  /** Timestep, 1 to `steps`. */
  t: number;
  /** "cosine" if absent. */
  schedule?: ScheduleKind;
  /** Steps T of the chain, 2 to 100000; 1000 if absent. */
  steps?: number;
  /** Class to condition on; null for none. */
  class?: number | null;
  /** Seed of the noise; drawn afresh if absent. */
  seed?: number;
}

/** One draw of x_t: the very one of pass 0 of the bound with the same seed, schedule and steps. */
export interface Diffused {
  seed: number;
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

export interface RenderDigitOptions {
  /** Width of the brush in pixels of the result, 0.5 to 8; the one that gives the strokes of MNIST, 2.6, if absent. */
  brush?: number;
}

/** A drawing that comes with the crate. */
export interface ExampleDrawing {
  /** Unique among them. */
  name: string;
  /** The digit that is meant; null for what is no digit. */
  label: number | null;
  /** Polylines x0, y0, x1, y1, … in the unit square, y pointing down. */
  strokes: Float32Array[];
}

/** The mean of a quantity over test images; binarized and 8-bit scores must not be compared. */
export interface MeanScore {
  /** "reconstruction" is E_q[log p(x|z)] of a VAE and the cost L_0 of a diffusion model. */
  metric:
    | "elbo" | "bits-per-dim" | "reconstruction" | "kl" | "importance" | "log-likelihood" | "gap" | "reliable"
    | "prior" | "denoising" | "elbo-consistency" | "elbo-given-class" | "bits-per-dim-given-class" | "accuracy" | "sigmoid-accuracy"
    | "class-entropy";
  /** The layer whose KL it is; absent for the sum. */
  layer?: string;
  /** The K of an importance-weighted bound. */
  k?: number;
  unit: "nats" | "bits/dim" | "share";
  value: number;
  standardError?: number;
  images: number;
  /** Network evaluations, or samples of the latents, per image. */
  samples: number;
}

export interface EvaluatedModel {
  id: string;
  /** SHA-256 by role of the files that were evaluated. */
  files: Record<string, string>;
  dataset: string;
  task: "binarized" | "8-bit";
  /** The command that computes the scores again. */
  command: string;
  seed: number;
  /** The chain of a diffusion model whose bound it is; `timesteps` is null if each was evaluated. */
  chain?: { schedule: ScheduleKind; steps: number; timesteps: number | null; givenClass: boolean };
  scores: MeanScore[];
  /** The ELBO of each test image, in nats: the lowest hundredth of them, the percentiles 0 to 100, and counts. */
  bounds: {
    images: number;
    lowest: number[];
    quantiles: number[];
    histogram: { edges: number[]; counts: number[] };
  };
}

/** Rows and columns of one image in pixels, and how many images stand in a row. */
export interface Layout {
  height: number;
  width: number;
  columns?: number;
}

/**
 * A density p(z) = p̃(z) / Z in the plane with a known log Z. "logistic-regression" is the posterior of z = (slope,
 * intercept) in P(label = 1 | x) = sigmoid(slope * x + intercept) under the prior N(0, 4 I); its Z is the evidence.
 */
export type InferenceTarget =
  | "correlated-gaussian" | "two-gaussians" | "five-gaussians" | "banana" | "funnel" | "ring" | "logistic-regression";

/** One Gaussian with independent coordinates, one with any covariance, or a mixture of the former. */
export type InferenceFamily = "mean-field" | "full-covariance" | "mixture";

/** p; the q that ascends the ELBO and so minimizes KL(q || p); the q that minimizes KL(p || q). */
export type InferenceDensity = "target" | "reverse" | "forward";

/** An observation of the logistic regression. */
export interface InferenceObservation {
  /** -10 to 10. */
  x: number;
  label: 0 | 1;
}

/** A Gaussian component of q. */
export interface InferenceComponent {
  /** Share of q, taken in proportion; 1 if absent. */
  weight?: number;
  /** Each coordinate from -50 to 50. */
  mean: [number, number];
  /** Standard deviations, 0.02 to 20. */
  std: [number, number];
  /** -0.999 to 0.999 for "full-covariance"; 0 or absent for other families. */
  correlation?: number;
}

export interface InferenceOptions {
  /** Components of a mixture, 1 to 8; 3 if absent. For other families 1 or absent. */
  components?: number;
  /** 1 to 50 observations, only for "logistic-regression"; an example if absent. */
  data?: InferenceObservation[];
  /** Draws from each component in an iteration, 1 to 100; 10 if absent. */
  samples?: number;
  /**
   * How the ELBO's gradient is estimated: through the path z = mean + L ε (Kingma & Welling 2014; the default), or as
   * E[f(z) ∇ log q(z)] (Ranganath et al. 2014). That of a mixture is stratified over components (Morningstar et al. 2021).
   */
  gradient?: "reparameterized" | "score-function";
  /** "adam" if absent. */
  optimizer?: "sgd" | "adam";
  /** Above 0, at most 1; 0.05 if absent. */
  learningRate?: number;
  /** Seed of all draws; drawn afresh if absent. */
  seed?: number;
  /** The first q, one entry for each component; aside of the target if absent. */
  start?: InferenceComponent[];
}

/** q after some iterations, and how far it is from p. Nats. "By quadrature" means without noise, to about three decimals. */
export interface InferenceState {
  seed: number;
  iteration: number;
  /** The last step led out of the range of sensible parameters: it was not taken, and no other will be before a reset. */
  diverged: boolean;
  logZ: number;
  /** The ELBO as the draws of the next iteration estimate it. */
  elboEstimate: Estimate;
  /** By quadrature. */
  elbo: number;
  /** KL(q || p) = log Z - ELBO by quadrature. */
  gap: number;
  /** KL(p || q) by quadrature. */
  forwardKl: number;
  /** Length of the ELBO's gradient by the family's free parameters (means, logarithms of scales, L_21, logits of weights). */
  gradientNorm: number;
  /** Variance of a gradient estimate with this number of samples, summed over those parameters, by quadrature. */
  gradientVariance: { reparameterized: number; scoreFunction: number };
  q: Required<InferenceComponent>[];
}

/** The course of a fit, as columns: every iteration at first, then every 5th, 20th, 100th and 500th. */
export interface InferenceTrace {
  iteration: number[];
  /** As each iteration's own draws estimate it. */
  elboEstimate: number[];
  elbo: number[];
  gap: number[];
  reparameterizedVariance: number[];
  scoreFunctionVariance: number[];
}

/** The q of the family that minimizes KL(p || q); for a mixture a local minimum. */
export interface InferenceForwardFit {
  elbo: number;
  /** KL(q || p). */
  gap: number;
  /** KL(p || q). */
  forwardKl: number;
  q: Required<InferenceComponent>[];
}

/** z_1 of the left and right edge, z_2 of the lower and upper edge. */
export interface InferenceWindow {
  x: [number, number];
  y: [number, number];
}

/** How the plane is painted; colours are written #rrggbb. */
export interface InferencePlane {
  /** Pixels along each side, 16 to 4096. */
  size: number;
  /** Pixels per CSS pixel, which thickens lines and dots; 1 if absent. */
  pixelRatio?: number;
  /** Which q to draw, as contours around 50, 80 and 95 % of its mass. */
  q: InferenceDensity;
  /** Whether to draw the samples of the next step, and arrows for their pull on the mean. */
  draws?: boolean;
  background: string;
  /** Colour of the target. */
  target: string;
  /** Colour of q. */
  accent: string;
  /** Colour of the samples. */
  ink: string;
}
