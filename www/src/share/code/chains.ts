/** Programs in Python about diffusion models. Pure. */
import type { DdpmEntry, Growths, Pixels, SamplerOptions } from '../../../engine/protocol.ts';
import {
  type About,
  axes,
  IMPORTS,
  NETWORKS,
  pictured,
  python,
  saved,
  seeded,
  WITH_PICTURES,
} from './text.ts';

/** A chain by its schedule and its length. */
type Chain = Pick<SamplerOptions, 'schedule' | 'steps'>;

/** λ_1 … λ_T of a schedule; short chains are strided from one of 1000 steps. */
export function schedule(
  { schedule: kind, steps = 0 }: Chain,
  { logSnr }: Pick<DdpmEntry, 'logSnr'>,
): string[] {
  const base = Math.max(1000, steps);
  const range = logSnr ?? { min: -6, max: 13.3 };
  const betas = {
    linear: `beta = torch.linspace(${100 / 1000 / base}, ${20 / base}, ${base}, dtype=torch.float64)`,
    cosine: `f = torch.cos((torch.arange(${base + 1}, dtype=torch.float64) / ${base} + 0.008) / 1.008 * math.pi / 2) ** 2`,
  };
  const whole =
    kind === 'log-snr-linear'
      ? [`lam = torch.linspace(${range.max}, ${range.min}, ${base}, dtype=torch.float64)`]
      : [
          ...(kind === 'linear'
            ? [betas.linear]
            : [betas.cosine, 'beta = (1 - f[1:] / f[:-1]).clamp(max=0.999)']),
          'log_bar = torch.log1p(-beta).cumsum(0)',
          'lam = log_bar - torch.log(-torch.expm1(log_bar))',
        ];
  return [
    ...whole,
    `T = ${steps}; lam = lam[[(2 * k * ${base - 1} + T - 1) // (2 * (T - 1)) for k in range(T)]]`,
    'lam = torch.cat([torch.tensor([math.inf], dtype=torch.float64), lam])  # log SNR at t = 0 … T',
  ];
}

/** What x̂_0 is made of, by what the network puts out. */
function cleanImage({ parameterization }: DdpmEntry): string[] {
  switch (parameterization) {
    case 'epsilon':
      return ['    x0 = (x - sigma * out) / alpha'];
    case 'x0':
      return ['    x0 = out'];
    case 'v':
      return ['    x0 = alpha * x - sigma * out'];
    default:
      // Below a noise of 0.8 levels, the mean of the seven levels around is the base.
      return [
        '    s, u = 127.5 * sigma / alpha, 127.5 * (x / alpha + 1)',
        '    near = u.round().clamp(3, 252)[..., None] + torch.arange(-3, 4)',
        '    D = (near * (-0.5 * ((u[..., None] - near) / s) ** 2).softmax(-1)).sum(-1)',
        '    x0 = (alpha * x if s > 0.8 else D / 127.5 - 1) - sigma * out',
      ];
  }
}

/** The network, the log SNR of each timestep, and the clean image that is taken from x_t. */
function prediction(entry: DdpmEntry, options: Chain): string[] {
  const range = entry.logSnr ?? { min: -6, max: 13.3 };
  const given = entry.classes.length > 0 ? ', "class": np.array([label])' : '';
  return [
    `network = ort.InferenceSession("${entry.files.network.path}")`,
    ...schedule(options, entry),
    'def predict(x, t, label):',
    '    alpha, sigma = torch.sigmoid(lam[t]).sqrt(), torch.sigmoid(-lam[t]).sqrt()',
    `    told = lam[t].clamp(${range.min}, ${range.max}).float().reshape(1).numpy()`,
    `    feeds = {"x_t": x.float().numpy(), "log_snr": told${given}}`,
    '    out = torch.from_numpy(network.run(None, feeds)[0]).double()',
    ...cleanImage(entry),
    '    return x0.clamp(-1, 1)',
  ];
}

