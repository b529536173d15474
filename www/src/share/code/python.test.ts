/** The programs in Python about latents and the plane are run where there are PyTorch and onnxruntime, and set against the crate. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  Hvae,
  initSync,
  parseManifest,
  PlaneDiffusion,
  Vae,
  VariationalInference,
} from '../../../pkg/elbo_room.js';
import type { FilesOf } from '../../../engine/api.ts';
import type {
  Estimate,
  HvaeEntry,
  InferenceSetup,
  InferenceTarget,
  LatentBoundResult,
  ModelEntry,
  PlaneDiffusionOptions,
  VaeEntry,
} from '../../../engine/protocol.ts';
import { boundPython, decodePython } from './latents.ts';
import { firstOf, fitPython, pointPython } from './plane.ts';
import { isDecodable, isScorable } from './wiring.ts';

vi.setConfig({ testTimeout: 60_000 });

const at = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const about = { title: 'A title', address: 'https://page.example/#seed=1' };
initSync({ module: readFileSync(at('www/pkg/elbo_room_bg.wasm')) });

const { models } = parseManifest(readFileSync(at('models/manifest.json'), 'utf8'));
const entryOf = (id: string): unknown => models.find((entry) => entry.id === id);

const TARGETS = [
  'correlated-gaussian',
  'two-gaussians',
  'five-gaussians',
  'banana',
  'funnel',
  'ring',
  'logistic-regression',
] as const satisfies readonly InferenceTarget[];

const fitOf = ({ target, family, options }: InferenceSetup) =>
  new VariationalInference(target, family, options);

/** Fits that have settled, and how far from the crate's ELBO theirs may lie: the noise of their last steps is another. */
const FITS: [InferenceSetup, number, number][] = [
  [
    {
      target: 'correlated-gaussian',
      family: 'mean-field',
      options: { seed: 1, samples: 50, learningRate: 0.03 },
    },
    400,
    0.01,
  ],
  [
    {
      target: 'banana',
      family: 'full-covariance',
      options: { seed: 2, samples: 50, learningRate: 0.03 },
    },
    400,
    0.02,
  ],
  [
    {
      target: 'two-gaussians',
      family: 'mixture',
      options: { seed: 3, samples: 50, components: 2, learningRate: 0.03 },
    },
    400,
    0.01,
  ],
  [
    {
      target: 'logistic-regression',
      family: 'full-covariance',
      options: {
        seed: 4,
        samples: 100,
        gradient: 'score-function',
        optimizer: 'sgd',
        learningRate: 0.03,
        start: [{ mean: [1, 0], std: [1, 1], correlation: 0.5 }],
        data: [
          { x: -1, label: 0 },
          { x: 0.5, label: 1 },
          { x: 1, label: 1 },
        ],
      },
    },
    200,
    0.03,
  ],
];

const POINTS: [PlaneDiffusionOptions, [number, number]][] = [
  [{ data: 'correlated-gaussian', schedule: 'cosine', steps: 20 }, [0.5, 1]],
  [{ data: 'two-gaussians', schedule: 'linear', steps: 10, model: 'gaussian' }, [1.8, 1]],
  [{ data: 'five-gaussians', schedule: 'log-snr-linear', steps: 30 }, [0.1, 2.2]],
  [{ data: 'moons', schedule: 'cosine', steps: 20, model: 'blurred', blur: 0.3 }, [-0.9, 1.2]],
  [{ data: 'spiral', schedule: 'linear', steps: 25 }, [0.6, 0.4]],
  [
    {
      components: [
        { weight: 3, mean: [0, 1], std: [0.5, 1], correlation: 0.6 },
        { mean: [-2, 0], std: [0.4, 0.3] },
      ],
      schedule: 'cosine',
      steps: 15,
    },
    [0.2, 0.7],
  ],
];

/** A model of somebody else's: flat pixels in [-1, 1], a stacked posterior, latents as an image, probabilities. */
const OWN = {
  id: 'own.0123456789abcdef0123.89abcdef',
  title: 'Somebody’s',
  kind: 'vae',
  likelihood: 'bernoulli',
  image: { channels: 1, height: 2, width: 2 },
  dataset: '',
  latents: { count: 2, klPerLatent: [], order: [0, 1] },
  files: { encoder: { path: 'encoder-flat.onnx' }, decoder: { path: 'decoder-sigmoid.onnx' } },
  encoder: {
    image: { name: 'pixels', shape: [4], scale: [2], shift: [-1] },
    posterior: { spread: 'log-std', split: { name: 'stacked', axis: 1, order: 'mean-first' } },
  },
  decoder: {
    latent: { name: 'latent', shape: [2, 1, 1] },
    output: { name: 'reconstruction', value: 'mean', shape: [4] },
  },
  scores: [],
} as unknown as VaeEntry;
const MIXTURE = {
  ...OWN,
  likelihood: 'logistic-mixture',
  files: { encoder: OWN.files.encoder, decoder: { path: 'decoder-mixture.onnx' } },
  decoder: { output: { components: 2 } },
} as VaeEntry;
const GREY = { ...OWN, likelihood: 'grey-bernoulli' } as VaeEntry;

