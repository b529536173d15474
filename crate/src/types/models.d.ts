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
