import { expect, it } from 'vitest';
import { isOfChain } from './surprise.svelte.ts';

const chain = {
  schedule: 'log-snr-linear',
  steps: 1000,
  timesteps: 128,
  givenClass: false,
} as const;
const result = { schedule: 'log-snr-linear', steps: 1000, class: null } as const;

it('a bound stands among those of its own chain alone', () => {
  expect(isOfChain(result, chain)).toBe(true);
  expect(isOfChain({ ...result, steps: 999 }, chain)).toBe(false);
  expect(isOfChain({ ...result, schedule: 'cosine' }, chain)).toBe(false);
  expect(isOfChain(result, undefined)).toBe(false);
});

it('a bound given the class stands among bounds given theirs', () => {
  expect(isOfChain({ ...result, class: 0 }, chain)).toBe(false);
  expect(isOfChain({ ...result, class: 0 }, { ...chain, givenClass: true })).toBe(true);
  expect(isOfChain(result, { ...chain, givenClass: true })).toBe(false);
});
