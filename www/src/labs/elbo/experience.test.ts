import { expect, it } from 'vitest';
import type { EvaluatedModel } from '../../../engine/protocol.ts';
import { experienceOf } from './experience.ts';

const evaluated = { bounds: { images: 100, quantiles: [-200, -150, -90] } } as EvaluatedModel;
const judge = (id: string, mean: number | null, standardError: number | null = 1) => ({
  entry: { id },
  evaluated,
  elbo: mean === null ? null : { mean, standardError },
});

it('a picture is beyond the models whose test images all have a higher bound', () => {
  expect(experienceOf([judge('a', -150), judge('b', -250), judge('c', null)])).toEqual({
    beyond: ['b'],
    rare: [],
    within: ['a'],
    pending: ['c'],
  });
});

it('a picture is rare where all but one in a hundred test images have a higher bound', () => {
  // The 101 percentiles of test images between -300 and -100: one in a hundred is below -298.
  const quantiles = Array.from({ length: 101 }, (_, i) => -300 + 2 * i);
  const many = { bounds: { images: 1000, quantiles } } as EvaluatedModel;
  const judged = [-301, -299, -297].map((mean) => ({
    entry: { id: String(mean) },
    evaluated: many,
    elbo: { mean, standardError: 0.1 },
  }));
  expect(experienceOf(judged)).toEqual({
    beyond: ['-301'],
    rare: ['-299'],
    within: ['-297'],
    pending: [],
  });
});

it('a bound that may yet be as high as that of a test image is not below them all', () => {
  // 1.96 standard errors above -203.9 is -200.0 for an error of 2, and -201.94 for one of 1
  expect(experienceOf([judge('a', -203.9, 2), judge('b', -203.9, 1)])).toMatchObject({
    beyond: ['b'],
    within: ['a'],
  });
});

it('a bound without an interval tells nothing yet', () => {
  expect(experienceOf([judge('a', -999, null)]).pending).toEqual(['a']);
  expect(experienceOf([])).toEqual({ beyond: [], rare: [], within: [], pending: [] });
});
