/** The mean of a quantity over test images; binarized and 8-bit scores must not be compared. */
export interface MeanScore {
  /** "reconstruction" is E_q[log p(x|z)] of a VAE and the cost L_0 of a diffusion model. */
  metric:
    | "elbo" | "bits-per-dim" | "reconstruction" | "kl" | "importance" | "log-likelihood" | "log-likelihood-error" | "pareto-shape"
    | "reconstruction-posterior-variance" | "coverage" | "gap" | "reliable"
    | "prior" | "denoising" | "elbo-consistency" | "elbo-given-class" | "bits-per-dim-given-class" | "accuracy" | "sigmoid-accuracy"
    | "class-entropy";
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
