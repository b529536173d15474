/**
 * Every function throws a real Error whose `name` tells what is wrong:
 * ShapeError (a wrong length), ValueError (NaN, out of range, an unknown option, class or schedule), ManifestError,
 * ChecksumError (bytes that differ from the manifest's size or SHA-256), ModelError (a truncated or foreign ONNX file),
 * CanvasError. A RuntimeError means that the instance has panicked and must be replaced.
 */
export type ErrorName =
  | "ShapeError" | "ValueError" | "ManifestError" | "ChecksumError" | "ModelError" | "CanvasError";

/**
 * Noise schedules: Ho et al. 2020, Nichol & Dhariwal 2021, Kingma et al. 2021; "trained" is the chain of the network's own training,
 * or evenly spaced steps of it. Ddpm.schedules has those that a model can be used with.
 */
export type ScheduleKind = "linear" | "cosine" | "log-snr-linear" | "trained";
/** A straight line, or a great circle (Shoemake 1985). */
export type Interpolation = "linear" | "spherical";

export interface FileEntry {
  /** Below the manifest's folder. */
  path: string;
  /** Checked where it is there. */
  bytes?: number;
  /** SHA-256 in lower-case hexadecimal digits, checked where it is there. */
  sha256?: string;
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
  /** The id if the manifest gives none. */
  title: string;
  /** 1 or 3 channels, any height and width up to 1024. */
  image: ImageShape;
  /** Empty if the manifest does not say. */
  dataset: string;
  provenance?: { script: string; commit: string; seed: number; minutes: number; machine: string };
  /** As the program measured them that trained the model; those of the crate itself stand in evaluation.json. */
  scores: Score[];
}

export interface VaeEntry extends ModelEntryBase {
  kind: "vae";
  /**
   * Binary pixels; cross-entropy with grey levels, which is not a likelihood; a density of pixels; 8-bit levels under a logistic or a
   * mixture of logistics.
   */
  likelihood: "bernoulli" | "grey-bernoulli" | "gaussian" | "discretized-logistic" | "logistic-mixture";
  /**
   * Without an encoder the model is a decoder alone. `…Data` is the external data of a file. `density`, for two latents: where the
   * training images of each class lie, for Vae.classRegions.
   */
  files: {
    encoder?: FileEntry;
    encoderData?: FileEntry;
    decoder: FileEntry;
    decoderData?: FileEntry;
    density?: FileEntry;
  };
  /**
   * Mean KL to the prior of each latent in nats over the training set, empty if the manifest does not say (see Vae.estimateKl);
   * `order` has the most informative first.
   */
  latents: { count: number; klPerLatent: number[]; order: number[] };
  /** Classes that the networks are conditioned on; absent for none. */
  classes?: string[];
  /** What the networks do differently from this project's own. */
  encoder?: EncoderAdapter;
  decoder?: DecoderAdapter;
}

/** A stochastic layer of a hierarchical VAE; `kl` is its mean KL to its prior in nats over the training set. */
export interface LatentLayer {
  name: string;
  shape: number[];
  kl: number;
}

export interface HvaeEntry extends ModelEntryBase {
  kind: "hvae";
  likelihood: "bernoulli" | "discretized-logistic" | "logistic-mixture";
  files: { encoder: FileEntry; encoderData?: FileEntry; decoder: FileEntry; decoderData?: FileEntry };
  /** The top layer first. */
  layers: LatentLayer[];
  /** Shapes of the encoder's outputs. */
  features: number[][];
  decoder?: { output?: PixelOutput };
}

export interface DdpmEntry extends ModelEntryBase {
  kind: "ddpm";
  likelihood: "discretized-gaussian";
  files: { network: FileEntry; networkData?: FileEntry };
  parameterization: "epsilon" | "x0" | "v" | "lattice" | "velocity" | "edm";
  /** The range of log signal-to-noise ratios that the network was trained on; that of its chain or convention if absent. */
  logSnr?: { min: number; max: number };
  /** Empty for an unconditional model. */
  classes: string[];
  /** What the network does differently from this project's own. */
  network?: NetworkAdapter;
}

export type ModelEntry = VaeEntry | HvaeEntry | DdpmEntry;

/**
 * What a bound is about; bounds of different tasks must not be compared. "density" is a density of pixels, whose logarithm may be
 * positive; "grey" is the cross-entropy with grey levels, which is not a likelihood.
 */
export type Task = "binarized" | "8-bit" | "density" | "grey";

/** What parseManifest returns: a manifest of format 1 or 2 as format 2, with what its entries leave out filled in. */
export interface Manifest {
  format: 2;
  models: ModelEntry[];
  /** Entries that were left out, with one sentence each that names the field at fault. */
  problems: { id: string; message: string }[];
}