const shape = (entry: ModelEntry) => entry.image;
/** A stroke down the middle, softer at its sides. */
const stroke = Uint8Array.from({ length: 784 }, (_, i) => {
  const [row, column] = [Math.floor(i / 28), i % 28];
  if (row < 5 || row > 22) return 0;
  return column === 14 ? 255 : Math.abs(column - 14) === 1 ? 120 : 0;
});
const few = Uint8Array.of(0, 51, 204, 255);

const BOUNDS: [string, VaeEntry | HvaeEntry, Uint8Array, number][] = [
  ['a VAE of binary pixels', entryOf('mnist-vae') as VaeEntry, stroke, 200],
  ['a VAE of levels', entryOf('mnist-vae-8bit') as VaeEntry, stroke, 200],
  ['a hierarchy of binary pixels', entryOf('mnist-hvae') as HvaeEntry, stroke, 60],
  ['a hierarchy of levels', entryOf('mnist-hvae-8bit') as HvaeEntry, stroke, 60],
  ['a model of one’s own', OWN, few, 2000],
  ['a mixture of one’s own', MIXTURE, few, 2000],
  ['grey levels under a model of one’s own', GREY, few, 2000],
];

const folderOf = (entry: ModelEntry) =>
  entry.id.startsWith('own.') ? 'tests/fixtures/foreign' : 'models';
const filesOf = <Entry extends ModelEntry>(entry: Entry) =>
  Object.fromEntries(
    Object.entries<{ path: string }>(entry.files).map(([role, { path }]) => [
      role,
      new Uint8Array(readFileSync(at(`${folderOf(entry)}/${path}`))),
    ]),
  ) as FilesOf<Entry>;
/** What the crate says of the picture. */
function crateBound(entry: VaeEntry | HvaeEntry, levels: Uint8Array, samples: number) {
  const model =
    entry.kind === 'vae' ? Vae.load(entry, filesOf(entry)) : Hvae.load(entry, filesOf(entry));
  const bound = model.bound(levels, { samples, seed: 5, proposal: 'posterior' });
  while (!bound.done) bound.step();
  return bound.result() as LatentBoundResult;
}

const found = spawnSync('python3', [
  '-c',
  'import importlib.util as u; raise SystemExit(not all(map(u.find_spec, ["torch", "onnxruntime", "numpy", "PIL"])))',
]);

/** Runs each program, and keeps what it prints. */
const DRIVER = `
import contextlib, io, json
import numpy as np, torch
from PIL import Image
torch.set_num_threads(1)
said = []
for text in json.load(open("programs.json")):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(text, {})
    said.append(printed.getvalue())
json.dump({"said": said, "decoded": np.asarray(Image.open("decoded.png")).ravel().tolist()}, open("said.json", "w"))
`;

const Z = [0.7, -1.3];

it('a fit begins where the crate begins it, whatever the target and the family', () => {
  const setups: InferenceSetup[] = [
    ...TARGETS.map((target) => ({ target, family: 'mixture', options: { seed: 1 } }) as const),
    { target: 'banana', family: 'mean-field', options: { seed: 1 } },
    { target: 'banana', family: 'full-covariance', options: { seed: 1 } },
    { target: 'banana', family: 'mixture', options: { seed: 1, components: 1 } },
    { target: 'banana', family: 'mixture', options: { seed: 1, components: 8 } },
  ];
  for (const setup of setups) {
    const { q } = fitOf(setup).state;
    const first = firstOf(setup);
    expect(first).toHaveLength(q.length);
    for (const [k, { mean, std }] of q.entries())
      for (const axis of [0, 1] as const) {
        expect(first[k]?.mean[axis]).toBeCloseTo(mean[axis], 12);
        expect(first[k]?.std[axis]).toBeCloseTo(std[axis], 12);
      }
  }
});

it('what a short program cannot feed or read has none', () => {
  expect([OWN, MIXTURE, GREY].map(isScorable)).toEqual([true, true, true]);
  const changed = (part: object) => ({ ...OWN, ...part }) as VaeEntry;
  expect(isScorable(changed({ classes: ['a', 'b'] }))).toBe(false);
  expect(isScorable(changed({ likelihood: 'gaussian' }))).toBe(false);
  expect(isDecodable(changed({ likelihood: 'gaussian' }))).toBe(true);
  expect(isScorable(changed({ encoder: { posterior: { spread: 'none' } } }))).toBe(false);
  expect(isScorable(changed({ encoder: { batch: 3 } }))).toBe(false);
  const { decoder } = OWN.files;
  expect(isDecodable(changed({ files: { encoder: decoder, decoder } }))).toBe(false);
  expect(isDecodable(changed({ files: { decoder } }))).toBe(true);
  expect(isScorable(changed({ files: { decoder } }))).toBe(false);
});

