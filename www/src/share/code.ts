/** Computations of the page as programs outside of it, for the site's own models. Pure; fetched when it is used. */
import { isOwn } from '../../engine/own.ts';
import type {
  DdpmEntry,
  Growths,
  InferenceSetup,
  ModelEntry,
  Pixels,
  PlaneSetup,
  SamplerOptions,
  VaeEntry,
} from '../../engine/protocol.ts';

/** What a program says of itself in its first lines. */
export interface About {
  title: string;
  address: string;
}

const list = (values: Iterable<number>) => `[${[...values].join(', ')}]`;

/** Short enough to be read around: a picture is a thousand numbers. */
const base64 = (levels: Uint8Array) => btoa(String.fromCharCode(...levels));

const python = ({ title, address }: About, packages: string, lines: readonly string[]): string =>
  [
    `# ${title}`,
    `# ${address}`,
    `# pip install ${packages}; the .onnx files are those of the page's folder models/`,
    ...lines,
    '',
  ].join('\n');

const PACKAGES = 'onnxruntime torch numpy pillow';
const IMPORTS = ['import numpy as np, onnxruntime as ort, torch', 'from PIL import Image'];

/** Saves x of p(x|z) or of a chain, in [0, 1]. */
const saved = (name: string) => [
  'levels = (255 * x).round().clamp(0, 255).byte()[0].permute(1, 2, 0).squeeze(-1)',
  `Image.fromarray(levels.numpy()).save("${name}.png")`,
];

/** The mean of each pixel for what the decoder gives. */
function pixelMeans({ likelihood, decoder }: VaeEntry): string[] {
  if (likelihood !== 'logistic-mixture') return ['x = torch.sigmoid(out)  # means of p(x|z)'];
  const components = decoder?.output?.components ?? 1;
  return [
    `weight, mean, _ = out.split(${components}, dim=1)  # of a mixture of logistics for each pixel`,
    'x = ((weight.softmax(1) * mean).sum(1, keepdim=True) + 1) / 2',
  ];
}

/** Decodes a point of latent space. */
export const decodePython = (entry: VaeEntry, z: readonly number[], about: About): string =>
  python(about, PACKAGES, [
    ...IMPORTS,
    '',
    `decoder = ort.InferenceSession("${entry.files.decoder.path}")`,
    `z = np.array([${list(z)}], np.float32)`,
    'out = torch.from_numpy(decoder.run(None, {"z": z})[0])',
    ...pixelMeans(entry),
    ...saved('decoded'),
  ]);

/** The ELBO of an image of zeros and ones under a VAE of such, and its importance-weighted bound. */
export const boundPython = (
  entry: VaeEntry,
  { levels, shape }: Pixels,
  { samples, seed }: { samples: number; seed: number },
  about: About,
): string =>
  python(about, PACKAGES.replace(' pillow', ''), [
    'import base64, math, numpy as np, onnxruntime as ort, torch',
    'from torch.distributions import Bernoulli, Normal, kl_divergence',
    '',
    `encoder = ort.InferenceSession("${entry.files.encoder?.path ?? ''}")`,
    `decoder = ort.InferenceSession("${entry.files.decoder.path}")`,
    `pixels = base64.b64decode("${base64(levels)}")`,
    `x = torch.tensor(list(pixels)).float().reshape(1, ${shape.channels}, ${shape.height}, ${shape.width})`,
    `K = ${samples}; torch.manual_seed(${seed})  # other noise than the page's, of the same distribution`,
    'mean, log_var = map(torch.from_numpy, encoder.run(["mean", "log_var"], {"x": x.numpy()}))',
    'q, prior = Normal(mean[0], (0.5 * log_var[0]).exp()), Normal(0.0, 1.0)',
    'z = q.sample((K,))',
    'logits = torch.from_numpy(decoder.run(None, {"z": z.numpy()})[0])',
    'log_px = Bernoulli(logits=logits).log_prob(x).sum((1, 2, 3))',
    'elbo = log_px - kl_divergence(q, prior).sum()',
    'log_w = log_px + (prior.log_prob(z) - q.log_prob(z)).sum(1)',
    'print(f"ELBO {elbo.mean():.3f} ± {elbo.std() / math.sqrt(K):.3f} nats")',
    'print(f"L_{K} {log_w.logsumexp(0) - math.log(K):.3f} nats")',
  ]);

/** A chain by its schedule and its length. */
type Chain = Pick<SamplerOptions, 'schedule' | 'steps'>;

/** λ_1 … λ_T of a schedule; short chains are strided from one of 1000 steps. */
function schedule({ schedule: kind, steps = 0 }: Chain, { logSnr }: DdpmEntry): string[] {
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
  { levels, shape }: Pixels,
  options: Growths['diffusion']['options'],
  about: About,
): string {
  const { class: given, timesteps = 128, steps = 1000, seed = 0 } = options;
  const count = timesteps === 'all' ? steps - 1 : timesteps;
  const label = given ?? entry.classes.length;
  return python(about, PACKAGES.replace(' pillow', ''), [
    'import base64, math, numpy as np, onnxruntime as ort, torch',
    '',
    ...prediction(entry, { ...options, steps }),
    '',
    `pixels = base64.b64decode("${base64(levels)}")`,
    `x0 = torch.tensor(list(pixels)).double().reshape(1, ${shape.channels}, ${shape.height}, ${shape.width}) / 127.5 - 1`,
    `torch.manual_seed(${seed})  # other noise than the page's, of the same distribution`,
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
  ]);
}

