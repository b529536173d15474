/** Programs in Python about models with latents. Pure. */
import type { HvaeEntry, Pixels, VaeEntry } from '../../../engine/protocol.ts';
import {
  type About,
  IMPORTS,
  list,
  NETWORKS,
  pictured,
  python,
  saved,
  seeded,
  WITH_PICTURES,
} from './text.ts';
import { decoderRun, encoderFeed, hierarchyRun, pixels, posterior } from './wiring.ts';

type Likelihood = (VaeEntry | HvaeEntry)['likelihood'];

/** x in [0, 1] of what the decoder means. */
const MEANS: Record<Likelihood, string> = {
  bernoulli: 'x = logits.sigmoid()  # means of p(x|z)',
  'grey-bernoulli': 'x = logits.sigmoid()  # means of p(x|z)',
  gaussian: 'x = mean  # of p(x|z)',
  'discretized-logistic': 'x = (mean + 1) / 2  # means of p(x|z)',
  'logistic-mixture':
    'x = ((weight.softmax(1) * mean).sum(1, keepdim=True) + 1) / 2  # means of p(x|z)',
};

/** Decodes a point of latent space. */
export const decodePython = (entry: VaeEntry, z: readonly number[], about: About): string =>
  python(
    about,
    WITH_PICTURES,
    [
      ...(entry.likelihood === 'discretized-logistic' ? ['import math'] : []),
      ...IMPORTS,
      '',
      `decoder = ort.InferenceSession("${entry.files.decoder.path}")`,
      `z = torch.tensor([${list(z)}])`,
      ...decoderRun(entry, '1'),
      ...pixels(entry),
      MEANS[entry.likelihood],
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
const LOG_LIKELIHOOD: Record<Exclude<Likelihood, 'gaussian'>, string[]> = {
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

const SAID = [
  'print(f"ELBO {elbo.mean():.3f} ± {elbo.std() / math.sqrt(K):.3f} nats")',
  'print(f"L_{K} {log_w.logsumexp(0) - math.log(K):.3f} nats")',
];

/**
 * The ELBO of a picture, and its importance-weighted bound: of the levels, or for a model of binary pixels of the zeros and
 * ones that were drawn from them.
 */
export function boundPython(
  entry: VaeEntry | HvaeEntry,
  picture: Pixels,
  { samples, seed }: { samples: number; seed: number },
  about: About,
): string {
  const { likelihood, files } = entry;
  if (likelihood === 'gaussian') throw new Error('a density has no program');
  const top = likelihood === 'bernoulli' ? 1 : 255;
  const binary = likelihood === 'bernoulli' || likelihood === 'grey-bernoulli';
  return python(
    about,
    NETWORKS,
    [
      'import base64, math, numpy as np, onnxruntime as ort, torch',
      `from torch.distributions import ${binary ? 'Bernoulli, ' : ''}Normal, kl_divergence`,
      '',
      `encoder = ort.InferenceSession("${files.encoder?.path ?? ''}")`,
      `decoder = ort.InferenceSession("${files.decoder.path}")`,
      ...pictured(picture),
      `K = ${samples}; ${seeded(seed)}`,
      ...(entry.kind === 'vae' ? vaeDraws(entry, top) : hierarchyDraws(entry, top)),
      ...LOG_LIKELIHOOD[likelihood],
      'elbo = log_px - kl_divergence(q, p).sum(-1)',
      'log_w = log_px + (p.log_prob(z) - q.log_prob(z)).sum(-1)',
      ...SAID,
    ],
    entry.id,
  );
}

const vaeDraws = (entry: VaeEntry, top: number) => [
  ...encoderFeed(entry, top),
  ...posterior(entry),
  'q, p = Normal(mean, (0.5 * log_var).exp()), Normal(torch.zeros_like(mean), 1.0)',
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