describe.skipIf(found.status !== 0)('programs in Python', () => {
  let said: string[];
  let decoded: number[];
  const programs = [
    ...TARGETS.map((target) =>
      fitPython({ target, family: 'mixture', options: { seed: 7 } }, 0, about),
    ),
    ...FITS.map(([setup, iterations]) => fitPython(setup, iterations, about)),
    ...POINTS.map(([options, point]) =>
      pointPython({ options: { seed: 1, ...options }, network: null }, point, about),
    ),
    ...BOUNDS.map(([, entry, levels, samples]) => {
      const { binarized } = crateBound(entry, levels, 2);
      const picture = { levels: binarized ?? levels, shape: shape(entry) };
      return boundPython(entry, picture, { samples, seed: 3 }, about);
    }),
    decodePython(OWN, Z, about),
  ];

  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), 'elbo-room-python-'));
    const paths = new Set(
      BOUNDS.flatMap(([, entry]) =>
        Object.values(entry.files).map(({ path }) => `${folderOf(entry)}/${path}`),
      ),
    );
    for (const path of paths) symlinkSync(at(path), join(folder, path.split('/').at(-1) ?? ''));
    writeFileSync(join(folder, 'programs.json'), JSON.stringify(programs));
    const run = spawnSync('python3', ['-c', DRIVER], { cwd: folder, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(run.stderr);
    ({ said, decoded } = JSON.parse(readFileSync(join(folder, 'said.json'), 'utf8')) as {
      said: string[];
      decoded: number[];
    });
    rmSync(folder, { recursive: true });
  }, 240_000);

  /** ELBO and its standard error as a program printed them. */
  const elboOf = (index: number): [number, number] => {
    const [, mean = NaN, error = NaN] =
      /ELBO (\S+) ± (\S+) nats/.exec(said[index] ?? '')?.map(Number) ?? [];
    return [mean, error];
  };
  const expectNear = (index: number, { mean, standardError }: Estimate, more = 0) => {
    const [found, error] = elboOf(index);
    expect(error).toBeGreaterThan(0);
    expect(Math.abs(found - mean)).toBeLessThan(
      more + 4 * Math.hypot(error, standardError ?? 0) + 1e-4,
    );
  };

  it.each(TARGETS.map((target, i) => [target, i] as const))(
    'have the target %s, and the first q',
    (target, i) => {
      const { elbo } = fitOf({ target, family: 'mixture', options: { seed: 7 } }).state;
      expectNear(i, { mean: elbo, standardError: null });
    },
  );

  it.each(FITS.map(([{ target }], i) => [target, i] as const))('fit q to the target %s', (_, i) => {
    const [setup, iterations, tolerance] = FITS[i] as (typeof FITS)[number];
    const fit = fitOf(setup);
    const before = fit.state.elbo;
    fit.step(iterations);
    const { elbo } = fit.state;
    // The tolerance is small beside what was gained.
    expect(elbo - before).toBeGreaterThan(5 * tolerance);
    expectNear(TARGETS.length + i, { mean: elbo, standardError: null }, tolerance);
  });

  it.each(POINTS.map(([{ data }], i) => [data ?? 'given', i] as const))(
    'find what a point of the data %s costs',
    (_, i) => {
      const [options, [x, y]] = POINTS[i] as (typeof POINTS)[number];
      const point = new PlaneDiffusion({ seed: 1, ...options }).point(x, y);
      while (!point.result.bound) point.step();
      const { bound, logP } = point.result;
      const index = TARGETS.length + FITS.length + i;
      expectNear(index, { mean: bound.elbo, standardError: null });
      const [, p = NaN, prior = NaN] =
        /log p\(x\) (\S+) nats, L_T (\S+) nats/.exec(said[index] ?? '')?.map(Number) ?? [];
      expect(p).toBeCloseTo(logP, 3);
      expect(prior).toBeCloseTo(bound.prior, 3);
    },
  );

  it.each(BOUNDS.map(([name], i) => [name, i] as const))('score a picture under %s', (_, i) => {
    const [, entry, levels, samples] = BOUNDS[i] as (typeof BOUNDS)[number];
    const { elbo } = crateBound(entry, levels, samples);
    const index = TARGETS.length + FITS.length + POINTS.length + i;
    expectNear(index, elbo);
    const [, tight = NaN] = /L_\d+ (\S+) nats/.exec(said[index] ?? '')?.map(Number) ?? [];
    expect(tight).toBeGreaterThan(elboOf(index)[0]);
  });

  it('decode a point by a model of one’s own', () => {
    const means = Vae.load(OWN, filesOf(OWN)).decode(Float32Array.from(Z));
    expect(decoded).toHaveLength(4);
    decoded.forEach((level, i) =>
      expect(Math.abs(level - 255 * (means[i] ?? NaN))).toBeLessThan(0.51),
    );
  });
});
