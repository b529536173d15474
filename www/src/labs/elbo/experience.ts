/**
 * Whether a picture is like anything that the models were tested on: which digit it is, is a question for digits alone. Low bounds
 * speak against a digit; high ones do not speak for one, since letters of the same strokes have them, too. Pure.
 */
import type { EvaluatedModel, Estimate, ModelEntry } from '../../../engine/protocol.ts';
import { interval } from '../../format.ts';

/** A model, the bounds of its test images, and that of the picture; null while there is none of the same kind. */
export interface Judge {
  entry: Pick<ModelEntry, 'id'>;
  evaluated: EvaluatedModel;
  elbo: Estimate | null;
}

export interface Experience {
  /** Ids of the models that find each of their test images more probable. */
  beyond: string[];
  /** Ids of the models that find nearly all of their test images more probable. */
  rare: string[];
  /** Models that have seen something like it. */
  within: string[];
  /** Models that have not judged yet. */
  pending: string[];
}

/** Share of test images that are called rare. */
const RARE = 0.01;

/**
 * A picture is beyond a model's experience where even the upper end of its bound's interval is below all test images', and rare where
 * that is below all but one in a hundred.
 */
export function experienceOf(judges: readonly Judge[]): Experience {
  const found: Experience = { beyond: [], rare: [], within: [], pending: [] };
  for (const { entry, evaluated, elbo } of judges) {
    const [, most] = (elbo && interval(elbo)) ?? [];
    const { quantiles } = evaluated.bounds;
    const lowest = quantiles[0];
    const low = quantiles[Math.round(RARE * (quantiles.length - 1))];
    if (most === undefined || lowest === undefined || low === undefined)
      found.pending.push(entry.id);
    else found[most < lowest ? 'beyond' : most < low ? 'rare' : 'within'].push(entry.id);
  }
  return found;
}
