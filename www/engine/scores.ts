/** The scores of each image of a data set: columns of numbers, NaN where there is none. Pure. */
import { kindOf } from './kinds/index.ts';
import type {
  DiffusionElboResult,
  Estimate,
  JobResult,
  LatentBoundResult,
  ModelEntry,
} from './protocol.ts';

const LATENT = [
  'elbo',
  'elboError',
  'bitsPerDim',
  'reconstruction',
  'reconstructionError',
  'kl',
  'klError',
  'logLikelihood',
  'logLikelihoodError',
  'gap',
  'gapError',
  'paretoShape',
  'reliable',
] as const;

const DIFFUSION = [
  'elbo',
  'elboError',
  'bitsPerDim',
  'prior',
  'denoising',
  'denoisingError',
  'reconstructionCost',
  'reconstructionCostError',
  'consistency',
  'consistencyError',
] as const;

/** `layer0` and so on are the KL of each layer of a hierarchical VAE, the top one first. */
export type ScoreColumn = (typeof LATENT)[number] | (typeof DIFFUSION)[number] | `layer${number}`;

/** The columns of a model's scores, in the order of the rows. */
export function columnsOf(entry: ModelEntry): readonly ScoreColumn[] {
  const { bound, layers } = kindOf(entry);
  if (bound === 'diffusion') return DIFFUSION;
  return [...LATENT, ...(layers?.(entry) ?? []).map((_, i) => `layer${i}` as const)];
}

/** The row of these columns for a bound of the model. */
export function rowOf(entry: ModelEntry, result: JobResult): Float64Array {
  const { bound, layers } = kindOf(entry);
  return bound === 'diffusion'
    ? diffusionRow(result as DiffusionElboResult)
    : latentRow(result as LatentBoundResult, layers !== undefined);
}

const pair = ({ mean, standardError }: Estimate) => [mean, standardError ?? NaN];

/** The row of a VAE, hierarchical or not. */
function latentRow(result: LatentBoundResult, layered: boolean): Float64Array {
  return Float64Array.from([
    ...pair(result.elbo),
    result.bitsPerDim.mean,
    ...pair(result.reconstruction),
    ...pair(result.kl),
    ...pair(result.logLikelihood),
    ...pair(result.gap),
    result.estimates[0]?.pareto?.shape ?? NaN,
    result.reliable ? 1 : 0,
    ...(layered ? result.layers.map(({ kl }) => kl.mean) : []),
  ]);
}

function diffusionRow(result: DiffusionElboResult): Float64Array {
  return Float64Array.from([
    ...pair(result.elbo),
    result.bitsPerDim.mean,
    result.lT,
    ...pair(result.lDenoising),
    ...pair(result.l0),
    ...(result.consistency ? pair(result.consistency.elbo) : [NaN, NaN]),
  ]);
}
