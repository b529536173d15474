import { expect, it } from 'vitest';
import { timestepAt } from './timesteps.ts';

const known = [
  { t: 900, logSnr: -4 },
  { t: 1, logSnr: 13 },
  { t: 500, logSnr: 4 },
];

it.each([
  [4, 500],
  [0, 700],
  [-4, 900],
  [8.5, 250.5],
])('a log SNR of %d is at timestep %d', (logSnr, t) => {
  expect(timestepAt(known, logSnr)).toBeCloseTo(t, 9);
});

it('beyond what is known it stays at the end', () => {
  expect(timestepAt(known, -19)).toBe(900);
  expect(timestepAt(known, Infinity)).toBe(1);
});

it('knows nothing without timesteps', () => {
  expect(timestepAt([], 0)).toBeNull();
});
