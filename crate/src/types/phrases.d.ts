/** Which phrase it is. The texts are in crate/src/model/phrase/english.rs. */
export type PhraseCode =
  | "file-refused" | "file-unknown" | "decoder-missing" | "whole-autoencoder" | "encoder-missing" | "encoder-size-differs"
  | "encoder-latents-differ" | "decoder-by-shape" | "cut-at-code" | "decoder" | "class-vector" | "class-number" | "a-class"
  | "pixels-unit" | "pixels-signed" | "pixels-mnist" | "pixels-bytes" | "encoder-as-decoder" | "usual-scale" | "usual-range"
  | "two-outputs" | "is-sigmoid" | "in-unit-range" | "is-tanh" | "output-called" | "no-activation" | "gaussian-fitted"
  | "gaussian-own" | "grey-cross-entropy" | "discretized-logistic" | "logits-before-sigmoid" | "binary-logits"
  | "binary-probabilities" | "binary-signed" | "two-vectors" | "stacked" | "drawn-code" | "lone-code" | "mean-then-log-var"
  | "mean-then-log-std" | "mean-then-std" | "log-var-then-mean" | "mean-and-log-var" | "mean-and-log-std" | "mean-and-std"
  | "mean-and-var" | "code-alone" | "half-variance" | "first-half" | "prediction-by-name" | "predicts-epsilon" | "predicts-x0"
  | "predicts-v" | "input-called" | "time-row-of-table" | "time-integer" | "time-real-velocity" | "time-real" | "chain-linear"
  | "chain-cosine" | "chain-sigmoid" | "timestep-of" | "fraction-of" | "flow" | "flow-reversed" | "flow-velocity"
  | "flow-reversed-velocity" | "sigma" | "edm" | "log-snr" | "inputs-beside" | "input-beside" | "class-row-of-table"
  | "class-mask" | "class-zeros" | "class-always" | "class-last-row" | "class-extra" | "sigmoid-before-logits"
  | "logits-in-unit-range" | "logits-in-signed-range" | "outside-range" | "decoder-not-finite" | "encoder-not-finite"
  | "kl-not-finite" | "draw-not-finite" | "decoder-ignores-z" | "posterior-ignores-x" | "posterior-wide" | "kl-zero"
  | "better-pixels" | "poor-reconstruction" | "bound-below-coins" | "bound-below-levels" | "bound-above-zero"
  | "network-not-finite" | "class-without-effect" | "better-reading" | "reading-output" | "reading-time" | "reading-both"
  | "poor-denoising" | "flat-samples";

/** A sentence, or a part of one, that can be said in another language by its code and what it is about. */
export interface Phrase {
  /** Which one it is. */
  code: PhraseCode;
  /** By the names that stand in braces in the text: names and figures as they are to be written, numbers, parts of a sentence. */
  values: Record<string, string | number | Phrase>;
  /** The same in English. */
  message: string;
}
