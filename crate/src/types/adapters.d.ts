/** The order of an image's axes in a tensor: channels, rows, columns (PyTorch), or rows, columns, channels (Keras, JAX). */
export type TensorLayout = "nchw" | "nhwc";

/** Element type of an input that is a number. */
export type Numbers = "integer" | "float";

/** An image as the input of a network. */
export interface ImageInput {
  /** "x" of an encoder and "x_t" of a diffusion network if absent. */
  name?: string;
  /** The order in which its values lie. */
  layout?: TensorLayout;
  /** The tensor's shape without the batch if it is not the layout's: [784] for a flat one. */
  shape?: number[];
  /** The network sees scale * pixel + shift, pixels in [0, 1]: one value, or one for each channel. Not for diffusion models. */
  scale?: number[];
  /** See `scale`; 0 if absent. */
  shift?: number[];
}

/** How an encoder states q(z|x). */
export interface PosteriorOutput {
  /** What stands beside the mean; "none" for an autoencoder, which has no q(z|x) and no bound. "log-var" if absent. */
  spread?: "log-var" | "log-std" | "std" | "var" | "none";
  /** An output, or any value of the graph; "mean" if absent. */
  meanName?: string;
  /** An output, or any value of the graph; "log_var", "log_std", "std" or "var" if absent. */
  spreadName?: string;
  /** Both in one output instead, cut in two along an axis (the batch is axis 0 unless `axis` is 0). */
  split?: {
    /** The output, or any value of the graph. */
    name: string;
    /** The axis along which it is cut into two halves, the batch being axis 0 unless this is 0. */
    axis: number;
    /** Which half is which. */
    order?: "mean-first" | "spread-first";
  };
}

/** A class as an input of a network. */
export interface ClassInput {
  /** "class" if absent. */
  name?: string;
  /** How a class is written. */
  form?: "index" | "one-hot";
  /** Shape without the batch if it is not [] for an index and `[classes]` for a one-hot vector. */
  shape?: number[];
  /** Integers for an index and floats for a one-hot vector if absent. */
  numbers?: Numbers;
  /**
   * How "no class" is written: not at all; as the class after the last (the default); as the class of a number; as a one-hot
   * vector of zeros; by an input of its own.
   */
  null?: "none" | "extra-index" | { index: number } | "zeros" | {
    mask: {
      /** The input. */
      name: string;
      /** Its value for "no class". */
      absent: number;
      /** Its value where a class is given. */
      present: number;
      /** Its shape without the batch, [] if absent. */
      shape?: number[];
      /** Its element type. */
      numbers?: Numbers;
    };
  };
}

/** How a decoder states the distribution of the pixels. */
export interface PixelOutput {
  /** An output, or any value of the graph; "logits", "mean", or "parameters" of a mixture if absent. */
  name?: string;
  /** Logits, or the mean in the units of `range` (of binary pixels: the probability). */
  value?: "logits" | "mean";
  /** The mean's values for a black and for a full pixel; [-1, 1] for "discretized-logistic", [0, 1] for others if absent. */
  range?: [number, number];
  /** The order in which the values lie. */
  layout?: TensorLayout;
  /** The tensor's shape without the batch if it is not the layout's. */
  shape?: number[];
  /** The spread of each pixel as a second output, in the units of the mean. */
  spread?: {
    /** The output, or any value of the graph. */
    name: string;
    /** What it is, in the units of the mean. */
    value: "log-scale" | "log-var" | "log-std" | "std";
  };
  /** Standard deviation of a Gaussian in the units of the mean: a number, or fitted to each image. */
  std?: number | "fitted";
  /** Components of a mixture. */
  components?: number;
}

/** An encoder's conventions. */
export interface EncoderAdapter {
  /** The batch that is fixed in the file; 1 if absent, also where the batch is free. */
  batch?: number;
  /** The image. */
  image?: ImageInput;
  /** `q(z|x)`. */
  posterior?: PosteriorOutput;
  /** The class, if it takes one. */
  condition?: ClassInput;
}

