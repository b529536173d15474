/**
 * A density p(z) = p̃(z) / Z in the plane with a known log Z. "logistic-regression" is the posterior of z = (slope, intercept) in
 * P(label = 1 | x) = sigmoid(slope * x + intercept) under the prior N(0, 4 I); its Z is the evidence.
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
  /** The class, 0 or 1. */
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

/** How to fit. */
export interface InferenceOptions {
  /** Components of a mixture, 1 to 8; 3 if absent. For other families 1 or absent. */
  components?: number;
  /** 1 to 50 observations, only for "logistic-regression"; an example if absent. */
  data?: InferenceObservation[];
  /** Draws from each component in an iteration, 1 to 100; 10 if absent. */
  samples?: number;
  /**
   * How the ELBO's gradient is estimated: through the path z = mean + L ε (Kingma & Welling 2014; the default), or as `E[f(z) ∇
   * log q(z)]` (Ranganath et al. 2014). That of a mixture is stratified over components (Morningstar et al. 2021).
   */
  gradient?: "reparameterized" | "score-function";
  /** "adam" if absent. */
  optimizer?: "sgd" | "adam";
  /** Above 0, at most 1; 0.05 if absent. */
  learningRate?: number;
  /** Seed of all draws; for JavaScript drawn afresh if absent. */
  seed?: number;
  /** The first q, one entry for each component; aside of the target if absent. */
  start?: InferenceComponent[];
}

/** q after some iterations, and how far it is from p. Nats. "By quadrature" means without noise, to about three decimals. */
export interface InferenceState {
  /** The seed that was used. */
  seed: number;
  /** Iterations so far. */
  iteration: number;
  /** The last step led out of the range of sensible parameters: it was not taken, and no other will be before a reset. */
  diverged: boolean;
  /** log Z of the target. */
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
  gradientVariance: {
    /** Of the reparameterized gradient. */
    reparameterized: number;
    /** Of the score-function gradient. */
    scoreFunction: number;
  };
  /** The components of q. */
  q: Required<InferenceComponent>[];
}

/** The course of a fit, as columns: every iteration at first, then every 5th, 20th, 100th and 500th. */
export interface InferenceTrace {
  /** Iterations before the row's state. */
  iteration: number[];
  /** As each iteration's own draws estimate it. */
  elboEstimate: number[];
  /** The ELBO by quadrature. */
  elbo: number[];
  /** KL(q || p) by quadrature. */
  gap: number[];
  /** Variance of the reparameterized gradient estimate. */
  reparameterizedVariance: number[];
  /** Variance of the score-function gradient estimate. */
  scoreFunctionVariance: number[];
}

/** The q of the family that minimizes KL(p || q); for a mixture a local minimum. */
export interface InferenceForwardFit {
  /** Its ELBO by quadrature. */
  elbo: number;
  /** KL(q || p). */
  gap: number;
  /** KL(p || q). */
  forwardKl: number;
  /** Its components. */
  q: Required<InferenceComponent>[];
}

/** z_1 of the left and right edge, z_2 of the lower and upper edge. */
export interface InferenceWindow {
  /** z_1 of the left and of the right edge. */
  x: [number, number];
  /** z_2 of the lower and of the upper edge. */
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
  /** Whether to draw the samples of the next step, and arrows for their gradients by the mean. */
  draws?: boolean;
  background: string;
  /** Colour of the target. */
  target: string;
  /** Colour of q. */
  accent: string;
  /** Colour of the samples. */
  ink: string;
}
