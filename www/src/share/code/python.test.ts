/** The programs in Python about latents and the plane are run where there are PyTorch, onnxruntime and onnx, and set against the crate. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { Hvae, PlaneDiffusion, Vae, VariationalInference } from '../../../pkg/elbo_room.js';
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
import {
  BATCHED,
  CLASSED,
  colours,
  GIVEN,
  GREY,
  MIXTURE,
  OWN,
  WHOLE,
} from '../../testing/foreign.ts';
import {
  about,
  entryOf,
  filesOf,
  hasPython,
  inPython,
  softStroke,
} from '../../testing/programs.ts';
import { boundPython, decodePython } from './latents.ts';
import { firstOf, fitPython, pointPython } from './plane.ts';

vi.setConfig({ testTimeout: 60_000 });

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

const shape = (entry: ModelEntry) => entry.image;
const few = Uint8Array.of(0, 51, 204, 255);

const bright = Uint8Array.of(0, 255, 128, 10, 20, 30, 200, 100, 50, 7, 77, 177);

/** The last number is a class. */
const BOUNDS: [string, VaeEntry | HvaeEntry, Uint8Array, number, number?][] = [
  ['a VAE of binary pixels', entryOf('mnist-vae') as VaeEntry, softStroke, 200],
  ['a VAE of levels', entryOf('mnist-vae-8bit') as VaeEntry, softStroke, 200],
  ['a hierarchy of binary pixels', entryOf('mnist-hvae') as HvaeEntry, softStroke, 60],
  ['a hierarchy of levels', entryOf('mnist-hvae-8bit') as HvaeEntry, softStroke, 60],
  ['a model of one’s own', OWN, few, 2000],
  ['a mixture of one’s own', MIXTURE, few, 2000],
  ['grey levels under a model of one’s own', GREY, few, 2000],
  ['a fixed batch', BATCHED, few, 2000],
  ['a class', GIVEN, few, 2000, 2],
  ['one file for both', WHOLE, few, 2000],
  ['a density of colours', colours(0.5), bright, 2000],
  ['a density whose width is fitted', colours('fitted'), bright, 2000],
];
/** What is decoded, and of which class. */
const DECODED: [string, VaeEntry, number | null][] = [
  ['a model of one’s own', OWN, null],
  ['a class', CLASSED, 1],
  ['no class', CLASSED, null],
  ['a part of a file', WHOLE, null],
  ['colours, side by side', colours(0.5), null],
];

/** What the crate says of the picture. */
function crateBound(
  entry: VaeEntry | HvaeEntry,
  levels: Uint8Array,
  samples: number,
  given?: number,
) {
  const model =
    entry.kind === 'vae' ? Vae.load(entry, filesOf(entry)) : Hvae.load(entry, filesOf(entry));
  const asked = given === undefined ? {} : { class: given };
  const bound = model.bound(levels, { samples, seed: 5, proposal: 'posterior', ...asked });
  while (!bound.done) bound.step();
  return bound.result() as LatentBoundResult;
}

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

describe.skipIf(!hasPython)('programs in Python', () => {
  let said: string[];
  let decoded: number[][];
  const programs = [
    ...TARGETS.map((target) =>
      fitPython({ target, family: 'mixture', options: { seed: 7 } }, 0, about),
    ),
    ...FITS.map(([setup, iterations]) => fitPython(setup, iterations, about)),
    ...POINTS.map(([options, point]) =>
      pointPython({ options: { seed: 1, ...options }, network: null }, point, about),
    ),
    ...BOUNDS.map(([, entry, levels, samples, given = null]) => {
      const { binarized } = crateBound(entry, levels, 2, given ?? undefined);
      const picture = { levels: binarized ?? levels, shape: shape(entry) };
      return boundPython(entry, picture, { samples, seed: 3, class: given }, about);
    }),
  ];
  beforeAll(() => {
    const request = {
      programs,
      decoded: DECODED.map(([, entry, given]) => decodePython(entry, Z, given, about)),
    };
    ({ said, decoded } = inPython(
      `
decoded = []
for text in request["decoded"]:
    run(text)
    decoded.append(levels("decoded"))
report = {"said": [said(text) for text in request["programs"]], "decoded": decoded}
`,
      request,
      [...BOUNDS.map(([, entry]) => entry), ...DECODED.map(([, entry]) => entry)],
    ) as { said: string[]; decoded: number[][] });
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
    const [, entry, levels, samples, given] = BOUNDS[i] as (typeof BOUNDS)[number];
    const { elbo } = crateBound(entry, levels, samples, given);
    const index = TARGETS.length + FITS.length + POINTS.length + i;
    expectNear(index, elbo);
    const [, tight = NaN] = /L_\d+ (\S+) nats/.exec(said[index] ?? '')?.map(Number) ?? [];
    expect(tight).toBeGreaterThan(elboOf(index)[0]);
  });

  it.each(DECODED.map(([name], i) => [name, i] as const))('decode a point: %s', (_, i) => {
    const [, entry, given] = DECODED[i] as (typeof DECODED)[number];
    const means = Vae.load(entry, filesOf(entry)).decode(Float32Array.from(Z), given ?? undefined);
    expect(decoded[i]).toHaveLength(means.length);
    means.forEach((mean, pixel) =>
      expect(Math.abs((decoded[i]?.[pixel] ?? NaN) - 255 * mean)).toBeLessThan(0.51),
    );
  });
});
