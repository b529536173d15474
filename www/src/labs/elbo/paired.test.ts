import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Ddpm, initSync, Vae } from '../../../pkg/elbo_room.js';
import type { FilesOf } from '../../../engine/api.ts';
import type {
  DdpmEntry,
  DiffusionElboResult,
  FileEntry,
  LatentBoundResult,
  Manifest,
  ModelEntry,
  VaeEntry,
} from '../../../engine/protocol.ts';
import { drawsOf, pairedOf, pairedTimesteps, passesOf } from './paired.ts';

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
    expect(pairedOf(a, a)?.terms.kl?.correlation).toBeNull();
  });
});

describe('passes over the timesteps', () => {
  const passes = (lT: number, lDenoising: number[], l0: number[]) =>
    passesOf({ lT, perPass: { lDenoising, l0 } } as DiffusionElboResult);

  it('are each a draw of the whole bound, with the same L_T', () => {
    const draws = passes(0.5, [10, 14, 12, 8], [2, 1, 3, 2]);
    expect(draws).toEqual({
      lT: [0.5, 0.5, 0.5, 0.5],
      lDenoising: [10, 14, 12, 8],
      l0: [2, 1, 3, 2],
      elbo: [-12.5, -15.5, -15.5, -10.5],
    });
    const paired = pairedOf(draws, passes(0.25, [11, 16, 13, 8], [2, 1, 2, 2]));
    // Differences -0.75, -1.75, 0.25, 0.25: mean -0.5, sum of squares around it 2.75.
    expect(paired?.terms.elbo.difference.mean).toBeCloseTo(-0.5, 12);
    expect(paired?.terms.elbo.difference.standardError).toBeCloseTo(Math.sqrt(2.75 / 12), 12);
    expect(paired?.terms.lT?.difference).toEqual({ mean: -0.25, standardError: 0 });
    expect(Object.keys(paired?.terms ?? {})).toEqual(['lT', 'lDenoising', 'l0', 'elbo']);
  });

  it('have only those terms beside draws of latents that both have', () => {
    const latent = { reconstruction: [-3], kl: [1], elbo: [-4] };
    expect(Object.keys(pairedOf(latent, passes(0, [1], [2]))?.terms ?? {})).toEqual(['elbo']);
  });

  it.each([
    [128, 1000, 128],
    // Each timestep of each pass.
    [128, 5, 64],
    ['all', 1000, 2000],
    ['all', 2, 16],
    [64, 2, 16],
  ] as const)('of %s timesteps of %i are %i', (wanted, steps, evaluated) => {
    expect(pairedTimesteps(wanted, steps)).toBe(evaluated);
  });
});

initSync({ module: readFileSync(at('www/pkg/elbo_room_bg.wasm')) });
const { models } = JSON.parse(readFileSync(at('models/manifest.json'), 'utf8')) as Manifest;
const entryOf = (id: string): unknown => models.find((entry) => entry.id === id);
const filesOf = <Entry extends ModelEntry>(entry: Entry) =>
  Object.fromEntries(
    Object.entries<FileEntry>(entry.files).map(([role, { path }]) => [
      role,
      new Uint8Array(readFileSync(at(`models/${path}`))),
    ]),
  ) as FilesOf<Entry>;
const stroke = (from: number) =>
  Uint8Array.from({ length: 784 }, (_, i) => {
    const [row, column] = [Math.floor(i / 28), i % 28];
    return row >= from && row < 23 && (column === 13 || column === 14) ? 230 : 0;
  });

describe('the crate’s passes over two pictures that differ by a few pixels', () => {
  const entry = entryOf('mnist-ddpm') as DdpmEntry;
  const ddpm = Ddpm.load(entry, filesOf(entry));
  function bound(levels: Uint8Array, steps: number) {
    const timesteps = pairedTimesteps(16, steps);
    const run = ddpm.elbo(levels, { timesteps, steps, seed: 5 });
    while (!run.done) run.advance(8);
    const result = run.result() as DiffusionElboResult;
    run.free();
    return result;
  }

  it('have the terms that it states, and differ by less than independent noise would have it', () => {
    const [a, b] = [bound(stroke(5), 1000), bound(stroke(6), 1000)];
    const visited = ({ perTimestep }: DiffusionElboResult) => perTimestep.map(({ t }) => t);
    expect(visited(a)).toEqual(visited(b));
    const paired = pairedOf(passesOf(a), passesOf(b));
    expect(paired?.draws).toBe(16);
    for (const [side, stated] of [
      ['a', a],
      ['b', b],
    ] as const)
      for (const key of ['lDenoising', 'l0', 'elbo'] as const) {
        const found = paired?.terms[key]?.[side];
        expect(found?.mean).toBeCloseTo(stated[key].mean, 8);
        expect(found?.standardError).toBeCloseTo(stated[key].standardError ?? NaN, 8);
      }
    const { difference, independent } = paired?.terms.elbo ?? {};
    expect(difference?.mean).toBeCloseTo(b.elbo.mean - a.elbo.mean, 8);
    expect(difference?.standardError).toBeLessThan(0.6 * (independent ?? NaN));
  });

  it('are sixteen of a chain of few steps too', () => {
    expect(bound(stroke(5), 3).passes).toBe(16);
  });
});

describe('the crate’s draws of two pictures that differ by a few pixels', () => {
  const SEEDS = 24;
  const DRAWS = 16;
  const entry = entryOf('mnist-vae-8bit') as VaeEntry;
  const vae = Vae.load(entry, filesOf(entry));

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
          expect(terms[key]?.[side].mean).toBeCloseTo(crate?.mean ?? NaN, 9);
          expect(terms[key]?.[side].standardError).toBeCloseTo(crate?.standardError ?? NaN, 9);
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
