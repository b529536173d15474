/** Programs in Python about models with latents. Pure. */
import { hasLatents } from '../../../engine/facts.ts';
import type { HvaeEntry, Pixels, VaeEntry } from '../../../engine/protocol.ts';
import {
  type About,
  eachImage,
  IMPORTS,
  list,
  NETWORKS,
  imageLines,
  python,
  saved,
  seeded,
  WITH_PICTURES,
} from './text.ts';
import { cutter, labelOf } from './inputs.ts';
import {
  decoderOf,
  decoderRun,
  encoderFeed,
  encoderOf,
  hierarchyRun,
  inRange,
  pixels,
  posterior,
  unitMean,
} from './wiring.ts';

type Likelihood = (VaeEntry | HvaeEntry)['likelihood'];

/** x in [0, 1] of what the decoder means. */
const MEANS: Record<Exclude<Likelihood, 'gaussian'>, string> = {
  bernoulli: 'x = logits.sigmoid()  # means of p(x|z)',
  'grey-bernoulli': 'x = logits.sigmoid()  # means of p(x|z)',
  'discretized-logistic': 'x = (mean + 1) / 2  # means of p(x|z)',
  'logistic-mixture':
    'x = ((weight.softmax(1) * mean).sum(1, keepdim=True) + 1) / 2  # means of p(x|z)',
};

function means(entry: VaeEntry): string[] {
  const { likelihood, image } = entry;
  if (likelihood === 'gaussian') return [`x = ${unitMean(entry)}  # the mean of p(x|z)`];
  if (likelihood !== 'logistic-mixture' || image.channels === 1) return [MEANS[likelihood]];
  return [
    'green = mean[:, 1] + factor[:, 0] * mean[:, 0]',
    'blue = mean[:, 2] + factor[:, 1] * mean[:, 0] + factor[:, 2] * green',
    'mean = torch.stack([mean[:, 0], green, blue], 1)',
    'x = ((weight.softmax(1)[:, None] * mean).sum(2) + 1) / 2  # means of p(x|z)',
  ];
}

/** The classes of a program's states: of a model that is conditioned on them. */
function labels(entry: VaeEntry, given: number | null): string[] {
  const { classes = [], encoder, decoder } = entry;
  if (classes.length === 0) return [];
  return [
    `labels = [${labelOf(encoder?.condition ?? decoder?.condition, classes, given)}]  # ${given === null ? 'none' : JSON.stringify(classes[given])}`,
  ];
}

/** Decodes a point of latent space, given a class where the model is conditioned on one. */
export const decodePython = (
  entry: VaeEntry,
  z: readonly number[],
  given: number | null,
  about: About,
): string =>
  python(
    about,
    WITH_PICTURES,
    [
      ...(entry.likelihood === 'discretized-logistic' ? ['import math'] : []),
      ...IMPORTS,
      '',
      ...cutter(entry.id),
      decoderOf(entry),
      `z = torch.tensor([${list(z)}])`,
      ...labels(entry, given),
      ...decoderRun(entry, '1'),
      ...pixels(entry),
      ...means(entry),
      ...saved('decoded'),
    ],
    entry.id,
  );

/** The mass that a logistic puts on each of the levels 0 … 255. */
const MASS = [
  'def log_mass(mean, log_scale):  # of the levels x under a logistic, between -1 and 1',
  '    low, high = (((2 * x - edge) / 255 - mean) / log_scale.exp() for edge in (256, 254))',
  '    below, above = -(-high).logaddexp(zero), -low.logaddexp(zero)',
  '    inside = below + above + torch.log(-torch.expm1(low - high))',
  '    return torch.where(x == 0, below, torch.where(x == 255, above, inside))',
  'zero = torch.zeros((), dtype=torch.float64)',
];

/** log p(x|z) of each draw. */
const LOG_LIKELIHOOD: Record<Exclude<Likelihood, 'gaussian'>, readonly string[]> = {
  bernoulli: ['log_px = Bernoulli(logits=logits).log_prob(x).sum((1, 2, 3))'],
  'grey-bernoulli': [
    'log_px = Bernoulli(logits=logits, validate_args=False).log_prob(x / 255).sum((1, 2, 3))',
  ],
  'discretized-logistic': [...MASS, 'log_px = log_mass(mean, log_scale).sum((1, 2, 3))'],
  'logistic-mixture': [
    ...MASS,
    'log_px = (weight.log_softmax(1) + log_mass(mean, log_scale)).logsumexp(1).sum((1, 2))',
  ],
};

/** Of a mixture in colour: green depends on red, and blue on both. */
const COLOUR_MIXTURE = [
  ...MASS,
  's, x = x / 127.5 - 1, x[:, :, None]',
  'blue = mean[:, 2] + factor[:, 1] * s[:, :1] + factor[:, 2] * s[:, 1:2]',
  'mean = torch.stack([mean[:, 0], mean[:, 1] + factor[:, 0] * s[:, :1], blue], 1)',
  'log_px = (weight.log_softmax(1) + log_mass(mean, log_scale).sum(1)).logsumexp(1).sum((1, 2))',
];

