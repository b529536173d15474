/** Whether a picture is like anything that the models were tested on: which digit it is, is a question for digits alone. Pure. */
import type { EvaluatedModel, Estimate, ModelEntry } from '../../engine/protocol.ts';
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
  /** Models that have seen something like it. */
  within: string[];
  /** Models that have not judged yet. */
  pending: string[];
}

/** A picture is beyond a model's experience where even the upper end of its bound's interval is below all test images'. */
export function experienceOf(judges: readonly Judge[]): Experience {
  const found: Experience = { beyond: [], within: [], pending: [] };
  for (const { entry, evaluated, elbo } of judges) {
    const ends = elbo && interval(elbo);
    const lowest = evaluated.bounds.quantiles[0];
    if (!ends || lowest === undefined) found.pending.push(entry.id);
    else found[ends[1] < lowest ? 'beyond' : 'within'].push(entry.id);
  }
  return found;
}