/** The T-step bound of an 8-bit image under a diffusion model. */
export function diffusionPython(
  entry: DdpmEntry,
  picture: Pixels,
  options: Growths['diffusion']['options'],
  about: About,
): string {
  const { class: given, timesteps = 128, steps = 1000, seed = 0 } = options;
  const count = timesteps === 'all' ? steps - 1 : timesteps;
  const label = given ?? entry.classes.length;
  return python(
    about,
    NETWORKS,
    [
      'import base64, math, numpy as np, onnxruntime as ort, torch',
      '',
      ...prediction(entry, { ...options, steps }),
      '',
      ...pictured(picture),
      'x0 = x / 127.5 - 1',
      seeded(seed),
      'def noised(t):  # what the network makes of a draw of x_t',
      '    alpha, sigma = torch.sigmoid(lam[t]).sqrt(), torch.sigmoid(-lam[t]).sqrt()',
      `    return predict(alpha * x0 + sigma * torch.randn_like(x0), t, ${label})`,
      '',
      'a, v = torch.sigmoid(lam[T]), torch.sigmoid(-lam[T])  # of x_T',
      'l_T = 0.5 * (v + a * x0**2 - 1 - v.log()).sum()',
      `n = ${count}  # one timestep of each stratum of 2 … T`,
      'drawn = 2 + ((torch.arange(n) + torch.rand(n)) / n * (T - 1)).long().clamp(max=T - 2)',
      'l_t = torch.stack([',
      '    0.5 * (lam[t - 1].exp() - lam[t].exp()) * (x0 - noised(t)).square().sum() * (T - 1)',
      '    for t in drawn',
      '])',
      'sigma = torch.sigmoid(-lam[1]).sqrt()',
      'def code(clean):  # -log of the mass that a Gaussian around the clean image puts on each level',
      '    low = torch.where(x0 < -0.999, -math.inf, (x0 - 1 / 255 - clean) / sigma)',
      '    high = torch.where(x0 > 0.999, math.inf, (x0 + 1 / 255 - clean) / sigma)',
      '    low, high = torch.where(low > 0, -high, low), torch.where(low > 0, -low, high)',
      '    low, high = torch.special.log_ndtr(low), torch.special.log_ndtr(high)',
      '    return -(high + torch.log(-torch.expm1(low - high))).sum()',
      '',
      'l_0 = torch.stack([code(noised(1)) for _ in range(16)])',
      'elbo = -(l_T + l_t.mean() + l_0.mean())',
      'error = math.sqrt(l_t.var() / n + l_0.var() / 16)  # at most: strata make it smaller',
      'print(f"ELBO {elbo:.3f} ± {error:.3f} nats, {-elbo / x0.numel() / math.log(2):.4f} bits per dimension")',
    ],
    entry.id,
  );
}

/** A reverse chain from pure noise. */
export function chainPython(entry: DdpmEntry, options: SamplerOptions, about: About): string {
  const { class: given = null, guidance = 0, method, eta = 0, seed = 0 } = options;
  const none = entry.classes.length;
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
      `import math, ${IMPORTS[0].slice('import '.length)}`,
      IMPORTS[1],
      '',
      ...prediction(entry, options),
      '',
      seeded(seed),
      `x = torch.randn(1, ${axes(entry.image)}, dtype=torch.float64)`,
      'for t in range(T, 0, -1):',
      '    alpha, sigma = torch.sigmoid(lam[t]).sqrt(), torch.sigmoid(-lam[t]).sqrt()',
      '    alpha_s, sigma_s = torch.sigmoid(lam[t - 1]).sqrt(), torch.sigmoid(-lam[t - 1]).sqrt()',
      `    x0 = predict(x, t, ${given ?? none})`,
      ...(guidance > 0 && given !== null
        ? [
            `    x0 = (${1 + guidance} * x0 - ${guidance} * predict(x, t, ${none})).clamp(-1, 1)  # ${none}: without a class`,
          ]
        : []),
      ...step,
      'x = (x + 1) / 2',
      ...saved('sample'),
    ],
    entry.id,
  );
}
