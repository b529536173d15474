/** Pictures that no model makes, and where a score stands among those of the test set. */
import {
  digitFromPixels,
  digitStanding,
  Evaluation,
  exampleDrawings,
  imageFromPixels,
  parseManifest,
  renderDigit,
  renderStrokes,
  resampleImage,
} from '../../pkg/elbo_room.js';
import { MNIST_SHAPE } from '../facts.ts';
import type { Calls } from '../calls.ts';
import type { Format } from '../protocol.ts';
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

/** A digit of MNIST's shape, where a model wants it larger or smaller. */
const asDigit = (levels: Uint8Array, { shape }: Format) =>
  resampleImage(levels, MNIST_SHAPE, shape);

/** Digits are made as MNIST's are, and then resampled. */
function prepare({ of, format }: Calls['prepare']['params']): Uint8Array {
  const { shape, digit } = format;
  if ('image' in of) return resampleImage(of.image.levels, of.image.shape, shape);
  return digit ? asDigit(renderDigit(of.strokes), format) : renderStrokes(of.strokes, shape);
}

function read({ of, format, whole }: Calls['read']['params']): Calls['read']['result'] {
  const { rgba, width, height } = of;
  if (!format.digit) {
    const levels = imageFromPixels(rgba, width, height, format.shape);
    return { levels, kept: null, problem: null, regions: [] };
  }
  const reading = digitFromPixels(rgba, width, height, { whole });
  const sized = (levels: Uint8Array | null) => levels && asDigit(levels, format);
  return { ...reading, levels: sized(reading.levels), kept: sized(reading.kept) };
}

function standing({ levels }: Calls['standing']['params']): Calls['standing']['result'] {
  // One level everywhere stands nowhere.
  return levels.some((level) => level !== levels[0]) ? digitStanding(levels) : null;
}

export const pictureHandlers: Handlers<
  'manifest' | 'evaluation' | 'percentile' | 'place' | 'examples' | 'prepare' | 'read' | 'standing'
> = {
  manifest: ({ json }) => parseManifest(json),

  evaluation: ({ json }) => evaluate(json).models,

  percentile: ({ json, model, elbo }) => evaluate(json).percentile(model, elbo),

  place: ({ json, model, dataset, image: { levels, shape }, seed, evidence }) =>
    evaluate(json).place(model, dataset, levels, shape, seed, evidence),

  examples: () => exampleDrawings(),

  prepare,

  read,

  standing,
};
