/** Pictures that no model makes, and where a score stands among those of the test set. */
import {
  digitFromPixels,
  Evaluation,
  exampleDrawings,
  parseManifest,
  randomSeed,
  renderDigit,
} from '../../../pkg/elbo_room.js';
import type { Handlers } from './task.ts';

let evaluation: { json: string; scores: Evaluation } | undefined;

/** Parsed anew only when the text is another. */
function evaluate(json: string): Evaluation {
  if (evaluation?.json !== json) {
    evaluation?.scores.free();
    evaluation = { json, scores: Evaluation.parse(json) };
  }
  return evaluation.scores;
}

export const pictureHandlers: Handlers<
  | 'manifest'
  | 'randomSeed'
  | 'evaluation'
  | 'percentile'
  | 'examples'
  | 'renderDigit'
  | 'digitFromPixels'
> = {
  manifest: ({ json }) => parseManifest(json),

  randomSeed: () => randomSeed(),

  evaluation: ({ json }) => evaluate(json).models,

  percentile: ({ json, model, elbo }) => evaluate(json).percentile(model, elbo),

  examples: () => exampleDrawings(),

  renderDigit: ({ strokes }) => renderDigit(strokes),

  digitFromPixels: ({ rgba, width, height }) => digitFromPixels(rgba, width, height),
};
