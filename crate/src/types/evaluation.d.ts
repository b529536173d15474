/** The mean of a quantity over test images; binarized and 8-bit scores must not be compared. */
export interface MeanScore {
  /** "reconstruction" is `E_q[log p(x|z)]` of a VAE and the cost L_0 of a diffusion model. */
  metric:
    | "elbo" | "bits-per-dim" | "reconstruction" | "reconstruction-posterior-variance" | "kl" | "prior" | "denoising"
    | "elbo-consistency" | "importance" | "log-likelihood" | "log-likelihood-error" | "pareto-shape" | "coverage" | "gap"
    | "reliable" | "elbo-given-class" | "bits-per-dim-given-class" | "accuracy" | "sigmoid-accuracy" | "class-entropy"
    | "code-length" | "middle-timesteps";
  /** The layer whose KL it is; absent for the sum. */
  layer?: string;
  /** The K of an importance-weighted bound. */
  k?: number;
  /** Nats, bits/dim, or a share of the images. */
  unit: "nats" | "bits/dim" | "share" | "none";
  /** The mean over images. */
  value: number;
  /**
   * Its standard error: how far the mean over as many other images, with other noise, would typically be. None for one image.
   * That of a share is taken from two more images on either side (Agresti & Coull 1998), so that it is not 0 where all agree.
   */
  standardError?: number;
  /** Over how many images. */
  images: number;
  /** Network evaluations, or samples of the latents, per image. */
  samples: number;
}

/** The scores of one model on one test set, and what they were computed from. */
export interface EvaluatedModel {
  /** The model's id in the manifest. */
  id: string;
  /** SHA-256 by role of the files that were evaluated. */
  files: Record<string, string>;
  /** Data set and split. */
  dataset: string;
  /** False on a data set that the model was not made for; absent on its own. */
  own?: false;
  /** What was explained: scores of different tasks are never compared. */
  task: "binarized" | "8-bit";
  /** The command that computes the scores again. */
  command: string;
  /** Its seed. */
  seed: number;
  /** The chain of a diffusion model whose bound it is; `timesteps` is null if each was evaluated. */
  chain?: {
    /** Noise schedule. */
    schedule: ScheduleKind;
    /** Number of steps T. */
    steps: number;
    /** How many timesteps of it were evaluated for an image; null for each of them. */
    timesteps: number | null;
    /** Whether the bounds are conditioned on the class. */
    givenClass: boolean;
  };
  /** The scores, means over images. */
  scores: MeanScore[];
  /** The ELBO of each test image, in nats: the lowest hundredth of them, the percentiles 0 to 100, and counts. */
  bounds: {
    /** How many images. */
    images: number;
    /** The lowest bounds, ascending, one in a hundred: how improbable the oddest images are. */
    lowest: number[];
    /** The quantiles 0, 0.01, …, 1. */
    quantiles: number[];
    /** All of them, to be drawn. */
    histogram: Histogram;
  };
  /** How well the model's scores separate these images from those of its own data set. */
  strangers?: Strangers;
}

/** A score by which images of a model's own data set should stand higher than others. */
export type StrangerDetector = "likelihood" | "code-ratio" | "typicality" | "kl" | "middle-timesteps";

/** Images of another data set under a model, set against its own. Scores are in nats. */
export interface Strangers {
  /** The model's own data set and split. */
  own: string;
  /** How many images of its own, and how many others. */
  images: [number, number];
  /** The mean ELBO of its own. */
  typical: number;
  /** The detectors that the model has. */
  detectors: {
    /** What is compared. */
    detector: StrangerDetector;
    /** The probability that an own image has the higher score. */
    auroc: number;
    /** Its standard error (DeLong et al. 1988); absent for a single image. */
    standardError?: number;
    /** Quantiles of the model's own test set, from 0 to 1 in steps of 0.02. */
    own: number[];
    /** The same of the strangers. */
    other: number[];
  }[];
}

/** A model's scores of an image: its ELBO, the KL of a VAE, the terms of a diffusion model. */
export interface StrangerEvidence {
  elbo: number;
  kl?: number;
  perTimestep?: readonly { t: number; logSnr: number; nats: number }[];
}

/** Where an image stands by one score: how many of a hundred own images, and of a hundred others, score lower. */
export interface StrangerPlace {
  /** Which. */
  detector: StrangerDetector;
  /** The image's score in nats. */
  score: number;
  /** How many of a hundred own images score lower. */
  own: number;
  /** How many of a hundred strangers do. */
  other: number;
}
