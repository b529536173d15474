import { expect, it } from 'vitest';
import type { EvaluatedModel } from '../../engine/protocol.ts';
import { evaluatedChain } from './surprise.svelte.ts';

it.each([
  ['cargo run --release --example evaluate -- --data DIR', { schedule: 'cosine', steps: 1000 }],
  ['evaluate --schedule log-snr-linear --steps 50 --seed 1', { schedule: 'log-snr-linear', steps: 50 }],
  ['evaluate --steps=20 --schedule=linear', { schedule: 'linear', steps: 20 }],
])('the chain of %j is %j', (command, chain) => {
  expect(evaluatedChain({ command } as EvaluatedModel)).toEqual(chain);
});
