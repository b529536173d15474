import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { initSync, Vae } from '../../../pkg/elbo_room.js';
import type { FileEntry, LatentBoundResult, Manifest, VaeEntry } from '../../../engine/protocol.ts';
import { drawsOf, pairedOf } from './paired.ts';

const at = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

describe('pairs of draws', () => {
  const result = (part: Partial<LatentBoundResult>) =>
    ({
      samples: 4,
      layers: [{}],
      klPerLatent: [2, 1],
      kl: { mean: 3 },
      ...part,
    }) as LatentBoundResult;
  const values = (rows: number[][]) => rows.map((row) => Float64Array.from(row));
  // log p(x|z), log p(z) - log q(z|x), KL.
  const A = values([
    [-10, -2, 3],
    [-14, -3, 3],
    [-12, -4, 3],
    [-8, -1, 3],
  ]);

  it('have the exact KL of a VAE, and the sum of the layers of a hierarchy', () => {
    expect(drawsOf(A, result({}))).toEqual({
      reconstruction: [-10, -14, -12, -8],
      kl: [3, 3, 3, 3],
      elbo: [-13, -17, -15, -11],
    });
    const deep = result({ samples: 2, layers: [{}, {}] as never, klPerLatent: null });
    // The last value is of the proposal, no layer.
    const draws = drawsOf(
      values([
        [-10, 0, 1, 2, 9],
        [-9, 0, 3, 4, 9],
        [-8, 0, 5, 6, 9],
      ]),
      deep,
    );
    expect(draws).toEqual({ reconstruction: [-10, -9], kl: [3, 7], elbo: [-13, -16] });
  });

  it('tell the difference with the standard error of its mean', () => {
    const a = drawsOf(A, result({}));
    const b = { ...a, elbo: [-12, -14, -14, -12, 100] };
    const term = pairedOf(a, b)?.terms.elbo;
    // Differences 1, 3, 1, -1: mean 1, sum of squares around it 8.
    expect(term?.difference.mean).toBeCloseTo(1, 12);
    expect(term?.difference.standardError).toBeCloseTo(Math.sqrt(8 / 12), 12);
    expect(term?.a).toEqual({ mean: -14, standardError: Math.sqrt(20 / 12) });
    expect(term?.independent).toBeCloseTo(Math.sqrt((20 + 4) / 12), 12);
    // Deviations 1, -3, -1, 3 and 1, -1, -1, 1.
    expect(term?.correlation).toBeCloseTo(8 / Math.sqrt(20 * 4), 12);
  });

  it('are those that both have, and say nothing that one draw does not know', () => {
    const a = drawsOf(A, result({}));
    const one = pairedOf(a, drawsOf(A, result({ samples: 1 })));
    expect(one?.draws).toBe(1);
    expect(one?.terms.elbo).toEqual({
      a: { mean: -13, standardError: null },
      b: { mean: -13, standardError: null },
      difference: { mean: 0, standardError: null },
      independent: null,
      correlation: null,
    });
    expect(pairedOf(a, drawsOf(A, result({ samples: 0 })))).toBeNull();
    expect(pairedOf(a, a)?.terms.kl.correlation).toBeNull();
  });
});

describe('the crate’s draws of two pictures that differ by a few pixels', () => {
  const SEEDS = 24;
  const DRAWS = 16;
  initSync({ module: readFileSync(at('www/pkg/elbo_room_bg.wasm')) });
  const { models } = JSON.parse(readFileSync(at('models/manifest.json'), 'utf8')) as Manifest;
  const entry = models.find(({ id }) => id === 'mnist-vae-8bit') as VaeEntry;
  const files = Object.fromEntries(
    Object.entries<FileEntry>(entry.files).map(([role, { path }]) => [
      role,
      new Uint8Array(readFileSync(at(`models/${path}`))),
    ]),
  );
  const vae = Vae.load(entry, files);
  const stroke = (from: number) =>
    Uint8Array.from({ length: 784 }, (_, i) => {
      const [row, column] = [Math.floor(i / 28), i % 28];
      return row >= from && row < 23 && (column === 13 || column === 14) ? 230 : 0;
    });

  function bound(levels: Uint8Array, seed: number) {
    const run = vae.bound(levels, { samples: DRAWS, seed, proposal: 'posterior' });
    const values = run.evaluateRange(0, DRAWS);
    values.forEach((value, i) => run.record(i, value));
    const result = run.result() as LatentBoundResult;
    run.free();
    return { result, draws: drawsOf(values, result) };
  }
  const runs = Array.from({ length: SEEDS }, (_, seed) => {
    const [a, b] = [bound(stroke(5), seed), bound(stroke(6), seed)];
    const paired = pairedOf(a.draws, b.draws);
    if (!paired) throw new Error('no draws');
    return { stated: [a.result, b.result], terms: paired.terms, ...paired.terms.elbo };
  });

  it('have the terms, and their standard errors, that the crate states', () => {
    for (const { stated, terms } of runs)
      for (const [i, side] of (['a', 'b'] as const).entries())
        for (const key of ['reconstruction', 'kl', 'elbo'] as const) {
          const crate = stated[i]?.[key];
          expect(terms[key][side].mean).toBeCloseTo(crate?.mean ?? NaN, 9);
          expect(terms[key][side].standardError).toBeCloseTo(crate?.standardError ?? NaN, 9);
        }
  });

  it('differ over seeds by as much as the standard error says, not by as much as independent noise would', () => {
    const means = runs.map(({ difference }) => difference.mean);
    const mean = means.reduce((sum, value) => sum + value, 0) / SEEDS;
    const spread = Math.sqrt(
      means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (SEEDS - 1),
    );
    const rms = (values: (number | null)[]) =>
      Math.sqrt(values.reduce<number>((sum, value) => sum + (value ?? NaN) ** 2, 0) / SEEDS);
    const stated = rms(runs.map(({ difference }) => difference.standardError));
    const independent = rms(runs.map((run) => run.independent));
    // With 23 degrees of freedom, 99.9 % of such quotients lie in between.
    const [least, most] = [0.55, 1.51];
    expect(spread / stated).toBeGreaterThan(least);
    expect(spread / stated).toBeLessThan(most);
    expect(spread / independent).toBeLessThan(least);
  });
});
