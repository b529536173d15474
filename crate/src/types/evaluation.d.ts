/** The mean of a quantity over test images; binarized and 8-bit scores must not be compared. */
export interface MeanScore {
  /** "reconstruction" is E_q[log p(x|z)] of a VAE and the cost L_0 of a diffusion model. */
  metric:
    | "elbo" | "bits-per-dim" | "reconstruction" | "kl" | "importance" | "log-likelihood" | "log-likelihood-error" | "pareto-shape"
    | "reconstruction-posterior-variance" | "coverage" | "gap" | "reliable"
    | "prior" | "denoising" | "elbo-consistency" | "elbo-given-class" | "bits-per-dim-given-class" | "accuracy" | "sigmoid-accuracy"
    | "class-entropy" | "code-length" | "middle-timesteps";
  /** The layer whose KL it is; absent for the sum. */
  layer?: string;
  /** The K of an importance-weighted bound. */
  k?: number;
  unit: "nats" | "bits/dim" | "share" | "none";
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
  /** False on a data set that the model was not made for; absent on its own. */
  own?: false;
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
  /** How the model's scores tell these images from those of its own data set. */
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
  detectors: {
    detector: StrangerDetector;
    /** The probability that an own image has the higher score, with its standard error (DeLong et al. 1988). */
    auroc: number;
    standardError?: number;
    /** Quantiles 0, 0.02, …, 1 of the scores of own images, and of the others. */
    own: number[];
    other: number[];
  }[];
}

/** What a model says of an image: its ELBO, the KL of a VAE, the terms of a diffusion model. */
export interface StrangerEvidence {
  elbo: number;
  kl?: number;
  perTimestep?: readonly { t: number; logSnr: number; nats: number }[];
}

/** Where an image stands by one score: how many of a hundred own images, and of a hundred others, score lower. */
export interface StrangerPlace {
  detector: StrangerDetector;
  score: number;
  own: number;
  other: number;
}
