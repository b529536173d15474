/** Pictures that no model makes, and where a score stands among those of the test set. */
import {
  digitFromPixels,
  Evaluation,
  exampleDrawings,
  imageFromPixels,
  parseManifest,
  randomSeed,
  renderDigit,
  renderStrokes,
  resampleImage,
} from '../../../pkg/elbo_room.js';
import { MNIST_SHAPE } from '../facts.ts';
import type { Calls } from '../calls.ts';
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

/** Digits are made as MNIST's are, and then resampled where a model wants them larger or smaller. */
function prepare({ of, format: { shape, digit } }: Calls['prepare']['params']): Uint8Array {
  const asDigit = (levels: Uint8Array) => resampleImage(levels, MNIST_SHAPE, shape);
  if ('strokes' in of)
    return digit ? asDigit(renderDigit(of.strokes)) : renderStrokes(of.strokes, shape);
  if ('image' in of) return resampleImage(of.image.levels, of.image.shape, shape);
  const { rgba, width, height } = of;
  return digit
    ? asDigit(digitFromPixels(rgba, width, height))
    : imageFromPixels(rgba, width, height, shape);
}

export const pictureHandlers: Handlers<
  'manifest' | 'randomSeed' | 'evaluation' | 'percentile' | 'examples' | 'prepare'
> = {
  manifest: ({ json }) => parseManifest(json),

  randomSeed: () => randomSeed(),

  evaluation: ({ json }) => evaluate(json).models,

  percentile: ({ json, model, elbo }) => evaluate(json).percentile(model, elbo),

  examples: () => exampleDrawings(),

  prepare,
};
