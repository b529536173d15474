/** Data of the crate, each a mixture of Gaussians. */
export type PlanePreset = "correlated-gaussian" | "two-gaussians" | "five-gaussians" | "moons" | "spiral";

/**
 * Draws of the data on their way to noise; ancestral sampling (Ho et al. 2020); DDIM (Song et al. 2021); the probability-flow ODE
 * by Heun's method, one step for each timestep.
 */
export type PlaneParticles = "forward" | "ancestral" | "ddim" | "flow";

/** The model's score, (α x̂_0 - x) / σ², or x̂_0 - x. */
export type PlaneField = "score" | "clean-point";

/** A Gaussian component of the data. */
export interface PlaneComponent {
  /** Taken in proportion; 1 if absent. */
  weight?: number;
  /** Each coordinate from -10 to 10. */
  mean: [number, number];
  /** Standard deviations, 0.1 to 5. */
  std: [number, number];
  /** -0.99 to 0.99; 0 if absent. */
  correlation?: number;
}

/** Data, chain and model of a diffusion in the plane. */
export interface PlaneDiffusionOptions {
  /** "five-gaussians" if neither these nor components are given. */
  data?: PlanePreset;
  /** Other data: 1 to 32 components. */
  components?: PlaneComponent[];
  /** "cosine" if absent. The log SNR of "log-snr-linear" goes from 13.3 to -6. */
  schedule?: "linear" | "cosine" | "log-snr-linear";
  /** T, 2 to 1000; 100 if absent. */
  steps?: number;
  /** Share of the ancestral noise that DDIM adds, 0 to 1; 0 if absent. */
  eta?: number;
  /** 2 to 2000; 1000 if absent. */
  particles?: number;
  /** Whose x̂_0 is used: that of the data (the default), of the data blurred, or of one Gaussian with their moments. */
  model?: "exact" | "blurred" | "gaussian";
  /** Standard deviation that "blurred" adds to every component, above 0 and at most 3; 0.4 if absent. */
  blur?: number;
  /** Seed of all noise; for JavaScript drawn afresh if absent. */
  seed?: number;
}

/** What to learn and how. */
export interface PlaneNetworkOptions {
  /** "five-gaussians" if neither these nor components are given. */
  data?: PlanePreset;
  /** Other data: 1 to 32 components. */
  components?: PlaneComponent[];
  /** The network is trained over the log SNR of this schedule; "cosine" if absent. */
  schedule?: "linear" | "cosine" | "log-snr-linear";
  /** T of the bound in the trace, and of the timesteps that the simple loss draws; 100 if absent. */
  steps?: number;
  /** "bound": log SNR uniform (Kingma et al. 2021; the default). "simple": timesteps uniform (Ho et al. 2020). */
  weighting?: "bound" | "simple";
  /** Seed of weights and examples; for JavaScript drawn afresh if absent. */
  seed?: number;
}

/** The course of a training, as columns: a row at first and after every 200 steps. Nats. */
export interface PlaneTrainingTrace {
  /** Steps made before the row. */
  step: number[];
  /** Mean of ½ |ε - ε̂|² over the examples since the row before; not a number in the first row. */
  loss: (number | null)[];
  /** Mean bound over 512 draws of the data, the same in every row. */
  elbo: number[];
}

/** A Gaussian, for drawing its ellipse. */
export interface PlaneKernel {
  /** The mean. */
  mean: [number, number];
  /** Standard deviation of each coordinate. */
  std: [number, number];
  /** Correlation of the coordinates. */
  correlation: number;
}

/** The distributions of x_{t-1} that a term of the bound is about. */
export interface PlaneKernels {
  /** The timestep. */
  t: number;
  /** A draw of q(x_t | x_0), from the same ε at every timestep. */
  xT: [number, number];
  /** The model's x̂_0 for it. */
  predictedX0: [number, number];
  /** q(x_{t-1} | x_t, x_0). */
  posterior: PlaneKernel;
  /** The model's p(x_{t-1} | x_t), of the same variance. */
  model: PlaneKernel;
  /** Mean and covariance of the data's own q(x_{t-1} | x_t), a mixture. */
  data: PlaneKernel;
  /** KL(posterior || model) in nats. */
  kl: number;
}

/** The path of a particle. */
export interface PlanePath {
  /** Timesteps in the order of the path. */
  t: number[];
  /** x_t. */
  x: [number, number][];
  /** The model's x̂_0 from each x; x itself at t = 0. */
  x0: [number, number][];
}

/** The bound of a point, by quadrature. Nats of a density: it may be positive, as may be each cost negative but the first two. */
export interface PlaneTerms {
  /** L_T, at least 0. */
  prior: number;
  /** Σ_{t≥2} L_{t-1}, at least 0. */
  denoising: number;
  /** L_1, ..., L_{T-1}. */
  perTimestep: number[];
  /** L_0. */
  reconstruction: number;
  /** -(prior + denoising + reconstruction). */
  elbo: number;
}

