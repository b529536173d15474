/**
 * Every function throws a real Error whose `name` tells what is wrong: ShapeError (a wrong length), ValueError (NaN, out of
 * range, an unknown option, class or schedule), ManifestError, ChecksumError (bytes that differ from the manifest's size or
 * SHA-256), ModelError (a truncated or foreign ONNX file), CanvasError. Its `cause` is the error that it came of, where there is
 * one. For code it has, as far as they apply, `what`, `found` and `expected` (ShapeError, ValueError), `file`, `found` and
 * `expected` (ChecksumError), `file` and `node` (ModelError), `model` (ManifestError), `problem` and `remedy`. A RuntimeError
 * means that the instance has panicked and must be replaced.
 */
export type ErrorName = "ShapeError" | "ValueError" | "ManifestError" | "ChecksumError" | "ModelError" | "CanvasError";

/**
 * Noise schedules: Ho et al. 2020, Nichol & Dhariwal 2021, Kingma et al. 2021; "trained" is the chain of the network's own
 * training, or evenly spaced steps of it. Ddpm.schedules has those that a model can be used with.
 */
export type ScheduleKind = "linear" | "cosine" | "log-snr-linear" | "trained";

/** A straight line, or a great circle (Shoemake 1985). */
export type Interpolation = "linear" | "spherical";

/** A file beside the manifest, and the bytes that it must have where the manifest says. */
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
  /** Data set and split. */
  dataset: string;
  /** `binarized`, `8-bit`, …: scores of different tasks are never compared. */
  task: string;
  /** What was measured. */
  metric: string;
  /** Its unit. */
  unit: string;
  /** The mean over images. */
  value: number;
  /** Its standard error. */
  standardError?: number;
  /** Over how many images. */
  images: number;
  /** With how many Monte Carlo samples per image. */
  samples?: number;
}

/** What entries of all kinds say. */
export interface ModelEntryBase {
  /** Short name, unique in the manifest. */
  id: string;
  /** The id if the manifest gives none. */
  title: string;
  /** 1 or 3 channels, any height and width up to 1024. */
  image: ImageShape;
  /** Empty if the manifest does not say. */
  dataset: string;
  /** How the weights were made. */
  provenance?: {
    /** The training script. */
    script: string;
    /** The revision of the script. */
    commit: string;
    /** The seed it ran with. */
    seed: number;
    /** How long it ran. */
    minutes: number;
    /** On what. */
    machine: string;
  };
  /** As the program measured them that trained the model; those of the crate itself stand in evaluation.json. */
  scores: Score[];
}

/** A VAE. */
export interface VaeEntry extends ModelEntryBase {
  kind: "vae";
  /**
   * Binary pixels; cross-entropy with grey levels, which is not a likelihood; a density of pixels; 8-bit levels under a logistic
   * or a mixture of logistics.
   */
  likelihood: "bernoulli" | "grey-bernoulli" | "gaussian" | "discretized-logistic" | "logistic-mixture";
  /**
   * Without an encoder the model is a decoder alone. `…Data` is the external data of a file. `density`, for two latents: where
   * the training images of each class lie, for Vae.classRegions.
   */
  files: {
    /** `x[B,C,H,W]` in `[0,1]` to `mean[B,d]`, `log_var[B,d]`; absent for a decoder alone. */
    encoder?: FileEntry;
    /** The encoder's external data. */
    encoderData?: FileEntry;
    /** `z[B,d]` to `logits[B,C,H,W]`, or to `mean` and `log_scale` of that shape for a discretized logistic likelihood. */
    decoder: FileEntry;
    /** The decoder's external data. */
    decoderData?: FileEntry;
    /** Where the training images of each class lie, for a VAE with two latents. */
    density?: FileEntry;
  };
  /**
   * Mean KL to the prior of each latent in nats over the training set, empty if the manifest does not say (see Vae.estimateKl);
   * `order` has the most informative first.
   */
  latents: {
    /** How many there are. */
    count: number;
    /** Mean KL to the prior of each, in nats, over the training set; empty if it is not known. */
    klPerLatent: number[];
    /** Indices, most informative first; by `klPerLatent` if absent, or as they come. */
    order: number[];
  };
  /** Classes that the networks are conditioned on; absent for none. */
  classes?: string[];
  /** What the networks do differently from this project's own. */
  encoder?: EncoderAdapter;
  /** The decoder's conventions. */
  decoder?: DecoderAdapter;
}