function logLikelihood(entry: VaeEntry | HvaeEntry): readonly string[] {
  const { likelihood, image } = entry;
  if (likelihood === 'gaussian')
    return [`log_px = Normal(mean, std).log_prob(${inRange(entry)}).sum((1, 2, 3))  # a density`];
  return likelihood === 'logistic-mixture' && image.channels > 1
    ? COLOUR_MIXTURE
    : LOG_LIKELIHOOD[likelihood];
}

const SAID = [
  'print(f"ELBO {elbo.mean():.3f} ± {elbo.std() / math.sqrt(K):.3f} nats")',
  'print(f"L_{K} {log_w.logsumexp(0) - math.log(K):.3f} nats")',
];

/**
 * The ELBO of a picture, and its importance-weighted bound: of the levels, or for a model of binary pixels of the zeros and
 * ones that were drawn from them; given a class where the model is conditioned on one.
 */
export function boundPython(
  entry: VaeEntry | HvaeEntry,
  picture: Pixels,
  options: Options,
  about: About,
): string {
  const { before, draws } = boundLines(entry, options);
  return python(about, NETWORKS, [...before, ...imageLines(picture), ...draws, ...SAID], entry.id);
}

/** The same of every image of a data set. */
export function setBoundPython(
  entry: VaeEntry | HvaeEntry,
  name: string,
  options: Options,
  about: About,
): string {
  const { before, draws } = boundLines(entry, options);
  const bits =
    entry.likelihood === 'bernoulli' ? ['x = (torch.rand_like(x) < x / 255).double()'] : [];
  return python(
    about,
    NETWORKS,
    [...before, ...eachImage(name, entry.image, [...bits, ...draws, ...SAID])],
    entry.id,
  );
}

interface Options {
  samples: number;
  seed: number;
  class?: number | null;
}

/** What comes before the picture, and what is made of it. */
function boundLines(
  entry: VaeEntry | HvaeEntry,
  { samples, seed, class: given = null }: Options,
): { before: string[]; draws: string[] } {
  const { likelihood, files } = entry;
  const top = likelihood === 'bernoulli' ? 1 : 255;
  const binary = likelihood === 'bernoulli' || likelihood === 'grey-bernoulli';
  return {
    before: [
      'import base64, math, numpy as np, onnxruntime as ort, torch',
      `from torch.distributions import ${binary ? 'Bernoulli, ' : ''}Normal, kl_divergence`,
      '',
      ...(hasLatents(entry)
        ? [...cutter(entry.id), encoderOf(entry), decoderOf(entry), ...labels(entry, given)]
        : [
            `encoder = ort.InferenceSession("${files.encoder?.path ?? ''}")`,
            `decoder = ort.InferenceSession("${files.decoder.path}")`,
          ]),
      `K = ${samples}; ${seeded(seed)}`,
    ],
    draws: [
      ...(hasLatents(entry) ? vaeDraws(entry, top) : hierarchyDraws(entry, top)),
      ...logLikelihood(entry),
      'elbo = log_px - kl_divergence(q, p).sum(-1)',
      'log_w = log_px + (p.log_prob(z) - q.log_prob(z)).sum(-1)',
    ],
  };
}

/** The σ of a Gaussian that fits the picture best at the mean of q: one for all draws. */
const fitted = (entry: VaeEntry): string[] => {
  const { range: [low, high] = [0, 1], spread, std } = entry.decoder?.output ?? {};
  if (entry.likelihood !== 'gaussian' || spread) return [];
  if (typeof std === 'number') return [`std = ${std}`];
  return [
    'z = mean[None]',
    ...decoderRun(entry, '1'),
    `std = (${inRange(entry)} - out).square().mean().sqrt().clamp(min=${high - low} * math.exp(-6))  # fits best`,
  ];
};

const vaeDraws = (entry: VaeEntry, top: number) => [
  ...encoderFeed(entry, top),
  ...posterior(entry),
  'q, p = Normal(mean, (0.5 * log_var).exp()), Normal(torch.zeros_like(mean), 1.0)',
  ...fitted(entry),
  'z = q.sample((K,))',
  ...decoderRun(entry, 'K'),
  ...pixels(entry),
];

const hierarchyDraws = (entry: HvaeEntry, top: number) => [
  `seen = {"x": (${top === 1 ? 'x' : `x / ${top}`}).float().numpy()}`,
  `features = {f"feature_{i}": a for i, a in enumerate(encoder.run(None, seen))}`,
  `latents, layers = ${entry.layers.reduce((sum, { shape }) => sum + shape.reduce((n, m) => n * m, 1), 0)}, ${entry.layers.length}`,
  'eps = torch.randn(K, latents)',
  ...hierarchyRun(entry),
  'q, p = Normal(q_mean, (0.5 * q_log_var).exp()), Normal(p_mean, (0.5 * p_log_var).exp())',
  'z = q.mean + q.stddev * eps',
  ...pixels(entry),
];