/** A decoder's conventions. */
export interface DecoderAdapter {
  /** As of an encoder. */
  batch?: number;
  /**
   * `shape` without the batch if it is not `[latents]`: [16, 1, 1]. The name is an input, "z" if absent, or any value of the
   * graph, where encoder and decoder are one file: what that is computed from is left out.
   */
  latent?: {
    /** The name of the input, `z` if absent, or of any value of the graph, where encoder and decoder are one file. */
    name?: string;
    /** The tensor's shape without the batch if it is not `[latents]`: `[16, 1, 1]`. */
    shape?: number[];
  };
  /** `p(x|z)`. */
  output?: PixelOutput;
  /** The class, if it takes one. */
  condition?: ClassInput;
}

/** The chain that a diffusion network was trained on. `betaStart` and `betaEnd` of "linear" are 0.0001 and 0.02 if absent. */
export type BetaSchedule =
  | {
    kind: "linear";
    /** Number of steps. */
    steps: number;
    /** The first β, 1e-4 if absent. */
    betaStart?: number;
    /** The last β, 0.02 if absent. */
    betaEnd?: number;
  }
  | {
    kind: "scaled-linear";
    /** Number of steps. */
    steps: number;
    /** The first β. */
    betaStart: number;
    /** The last β. */
    betaEnd: number;
  }
  | {
    kind: "cosine";
    /** Number of steps. */
    steps: number;
  }
  | {
    kind: "sigmoid";
    /** Number of steps. */
    steps: number;
  }
  | {
    kind: "betas";
    /** β_1, ..., β_T. */
    betas: number[];
  };

/** How a diffusion network takes the noise level. */
export interface TimeInput {
  /** "log_snr" if absent. */
  name?: string;
  /**
   * log(alpha² / sigma²); the number of a step of `schedule`; that number over the steps; the standard deviation of the noise in
   * x_0 + sigma ε (with `sigmaData` ln(sigma) / 4 and the preconditioning of Karras et al. 2022); t of (1 - t) x_0 + t ε.
   */
  form?: "log-snr" | "timestep" | "fraction" | "sigma" | "flow";
  /** Shape without the batch, [] if absent. */
  shape?: number[];
  /** Whether the tensor has no batch axis. */
  unbatched?: boolean;
  /** Integers for "timestep", floats for others if absent. Integers restrict the model to the steps of its chain. */
  numbers?: Numbers;
  /** The training's chain, for "timestep" and "fraction". */
  schedule?: BetaSchedule;
  /** The number of that chain's first step, 0 or 1. */
  first?: number;
  /**
   * Standard deviation of the data in the network's units, for the preconditioning of Karras et al. 2022 (the parameterization
   * `edm`).
   */
  sigmaData?: number;
  /** Whether flow time runs from noise to data. */
  reversed?: boolean;
}

/** A diffusion network's conventions. */
export interface NetworkAdapter {
  /** As of an encoder. */
  batch?: number;
  /** The noisy image. `scale` and `shift` do not apply: see `dataRange`. */
  image?: ImageInput;
  /** The values of a black and of a full pixel in the training, [-1, 1] if absent. */
  dataRange?: [number, number];
  /** The time. */
  time?: TimeInput;
  /** The class, if it takes one. */
  condition?: ClassInput;
  /** The output. */
  output?: {
    /** The output, or any value of the graph; `output` if absent. */
    name?: string;
    /** The order in which its values lie. */
    layout?: TensorLayout;
    /** The tensor's shape without the batch if it is not the layout's. */
    shape?: number[];
    /**
     * Whether it has twice the channels, the latter half about the variance of a step (Nichol & Dhariwal 2021), which is not
     * used: the chain's variance is β̃.
     */
    learnedVariance?: boolean;
  };
}