/** A stochastic layer of a hierarchical VAE; `kl` is its mean KL to its prior in nats over the training set. */
export interface LatentLayer {
  /** Name for people. */
  name: string;
  /** Shape of its latents. */
  shape: number[];
  /** Mean KL to the prior given the layers above, in nats, over the training set. */
  kl: number;
}

/** A hierarchical VAE. */
export interface HvaeEntry extends ModelEntryBase {
  kind: "hvae";
  likelihood: "bernoulli" | "discretized-logistic" | "logistic-mixture";
  /** Bottom-up and top-down network. */
  files: {
    /** `x[B,C,H,W]` in `[0,1]` to `feature_0[B,…]`, `feature_1[B,…]`, … */
    encoder: FileEntry;
    /** The encoder's external data. */
    encoderData?: FileEntry;
    /**
     * The features, `eps[B,N]` and `gate[B,L]` to the outputs of a VAE's decoder and `q_mean`, `q_log_var`, `p_mean`,
     * `p_log_var`, `[B,N]` each: what the latents were drawn from, and their priors given the latents above.
     */
    decoder: FileEntry;
    /** The decoder's external data. */
    decoderData?: FileEntry;
  };
  /** The top layer first. */
  layers: LatentLayer[];
  /** Shapes of the encoder's outputs. */
  features: number[][];
  /** How the decoder states the distribution of the pixels. */
  decoder?: {
    /** p(x | z_{1:L}). */
    output?: PixelOutput;
  };
}

/** A diffusion model. */
export interface DdpmEntry extends ModelEntryBase {
  kind: "ddpm";
  likelihood: "discretized-gaussian";
  /** The network. */
  files: {
    /** `x_t[B,C,H,W]`, `log_snr[B]`, `class[B]` (64-bit integers) to `output[B,C,H,W]`. */
    network: FileEntry;
    /** The network's external data. */
    networkData?: FileEntry;
  };
  /** How the network's output gives the clean image and the noise. */
  parameterization: "epsilon" | "x0" | "v" | "lattice" | "velocity" | "edm";
  /** The range of log signal-to-noise ratios that the network was trained on; that of its chain or convention if absent. */
  logSnr?: {
    /** The log SNR at t = T. */
    min: number;
    /** The log SNR at t = 1. */
    max: number;
  };
  /** Empty for an unconditional model. */
  classes: string[];
  /** What the network does differently from this project's own. */
  network?: NetworkAdapter;
}

/** The bytes of the files of a VaeEntry, by role. */
export type VaeFiles = { [Role in keyof VaeEntry["files"]]: Uint8Array };

/** The bytes of the files of a HvaeEntry, by role. */
export type HvaeFiles = { [Role in keyof HvaeEntry["files"]]: Uint8Array };

/** The bytes of the files of a DdpmEntry, by role. */
export type DdpmFiles = { [Role in keyof DdpmEntry["files"]]: Uint8Array };

/** One model: its files, its contract, and its provenance. */
export type ModelEntry = VaeEntry | HvaeEntry | DdpmEntry;

/**
 * What a bound is about; bounds of different tasks must not be compared. "density" is a density of pixels, whose logarithm may be
 * positive; "grey" is the cross-entropy with grey levels, which is not a likelihood.
 */
export type Task = "binarized" | "8-bit" | "density" | "grey";

/** What parseManifest returns: a manifest of format 1 or 2 as format 2, with what its entries leave out filled in. */
export interface Manifest {
  /** Version of the layout. */
  format: 2;
  /** The models that can be used, in the order in which a page shows them. */
  models: ModelEntry[];
  /** Entries that were left out, with one sentence each that names the field at fault. */
  problems: {
    /** The entry's id, or its number in the manifest if it has none. */
    id: string;
    /** One sentence that names the field at fault. */
    message: string;
  }[];
}
