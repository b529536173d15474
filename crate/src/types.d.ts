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
  scores: Score[];
}

export interface VaeEntry extends ModelEntryBase {
  kind: "vae";
  likelihood: "bernoulli";
  files: { encoder: FileEntry; decoder: FileEntry };
  /** Mean KL to the prior of each latent in nats over the training set; `order` has the most informative first. */
  latents: { count: number; klPerLatent: number[]; order: number[] };
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

export type ModelEntry = VaeEntry | DdpmEntry;

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

/** ELBO = reconstruction - KL of a binarized image, in nats. */
export interface VaeElbo {
  seed: number;
  samples: number;
  /** The binary image that was scored, one 0 or 1 per pixel. */
  binarized: Uint8Array;
  /** E_q[log p(x|z)], at most 0. */
  reconstruction: Estimate;
  /** KL(q(z|x) || p(z)), exact. */
  kl: number;
  klPerLatent: number[];
  elbo: Estimate;
  /** -ELBO / (pixels * ln 2). */
  bitsPerDim: Estimate;
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
}

/** Rows and columns of one image in pixels, and how many images stand in a row. */
export interface Layout {
  height: number;
  width: number;
  columns?: number;
}