/** log p(x) - ELBO and its parts, which sum to it. No part is negative in the mean over the data; at one point any may be. */
export interface PlaneGap {
  /** log p(x_0) - ELBO. */
  total: number;
  /** N(0, I) in the place of p(x_T). */
  noise: number;
  /** One Gaussian in the place of each p(x_{t-1} | x_t). */
  steps: number;
  /** One Gaussian in the place of p(x_0 | x_1). */
  data: number;
  /** The model's x̂_0 in the place of the best one. */
  model: number;
}

/** -ELBO by independent draws of whole chains. */
export interface PlaneForm {
  /** Estimate of -ELBO. */
  cost: Estimate;
  /** Standard deviation of the -ELBO of one draw. */
  standardDeviation: number | null;
}

/** ½ E|ε - ε̂|² in nats per unit of log SNR, at 120 places from λ_T to λ_1. */
export interface PlaneErrors {
  /** Log SNR, rising from λ_T to λ_1. */
  logSnr: number[];
  /** Error of the model. */
  model: number[];
  /** Error of the best x̂_0. */
  exact: number[];
  /** The integral of the difference up to each place: what the model's errors cost. */
  excess: number[];
}

/** The bound of chains of a schedule, over T. */
export interface PlaneSweep {
  /** The schedule. */
  schedule: "linear" | "cosine" | "log-snr-linear";
  /** Bounds of chains of increasing T, as far as they are computed; `gap` is log p(x) - ELBO. */
  points: {
    /** T. */
    steps: number;
    /** The bound. */
    elbo: number;
    /** log p(x_0) minus the bound. */
    gap: number;
  }[];
}

/** Likelihoods and bounds of a point, in nats; null where they are not computed yet. */
export interface PlanePointResult {
  /** The point. */
  x0: [number, number];
  /** log p(x) of the data, exactly. */
  logP: number;
  /** log p(x) of the model's own density; null for a network, which has none in closed form. */
  modelLogP: number | null;
  /**
   * log p(x) of the model's probability-flow ODE: 200 steps of the classical Runge-Kutta method, exact divergence. Right to 1e-4
   * where there are data; far from all, with log p far below -30, its paths turn too sharply for so few steps.
   */
  flowLogP: number | null;
  /** The bound of the model. */
  bound: PlaneTerms | null;
  /** The bound of the best x̂_0 on the same chain. */
  exactElbo: number | null;
  /** log p(x_0) - ELBO. */
  gap: PlaneGap | null;
  /** Whole chains that are drawn, of 64. */
  draws: number;
  /** Estimate by denoising matching terms. */
  denoising: PlaneForm | null;
  /** Estimate by consistency terms, from the same chains. */
  consistency: PlaneForm | null;
  /** The error of x̂_0 over log SNR; null until it is complete. */
  errors: PlaneErrors | null;
  /** The bound over T from 2 to 1000, for each schedule. */
  sweep: PlaneSweep[];
  /** Whether all is computed. */
  done: boolean;
  /** Share of the work that is done, 0 to 1. */
  progress: number;
}

/** How well a model scores and samples. */
export interface PlaneScores {
  /** Mean log p(x) over 512 draws of the data, in nats. */
  logP: number;
  /** Mean bound of the model over them. */
  elbo: Estimate;
  /** Mean bound of the best x̂_0 over them. */
  exactElbo: Estimate;
  /** exactElbo - elbo, draw by draw. */
  loss: Estimate;
  /**
   * Squared energy distance (Székely & Rizzo 2013) of the samples from as many fresh draws of the data, unbiased: near 0, of
   * either sign, where they agree. null before the samplers have ended.
   */
  ancestral: number | null;
  /** The same of samples by DDIM. */
  ddim: number | null;
  /** The same of samples by the ODE. */
  flow: number | null;
}

/** How the plane of a diffusion, the square from -4.5 to 4.5, is painted; colours are written #rrggbb. */
export interface DiffusionPlane {
  /** Pixels along each side, 16 to 4096. */
  size: number;
  /** Pixels per CSS pixel, which thickens lines and dots; 1 if absent. */
  pixelRatio?: number;
  /** 0 to T. */
  t: number;
  /** Nothing is drawn of samplers that have not reached t. */
  particles?: PlaneParticles;
  field?: PlaneField;
  /** The particle whose path is drawn, with its x̂_0 as a ring. */
  path?: number;
  /** The x_0 whose kernels at t are drawn, with one and two standard deviations. */
  point?: [number, number];
  background: string;
  /** Colour of the density. */
  density: string;
  /** Colour of particles and of what the model says. */
  accent: string;
  /** Colour of arrows, and of what is true. */
  ink: string;
}