/** A reverse chain from pure noise. */
export function chainPython(entry: DdpmEntry, options: SamplerOptions, about: About): string {
  const { class: given = null, guidance = 0, method, eta = 0, seed = 0 } = options;
  const none = entry.classes.length;
  const { channels, height, width } = entry.image;
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
  return python(about, PACKAGES, [
    `import math, ${IMPORTS[0]?.slice('import '.length) ?? ''}`,
    IMPORTS[1] ?? '',
    '',
    ...prediction(entry, options),
    '',
    `torch.manual_seed(${seed})  # other noise than the page's, of the same distribution`,
    `x = torch.randn(1, ${channels}, ${height}, ${width}, dtype=torch.float64)`,
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
  ]);
}

/** With the npm package, of which these functions are `used`. */
const plain = ({ title, address }: About, used: string[], lines: string[]) =>
  [
    `// ${title}`,
    `// ${address}`,
    `import { ${used.join(', ')} } from "elbo-room";`,
    '',
    ...lines,
    '',
  ].join('\n');

/** The same with a model. */
const javascript = (about: About, id: string, used: string[], lines: string[]) =>
  plain(
    about,
    ['openModels', ...used],
    [
      isOwn(id)
        ? 'const models = await openModels("models/"); // where the zip is unpacked that the list of your models gives'
        : 'const models = await openModels("models/"); // the folder of this site, or that of the package',
      `const model = await models.load("${id}");`,
      ...lines,
    ],
  );

const decoded = ({ levels }: Pixels) =>
  `const levels = Uint8Array.from(atob("${base64(levels)}"), (c) => c.charCodeAt(0));`;
const GROWN = ['while (!bound.done) bound.step();', 'console.log(bound.result());'];

const painted = ({ channels, height, width }: Pixels['shape']) =>
  `paint(document.querySelector("canvas"), levels, { channels: ${channels}, height: ${height}, width: ${width} });`;

export const decodeJavascript = (entry: VaeEntry, z: readonly number[], about: About): string =>
  javascript(
    about,
    entry.id,
    ['paint', 'toLevels'],
    [
      `const levels = toLevels(model.decode(Float32Array.of(${[...z].join(', ')})));`,
      painted(entry.image),
    ],
  );

/** Of a VAE or a hierarchy of any likelihood. */
export const boundJavascript = (
  entry: ModelEntry,
  picture: Pixels,
  options: Growths['latent']['options'],
  about: About,
): string =>
  javascript(
    about,
    entry.id,
    [],
    [decoded(picture), `const bound = model.bound(levels, ${JSON.stringify(options)});`, ...GROWN],
  );

export const diffusionJavascript = (
  entry: DdpmEntry,
  picture: Pixels,
  options: Growths['diffusion']['options'],
  about: About,
): string =>
  javascript(
    about,
    entry.id,
    [],
    [decoded(picture), `const bound = model.elbo(levels, ${JSON.stringify(options)});`, ...GROWN],
  );

/** A fit of q to p, so many iterations on. */
export const fitJavascript = (
  { target, family, options }: InferenceSetup,
  iterations: number,
  about: About,
): string =>
  plain(
    about,
    ['ready', 'VariationalInference'],
    [
      'await ready();',
      `const fit = new VariationalInference("${target}", "${family}", ${JSON.stringify(options)});`,
      `fit.step(${iterations});`,
      'console.log(fit.state); // ELBO, log Z, the gap between them, and q',
    ],
  );

/** What a point costs a diffusion in the plane; of a network after so many steps of training. */
export const pointJavascript = (
  { options, network }: PlaneSetup,
  trained: number,
  [x, y]: readonly [number, number],
  about: About,
): string =>
  plain(
    about,
    ['ready', 'PlaneDiffusion', ...(network ? ['PlaneNetwork'] : [])],
    [
      'await ready();',
      `const diffusion = new PlaneDiffusion(${JSON.stringify(options)});`,
      ...(network
        ? [
            `const network = new PlaneNetwork(${JSON.stringify(network)});`,
            `network.train(${trained});`,
            'diffusion.useNetwork(network);',
          ]
        : []),
      `const point = diffusion.point(${x}, ${y});`,
      'while (!point.done) point.step();',
      'console.log(point.result); // the bound term by term, log p(x), and the gap between them',
    ],
  );

export const chainJavascript = (entry: DdpmEntry, options: SamplerOptions, about: About): string =>
  javascript(
    about,
    entry.id,
    ['paint'],
    [
      `const sampler = model.sampler(${JSON.stringify(options)});`,
      'while (!sampler.done) sampler.step();',
      'const levels = sampler.frame(sampler.length - 1).x;',
      painted(entry.image),
    ],
  );
