/** The bounds of two models, or of two pictures, from draws in pairs: draw k of both has the same noise. Pure. */
import type {
  DiffusionElboResult,
  Estimate,
  JobKind,
  LatentBoundResult,
} from '../../../engine/protocol.ts';

/** The terms of each kind of bound, in the order of its table. */
export const PAIRED_TERMS = {
  latent: ['reconstruction', 'kl', 'elbo'],
  diffusion: ['lT', 'lDenoising', 'l0', 'elbo'],
} as const satisfies Partial<Record<JobKind, readonly string[]>>;
export type PairedKind = keyof typeof PAIRED_TERMS;
export type PairedTerm = (typeof PAIRED_TERMS)[PairedKind][number];

type Terms<T> = Readonly<Partial<Record<PairedTerm, T>> & { elbo: T }>;

/** Each term of each draw, in nats. */
export type Draws = Terms<readonly number[]>;

/** Draws of q(z|x) as the crate evaluates them: log p(x|z), log p(z) - log q(z|x), the KL of each layer. */
export function drawsOf(
  values: readonly Float64Array[],
  { samples, layers, klPerLatent, kl: { mean: exact } }: LatentBoundResult,
): Draws {
  const draws = values.slice(0, samples);
  const reconstruction = draws.map(([logLikelihood = NaN]) => logLikelihood);
  const kl = draws.map((value) =>
    klPerLatent ? exact : value.slice(2, 2 + layers.length).reduce((sum, nats) => sum + nats, 0),
  );
  return { reconstruction, kl, elbo: reconstruction.map((nats, i) => nats - (kl[i] ?? NaN)) };
}

/** The passes of a diffusion model's bound, each of which is a draw of the whole of it. */
export function passesOf({ lT, perPass }: DiffusionElboResult): Draws {
  const { lDenoising, l0 } = perPass;
  return {
    lT: lDenoising.map(() => lT),
    lDenoising,
    l0,
    elbo: lDenoising.map((nats, pass) => -(lT + nats + (l0[pass] ?? NaN))),
  };
}

/** Into as many passes the crate splits timesteps that are stratified. */
const PASSES = 16;

/** How many timesteps are to be evaluated, so that there are as many passes whatever T is; for all, each t about twice. */
export function pairedTimesteps(wanted: number | 'all', steps: number): number {
  const inPass = (wanted === 'all' ? 2 * (steps - 1) : wanted) / PASSES;
  return PASSES * Math.min(steps - 1, Math.max(1, Math.ceil(inPass)));
}

const meanOf = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const products = (a: readonly number[], b: readonly number[]): number => {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  return a.reduce((sum, value, i) => sum + (value - meanA) * ((b[i] ?? NaN) - meanB), 0);
};

/** The mean of independent draws, with its standard error; null from a single one. */
function estimateOf(values: readonly number[]): Estimate {
  const n = values.length;
  const variance = n > 1 ? products(values, values) / (n * (n - 1)) : null;
  return { mean: meanOf(values), standardError: variance === null ? null : Math.sqrt(variance) };
}

interface PairedEstimate {
  a: Estimate;
  b: Estimate;
  /** b - a. Its standard error is that of the mean of the differences within pairs. */
  difference: Estimate;
  /** What the standard error would be if the noise of a and of b were independent. */
  independent: number | null;
  /** Of a and b over the pairs; null where one of them is the same in every draw. */
  correlation: number | null;
}

export interface Paired {
  draws: number;
  terms: Terms<PairedEstimate>;
}

function pairedTerm(a: readonly number[], b: readonly number[]): PairedEstimate {
  const [ofA, ofB] = [estimateOf(a), estimateOf(b)];
  const spread = Math.sqrt(products(a, a) * products(b, b));
  const isConstant = !(spread > 1e-9 * Math.abs(ofA.mean * ofB.mean));
  return {
    a: ofA,
    b: ofB,
    difference: estimateOf(b.map((value, i) => value - (a[i] ?? NaN))),
    independent:
      ofA.standardError === null || ofB.standardError === null
        ? null
        : Math.hypot(ofA.standardError, ofB.standardError),
    correlation: isConstant ? null : products(a, b) / spread,
  };
}

/** From the draws that both have; null before there is one. */
export function pairedOf(a: Draws, b: Draws): Paired | null {
  const draws = Math.min(a.elbo.length, b.elbo.length);
  if (draws === 0) return null;
  const terms = Object.entries(a).flatMap(([name, of]) => {
    const other = b[name as PairedTerm];
    return other ? [[name, pairedTerm(of.slice(0, draws), other.slice(0, draws))] as const] : [];
  });
  return { draws, terms: Object.fromEntries(terms) as unknown as Paired['terms'] };
}
