/** What the ELBO lab can be set to, and how its picture is written in an address. Pure. */
import type { ImportanceProposal } from '../../../engine/protocol.ts';
import { ALL_SCHEDULES } from '../../schema/bound.ts';
import { choice, flag, integer, list, optional } from '../../schema/codecs.ts';
import { row, standardOf, type StateOf } from '../../schema/rows.ts';
import { classIndex, modelId, seed } from '../../schema/values.ts';
import { apart, rejectAll } from '../apart.ts';
import type { ModelFacts, Reject } from '../define.ts';
import { imageSource } from '../input/source.ts';

/** Samples of the importance-weighted bound. */
export const IMPORTANCE_COUNTS = [100, 1000, 5000] as const;
/** What log p(x) is estimated with. */
export const PROPOSALS = [
  'posterior',
  'defensive',
  'laplace',
  'fitted',
] as const satisfies readonly ImportanceProposal[];
/** Evaluations of the network per class. */
export const CLASS_COUNTS = [10, 20, 50, 100] as const;
/** Steps of a chain whose bound can be asked for. */
export const CHAIN_STEPS = { min: 2, max: 10_000 } as const;
/** As many layers as a hierarchy can have here. */
const MOST_LAYERS = 32;
/** As many models as can be left out of a comparison. */
export const MOST_MODELS = 32;

export const settings = {
  elbo: {
    image: row('image', imageSource, { example: '' }),
    /** Of the binarization, the samples, the timesteps and their noise. */
    seed: row('noise', seed, 0),
    samples: row('k', choice(IMPORTANCE_COUNTS), 1000),
    proposal: row('proposal', choice(PROPOSALS), 'fitted'),
    /** T of the diffusion model's bound, and the timestep under the playhead. */
    steps: row('T', integer(CHAIN_STEPS.min, CHAIN_STEPS.max), 1000),
    t: row('t', integer(1, CHAIN_STEPS.max), 500),
    /** Class that the diffusion model's bound is given. */
    given: row('given', classIndex, null),
    perClass: row('perClass', choice(CLASS_COUNTS), 50),
    /** Seeds of the hierarchy's layers, top first, and which of them are held while the others are drawn anew. */
    layers: row('layers', list(seed, ',', MOST_LAYERS), []),
    held: row('hold', list(flag, '', MOST_LAYERS), []),
    /** How many layers, from the top, the reconstruction takes from the posterior; the others are drawn from the prior. */
    level: row('level', integer(0, MOST_LAYERS), 1),
    /** Models with latents that are left out of the comparison. */
    without: row('without', list(modelId, ',', MOST_MODELS), []),
    /** Whether the picture is set between the data sets. */
    strangers: row('strangers', flag, false),
  },
  /** Two bounds beside each other. */
  besideBounds: {
    /** The model of A; null: there are none. */
    a: row('vs.a', optional(modelId.parse, String), null),
    /** The model of B; null: that of A. */
    b: row('vs.b', optional(modelId.parse, String), null),
    /** The picture of B; null: the one that all models score. */
    image: row('vs.image', optional(imageSource.parse, imageSource.print), null),
    /** The chain of B, where they are of diffusion models; null: that of A. */
    schedule: apart('vs.bound', choice(ALL_SCHEDULES)),
    steps: apart('vs.T', integer(CHAIN_STEPS.min, CHAIN_STEPS.max)),
  },
};

type State = StateOf<typeof settings>;

/** What is nothing without the first of the two bounds. */
const OF_SECOND = ['b', 'image', 'schedule', 'steps'] as const;

export function fit({ elbo, besideBounds }: State, reject: Reject): void {
  if (besideBounds.a === null) rejectAll(settings.besideBounds, OF_SECOND, besideBounds, reject);
  if (elbo.t <= elbo.steps) return;
  // A chain shorter than the default's playhead is not an error of the address.
  if (elbo.t !== standardOf(settings.elbo).t) reject('t', String(elbo.t));
  elbo.t = Math.ceil(elbo.steps / 2);
}

export function fitModels({ elbo }: State, { sampler }: ModelFacts, reject: Reject): void {
  if (!sampler || elbo.given === null || elbo.given < sampler.classes) return;
  reject('given', String(elbo.given));
  elbo.given = null;
}
