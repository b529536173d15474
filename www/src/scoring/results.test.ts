import { describe, expect, it } from 'vitest';
import type {
  ClassPosteriorResult,
  DiffusionElboResult,
  LatentBoundResult,
  VaeEntry,
} from '../../engine/protocol.ts';
import { manifest, VAE } from '../testing/manifest.ts';
import { toCsv, toJson } from '../share/table.ts';
import {
  classRows,
  diffusionRows,
  latentRows,
  modelRecord,
  tableName,
  tableOf,
} from './results.ts';

const e = (mean: number, standardError: number | null = null) => ({ mean, standardError });

const latent: LatentBoundResult = {
  seed: 3,
  samples: 100,
  done: true,
  task: 'binarized',
  binarized: new Uint8Array(784),
  density: null,
  reconstruction: e(-60, 0.5),
  kl: e(25, 0),
  layers: [{ name: 'z', kl: e(25, 0) }],
  klPerLatent: [20, 5],
  elbo: e(-85, 0.5),
  bitsPerDim: e(0.156, 0.001),
  importance: [
    { k: 1, bound: e(-85, 0.5) },
    { k: 100, bound: e(-82, 0.2) },
  ],
  logLikelihood: e(-82, 0.2),
  gap: e(3, 0.5),
  reliable: true,
  draws: 199,
  estimates: [
    {
      proposal: 'laplace',
      draws: 199,
      logLikelihood: e(-82, 0.2),
      effectiveSampleSize: 61.5,
      pareto: { shape: 0.3, threshold: 0.56, drawsNeeded: 27, size: 40, tail: [] },
      reliable: true,
    },
    {
      proposal: 'posterior',
      draws: 100,
      logLikelihood: e(-83, 0.4),
      effectiveSampleSize: 12.5,
      pareto: null,
      reliable: false,
    },
  ],
};

describe('the table', () => {
  it('has every term of a model with latents, under its own task', () => {
    const table = latentRows('mnist-vae', latent);
    expect(table.map(({ term }) => term)).toEqual([
      'reconstruction',
      'KL',
      'KL of latent 0',
      'KL of latent 1',
      'ELBO',
      '-ELBO per pixel',
      'L_1',
      'L_100',
      'log p(x)',
      'gap',
      'log p(x) by laplace',
      'effective sample size by laplace',
      'Pareto shape by laplace',
      'log p(x) by posterior',
      'effective sample size by posterior',
    ]);
    expect(new Set(table.map(({ task }) => task))).toEqual(new Set(['binarized']));
    expect(table[0]).toMatchObject({
      value: -60,
      standardError: 0.5,
      unit: 'nats',
      evaluations: 100,
      seed: 3,
    });
  });

  it('has the layers of a hierarchy', () => {
    const layers = [
      { name: 'top', kl: e(1, 0.1) },
      { name: 'bottom', kl: e(2, 0.1) },
    ];
    const terms = latentRows('mnist-hvae', { ...latent, layers, klPerLatent: null }).map(
      ({ term }) => term,
    );
    expect(terms).toContain('KL of layer top');
    expect(terms).toContain('KL of layer bottom');
  });

  it('says of which chain a diffusion bound is', () => {
    const result = {
      seed: 0,
      schedule: 'cosine',
      steps: 50,
      class: 7,
      evaluations: 80,
      lT: 0.25,
      lDenoising: e(500, 3),
      l0: e(2, 1),
      l0PosteriorVariance: e(1.5, 1),
      elbo: e(-502, 3),
      bitsPerDim: e(0.92, 0.01),
      consistency: {
        prior: 0.25,
        lConsistency: e(501, 9),
        elbo: e(-503, 9),
        bitsPerDim: e(0.93, 0.03),
        matchingSd: 3,
        consistencySd: 9,
      },
      perTimestep: [{ t: 9, logSnr: 1, nats: 4, evaluations: 1 }],
    } as DiffusionElboResult;
    const table = diffusionRows('mnist-ddpm', result);
    expect(
      table.every(
        ({ model, task }) => model === 'mnist-ddpm (cosine, T = 50, class 7)' && task === '8-bit',
      ),
    ).toBe(true);
    expect(table.find(({ term }) => term === 'ELBO, consistency form')?.standardError).toBe(9);
    expect(table.at(-1)).toMatchObject({ term: 'L_{t-1} at t = 9', value: 4, standardError: null });
    expect(diffusionRows('d', { ...result, class: null, consistency: null })[0]?.model).toBe(
      'd (cosine, T = 50)',
    );
  });

  it('has bound and probability of each class', () => {
    const result: ClassPosteriorResult = {
      seed: 0,
      schedule: 'cosine',
      steps: 1000,
      evaluations: 20,
      passes: 10,
      done: true,
      perClass: 10,
      weighting: 'bound',
      bounds: [e(-600, 2), e(-605, 2)],
      posterior: [0.99, 0.01],
      standardError: [0.02, 0.02],
      entropy: 0.05,
      predicted: 0,
    };
    expect(classRows('d', ['a', 'b'], result).map(({ term, value }) => [term, value])).toEqual([
      ['ELBO given a', -600],
      ['p(a | x)', 0.99],
      ['ELBO given b', -605],
      ['p(b | x)', 0.01],
      ['entropy of the class', 0.05],
    ]);
  });
});

describe('its forms', () => {
  const [row] = latentRows('with "quotes", and commas', latent);
  const table = row ? [row] : [];

  it('quotes what CSV would split', () => {
    expect(toCsv(tableOf(table))).toBe(
      'model,task,term,value,standardError,unit,evaluations,seed\r\n' +
        '"with ""quotes"", and commas",binarized,reconstruction,-60,0.5,nats,100,3\r\n',
    );
  });

  it('leaves an unknown error empty in CSV and null in JSON, and keeps every digit', () => {
    const [first] = latentRows('m', { ...latent, reconstruction: e(-1 / 3) });
    const precise = first ? [first] : [];
    expect(toCsv(tableOf(precise))).toContain('reconstruction,-0.3333333333333333,,nats');
    const shape = { channels: 1, height: 1, width: 2 };
    const json: unknown = JSON.parse(
      toJson(tableOf(precise, { image: [1, 2], shape }), 'https://page/#x'),
    );
    expect(json).toMatchObject({
      address: 'https://page/#x',
      image: [1, 2],
      shape,
      results: [{ value: -1 / 3, standardError: null }],
    });
  });

  it('name a model of one’s own by title and checksum, and its files', () => {
    const shipped = manifest.models.find(({ id }) => id === VAE) as VaeEntry;
    const own: VaeEntry = {
      ...shipped,
      id: 'own.0123456789abcdef0123.01234567',
      title: 'Faces, 28 × 20',
      files: { decoder: { path: 'd.onnx', bytes: 3, sha256: 'ab12' } },
    };
    expect(tableName(shipped)).toBe(VAE);
    const rows = latentRows(tableName(own), latent).slice(0, 1);
    expect(toCsv(tableOf(rows))).toContain(
      '\r\n"Faces, 28 × 20 (own.0123456789abcdef0123.01234567)",',
    );
    const json: unknown = JSON.parse(
      toJson(tableOf(rows, { models: [modelRecord(own)] }), 'https://page/#x'),
    );
    expect(json).toMatchObject({
      models: [
        { name: tableName(own), id: own.id, title: 'Faces, 28 × 20', files: { decoder: 'ab12' } },
      ],
      results: [{ model: tableName(own) }],
    });
  });
});
