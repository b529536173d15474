/** Programs in Python about diffusion models. Pure. */
import type {
  ChainStart,
  DdpmEntry,
  Jobs,
  Pixels,
  SamplerOptions,
} from '../../../engine/protocol.ts';
import { labelOf } from './inputs.ts';
import { predicted, prediction } from './network.ts';
import {
  type About,
  axes,
  eachImage,
  IMPORTS,
  NETWORKS,
  imageLines,
  python,
  saved,
  savedGrid,
  seeded,
  WITH_PICTURES,
} from './text.ts';

/** The T-step bound of an 8-bit image under a diffusion model. */
export function diffusionPython(
  entry: DdpmEntry,
  picture: Pixels,
  options: Jobs['diffusion']['options'],
  about: About,
): string {
  const { before, terms } = diffusionLines(entry, options);
  return python(about, NETWORKS, [...before, ...imageLines(picture), ...terms], entry.id);
}

/** The same of every image of a data set. */
export function setDiffusionPython(
  entry: DdpmEntry,
  name: string,
  options: Jobs['diffusion']['options'],
  about: About,
): string {
  const { before, terms } = diffusionLines(entry, options);
  return python(about, NETWORKS, [...before, ...eachImage(name, entry.image, terms)], entry.id);
}

/** What comes before the picture, and what is made of it. */
function diffusionLines(
  entry: DdpmEntry,
  options: Jobs['diffusion']['options'],
): { before: string[]; terms: string[] } {
  const { class: given, timesteps = 128, steps = 1000, seed = 0 } = options;
  const count = timesteps === 'all' ? steps - 1 : timesteps;
  const label = labelOf(entry.network?.condition, entry.classes, given ?? null);
  return {
    before: [
      'import base64, math, numpy as np, onnxruntime as ort, torch',
      '',
      ...prediction(entry, { ...options, steps }),
      '',
      seeded(seed),
    ],
    terms: [
      'x0 = x / 127.5 - 1',
      'def noised(t):  # what the network makes of a draw of x_t',
      '    alpha, sigma = torch.sigmoid(lam[t]).sqrt(), torch.sigmoid(-lam[t]).sqrt()',
      `    return predict(alpha * x0 + sigma * torch.randn_like(x0), t, [${label}])`,
      '',
      'a, v = torch.sigmoid(lam[T]), torch.sigmoid(-lam[T])  # of x_T',
      'l_T = 0.5 * (v + a * x0**2 - 1 - v.log()).sum()',
      `n = ${count}  # one timestep of each stratum of 2 … T`,
      'drawn = 2 + ((torch.arange(n) + torch.rand(n)) / n * (T - 1)).long().clamp(max=T - 2)',
      'l_t = torch.stack([',
      '    0.5 * (lam[t - 1].exp() - lam[t].exp()) * (x0 - noised(t)).square().sum() * (T - 1)',
      '    for t in drawn',
      '])',
      's_1 = torch.sigmoid(-lam[1]).sqrt()',
      'def code(clean):  # -log of the mass that a Gaussian around the clean image puts on each level',
      '    low = torch.where(x0 < -0.999, -math.inf, (x0 - 1 / 255 - clean) / s_1)',
      '    high = torch.where(x0 > 0.999, math.inf, (x0 + 1 / 255 - clean) / s_1)',
      '    low, high = torch.where(low > 0, -high, low), torch.where(low > 0, -low, high)',
      '    low, high = torch.special.log_ndtr(low), torch.special.log_ndtr(high)',
      '    return -(high + torch.log(-torch.expm1(low - high))).sum()',
      '',
      'l_0 = torch.stack([code(noised(1)) for _ in range(16)])',
      'elbo = -(l_T + l_t.mean() + l_0.mean())',
      'error = math.sqrt(l_t.var() / n + l_0.var() / 16)  # at most: strata make it smaller',
      'print(f"ELBO {elbo:.3f} ± {error:.3f} nats, {-elbo / x0.numel() / math.log(2):.4f} bits per dimension")',
    ],
  };
}

/** The classes of all chains, one after the other. */
function labelsOf({ classes, network }: DdpmEntry, options: SamplerOptions, count: number): string {
  const { class: given = null, everyClass = false, firstChain = 0 } = options;
  if (everyClass)
    return `[k % ${classes.length} for k in range(${firstChain}, ${firstChain + count})]`;
  const label = labelOf(network?.condition, classes, given);
  return count === 1 ? `[${label}]` : `[${label}] * ${count}`;
}

/** Reverse chains from pure noise, or from a picture that is noised to one of their timesteps. */
export function chainPython(
  entry: DdpmEntry,
  options: SamplerOptions,
  start: ChainStart | null,
  about: About,
): string {
  const { guidance = 0, method, eta = 0, seed = 0, chains = 1 } = options;
  const none = labelOf(entry.network?.condition, entry.classes, null);
  const isGuided =
    guidance > 0 && (typeof options.class === 'number' || options.everyClass === true);
  const shape = `${chains}, ${axes(entry.image)}`;
  const step =
    method === 'ddim'
      ? [
          `    noise = ${eta} * (sigma_s**2 * -torch.expm1(lam[t] - lam[t - 1])).sqrt()`,
          '    x = alpha_s * x0 + (sigma_s**2 - noise**2).sqrt() * (x - alpha * x0) / sigma + noise * torch.randn_like(x)',
        ]
      : [
          '    change = lam[t] - lam[t - 1]',
          '    mean = -alpha_s * torch.expm1(change) * x0 + torch.exp(change) * alpha_s / alpha * x',
          '    x = mean + sigma_s * (-torch.expm1(change)).sqrt() * torch.randn_like(x)',
        ];
  return python(
    about,
    WITH_PICTURES,
    [
      `import ${start ? 'base64, ' : ''}math, ${IMPORTS[0].slice('import '.length)}`,
      IMPORTS[1],
      '',
      ...prediction(entry, options),
      '',
      seeded(seed),
      `labels = ${labelsOf(entry, options, chains)}`,
      ...(start
        ? [
            ...imageLines({ levels: start.image, shape: entry.image }),
            `start = ${start.t}  # of ${options.steps ?? 0} steps: the picture is noised so far`,
            'alpha, sigma = torch.sigmoid(lam[start]).sqrt(), torch.sigmoid(-lam[start]).sqrt()',
            `x = alpha * (x / 127.5 - 1) + sigma * torch.randn(${shape}, dtype=torch.float64)`,
          ]
        : [`start, x = T, torch.randn(${shape}, dtype=torch.float64)`]),
      'for t in range(start, 0, -1):',
      '    alpha, sigma = torch.sigmoid(lam[t]).sqrt(), torch.sigmoid(-lam[t]).sqrt()',
      '    alpha_s, sigma_s = torch.sigmoid(lam[t - 1]).sqrt(), torch.sigmoid(-lam[t - 1]).sqrt()',
      `    x0 = ${predicted(entry, 'x', 'labels', chains)}`,
      ...(isGuided
        ? [
            `    free = ${predicted(entry, 'x', `[${none}] * ${chains}`, chains)}  # without a class`,
            `    x0 = (${1 + guidance} * x0 - ${guidance} * free).clamp(-1, 1)`,
          ]
        : []),
      ...step,
      'x = (x + 1) / 2',
      ...(chains === 1 ? saved('sample') : savedGrid('sample', entry.image, Math.sqrt(chains))),
    ],
    entry.id,
  );
}
