import { expect, it } from 'vitest';
import type { PlanePointResult } from '../../../engine/protocol.ts';
import { tableOf } from '../../scoring/results.ts';
import { toCsv, toJson } from '../../share/table.ts';
import { planeRows } from './results.ts';
import { defaultPlane } from './settings.ts';

const RESULT: PlanePointResult = {
  x0: [0.6, 1.9],
  logP: -2,
  modelLogP: null,
  flowLogP: -2.1,
  bound: { prior: 0.1, denoising: 5, perTimestep: [2, 3], reconstruction: -2.5, elbo: -2.6 },
  exactElbo: -2.5,
  gap: { total: 0.6, noise: 0.1, steps: 0.3, data: 0.1, model: 0.1 },
  draws: 64,
  denoising: { cost: { mean: 2.61, standardError: 0.02 }, standardDeviation: 0.16 },
  consistency: null,
  errors: { logSnr: [-6, 13.3], model: [0.5, 0.6], exact: [0.4, 0.5], excess: [0, 1.9] },
  sweep: [{ schedule: 'cosine', points: [{ steps: 2, elbo: -9, gap: 7 }] }],
  done: true,
  progress: 1,
};

it('every number is in the table, with its error where it has one', () => {
  const rows = planeRows({ ...defaultPlane(), steps: 3, seed: 7 }, RESULT);
  const value = (term: string) => rows.find((row) => row.term === term)?.value;
  expect(value('log p(x)')).toBe(-2);
  expect(value('log p(x) of the ODE')).toBe(-2.1);
  expect(value('log p(x) of the model')).toBeUndefined();
  expect(value('L_{t-1} at t = 3')).toBe(3);
  expect(value('gap, model')).toBe(0.1);
  expect(value('ELBO (cosine, T = 2)')).toBe(-9);
  expect(value('error of the best at log SNR 13.300')).toBe(0.5);
  const drawn = rows.find((row) => row.term === '-ELBO by denoising matching');
  expect(drawn).toMatchObject({ value: 2.61, standardError: 0.02, evaluations: 64, seed: 7 });
  expect(new Set(rows.map(({ term }) => term)).size).toBe(rows.length);
  expect(toCsv(tableOf(rows)).split('\r\n')).toHaveLength(rows.length + 2);
  expect(JSON.parse(toJson(tableOf(rows, { x: [0.6, 1.9] }), 'https://example.org/#'))).toEqual({
    address: 'https://example.org/#',
    x: [0.6, 1.9],
    results: rows,
  });
});

it('what is not computed yet is left out', () => {
  const rows = planeRows(defaultPlane(), {
    ...RESULT,
    bound: null,
    gap: null,
    flowLogP: null,
    denoising: null,
    errors: null,
    sweep: [],
  });
  expect(rows.map(({ term }) => term)).toEqual(['log p(x)']);
});
