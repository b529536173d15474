/** Programs in Python about densities in the plane: the fit of q to p, and what a point costs a diffusion. Pure. */
import type {
  InferenceOptions,
  InferenceSetup,
  InferenceTarget,
  PlaneComponent,
  PlaneSetup,
} from '../../../engine/protocol.ts';
import { schedule } from './network.ts';
import { type About, list, python, seeded } from './text.ts';

type Point = readonly [number, number];
type Component = NonNullable<InferenceOptions['start']>[number];

/** A tensor of numbers, whether they are whole or not. */
const tensor = (values: readonly number[]) => `torch.tensor(${list(values)}).double()`;
const rows = (values: readonly (readonly number[])[]) =>
  `torch.tensor([${values.map(list).join(', ')}]).double()`;

/** Draws at the end, of which the ELBO is the mean. */
const DRAWS = 100_000;

/** log p of each target, not normalized, for points in the last axis of z. */
const TARGETS: Record<Exclude<InferenceTarget, 'logistic-regression'>, readonly string[]> = {
  'correlated-gaussian': [
    '    x, y = z[..., 0] / 1.5, z[..., 1] / 1.2',
    '    return -0.5 * (x**2 - 2 * 0.9 * x * y + y**2) / (1 - 0.9**2)',
  ],
  'two-gaussians': [
    '    means, height = torch.tensor([[-1.7, -1.0], [1.8, 1.2]]), torch.tensor([0.6, 0.4])',
    '    return (height.log() - 0.5 * (z[..., None, :] - means).square().sum(-1) / 0.8**2).logsumexp(-1)',
  ],
  'five-gaussians': [
    '    angle = math.pi * (0.5 + 0.4 * torch.arange(5.0))',
    '    means = 2.4 * torch.stack([angle.cos(), angle.sin()], -1)',
    '    return (-0.5 * (z[..., None, :] - means).square().sum(-1) / 0.5**2).logsumexp(-1)',
  ],
  banana: [
    '    x, y = z.unbind(-1)',
    '    return -0.5 * ((x / 1.2) ** 2 + ((y - 1.2 + 0.5 * x**2) / 0.5) ** 2)',
  ],
  funnel: ['    x, y = z.unbind(-1)', '    return -0.5 * ((y / 1.2) ** 2 + x**2 * (-y).exp() + y)'],
  ring: ['    return -0.5 * ((z.square().sum(-1) - 2.4**2) / (2 * 2.4 * 0.35)) ** 2'],
};

/** The data of the logistic regression where they were not changed. */
const OBSERVATIONS: InferenceOptions['data'] = (
  [
    [-2.6, 0],
    [-1.9, 0],
    [-1.2, 0],
    [-0.5, 1],
    [0.2, 0],
    [0.8, 1],
    [1.5, 1],
    [2.3, 1],
  ] as const
).map(([x, label]) => ({ x, label }));

/** The middle of what is looked at, and half its side. */
const WINDOWS: Record<InferenceTarget, readonly [x: number, y: number, half: number]> = {
  'correlated-gaussian': [0, 0, 4],
  'two-gaussians': [0, 0, 4],
  'five-gaussians': [0, 0, 4],
  banana: [0, -0.9, 4],
  funnel: [0, -0.3, 4.5],
  ring: [0, 0, 4],
  'logistic-regression': [0.5, 0, 4.5],
};

/** The first q where it was not set by hand: off the middle, components in a circle. */
export function firstOf({ target, family, options }: InferenceSetup): Component[] {
  if (options.start) return options.start;
  const count = family === 'mixture' ? (options.components ?? 3) : 1;
  const [x, y, half] = WINDOWS[target];
  return Array.from({ length: count }, (_, k) => {
    const [radius, turn] = count === 1 ? [0.75, 0.27] : [0.35, k / count];
    const angle = 2 * Math.PI * turn + 0.3;
    const mean: [number, number] = [
      x + half * radius * Math.cos(angle),
      y + half * radius * Math.sin(angle),
    ];
    return { weight: 1, mean, std: [0.15 * half, 0.15 * half], correlation: 0 };
  });
}

function density({ target, options }: InferenceSetup): readonly string[] {
  if (target !== 'logistic-regression') return TARGETS[target];
  const data = options.data ?? OBSERVATIONS ?? [];
  return [
    `    inputs = ${tensor(data.map(({ x }) => x))}`,
    `    labels = ${tensor(data.map(({ label }) => label))}`,
    '    logits = z[..., :1] * inputs + z[..., 1:]  # z: slope and intercept',
    '    return Bernoulli(logits=logits).log_prob(labels).sum(-1) + Normal(0, 2.0).log_prob(z).sum(-1)',
  ];
}

/** The fit of q to p by so many steps along gradients of the ELBO. */
export function fitPython(setup: InferenceSetup, iterations: number, about: About): string {
  const { target, family, options } = setup;
  const { samples = 10, gradient = 'reparameterized', optimizer = 'adam', seed = 0 } = options;
  const first = firstOf(setup);
  const stds = first.map(({ std: [a, b], correlation: r = 0 }) => [
    Math.log(a),
    Math.log(b * Math.sqrt(1 - r * r)),
  ]);
  const free = ['mean', 'log_l'];
  if (family === 'full-covariance') free.push('l21');
  if (family === 'mixture') free.push('logit');
  const used = target === 'logistic-regression' ? 'Bernoulli, ' : '';
  const normal = target === 'logistic-regression' ? ', Normal' : '';
  const term =
    gradient === 'reparameterized'
      ? ['    elbo = (q.mixture_distribution.probs * (log_p(z) - q.log_prob(z)).mean(0)).sum()']
      : [
          '    f = (log_p(z) - q.log_prob(z)).detach()  # its gradient is that of E[f log q]',
          '    elbo = (q.mixture_distribution.probs.detach() * (f * q.log_prob(z.detach())).mean(0)).sum()',
        ];
  return python(
    about,
    'torch',
    [
      'import math, torch',
      `from torch.distributions import ${used}Categorical, MixtureSameFamily, MultivariateNormal${normal}`,
      '',
      'torch.set_default_dtype(torch.float64)',
      seeded(seed),
      'def log_p(z):  # of the target, not normalized: the ELBO is at most log Z',
      ...density(setup),
      `mean = ${rows(first.map(({ mean }) => mean))}`,
      `log_l = ${rows(stds)}  # of the diagonal of L, with covariance L Lᵀ`,
      `l21 = ${tensor(first.map(({ std, correlation: r = 0 }) => std[1] * r))}`,
      `logit = ${tensor(first.map(({ weight = 1 }) => weight))}.log()`,
      'def distribution():',
      '    L = torch.diag_embed(log_l.exp()) + l21[:, None, None] * torch.tensor([[0.0, 0.0], [1.0, 0.0]])',
      '    return MixtureSameFamily(Categorical(logits=logit), MultivariateNormal(mean, scale_tril=L))',
      `free = [${free.join(', ')}]`,
      `steps = torch.optim.${optimizer === 'adam' ? 'Adam' : 'SGD'}([p.requires_grad_() for p in free], lr=${options.learningRate ?? 0.05}, maximize=True)`,
      `for _ in range(${iterations}):`,
      '    q = distribution()',
      `    z = q.component_distribution.rsample((${samples},))  # as many from each component`,
      ...term,
      '    steps.zero_grad(); elbo.backward(); steps.step()',
      '',
      'with torch.no_grad():',
      '    q = distribution()',
      `    z = q.sample((${DRAWS},))`,
      '    terms = log_p(z) - q.log_prob(z)',
      '    covariance = q.component_distribution.covariance_matrix',
      'print(f"ELBO {terms.mean():.4f} ± {terms.std() / math.sqrt(len(terms)):.4f} nats")',
      'print("weights", q.mixture_distribution.probs.tolist(), "means", mean.tolist())',
      'print("covariances", covariance.tolist())',
    ],
    null,
  );
}

/** Weights, means and covariances of the data. */
function data({ data: name, components }: PlaneSetup['options']): string[] {
  if (components) return given(components);
  switch (name ?? 'five-gaussians') {
    case 'correlated-gaussian':
      return given([{ mean: [0, 0], std: [1.5, 1.2], correlation: 0.9 }]);
    case 'two-gaussians':
      return given([
        { weight: 0.6, mean: [-1.7, -1], std: [0.8, 0.8] },
        { weight: 0.4, mean: [1.8, 1.2], std: [0.8, 0.8] },
      ]);
    case 'five-gaussians':
      return [
        'angle = math.pi * (0.5 + 0.4 * torch.arange(5.0))',
        'means = 2.4 * torch.stack([angle.cos(), angle.sin()], -1)',
        ...alike(5, 0.5),
      ];
    case 'moons':
      return [
        'angle = math.pi * torch.arange(10.0) / 9',
        'half = 1.8 * torch.stack([angle.cos(), angle.sin()], -1) - torch.tensor([0.9, 0.5])',
        'means = torch.cat([half, -half])',
        ...alike(20, 0.2),
      ];
    case 'spiral':
      return [
        'turn = ((torch.arange(24.0) + 1) / 24).sqrt()',
        'means = 3.1 * (turn * torch.stack([(3.5 * math.pi * turn).cos(), (3.5 * math.pi * turn).sin()])).T',
        ...alike(24, 0.18),
      ];
  }
}

const alike = (count: number, std: number) => [
  `weights, covs = torch.ones(${count}) / ${count}, ${std}**2 * torch.eye(2).repeat(${count}, 1, 1)`,
];

const given = (components: readonly PlaneComponent[]) => [
  `weights = ${tensor(components.map(({ weight = 1 }) => weight))}`,
  `means, stds = ${rows(components.map(({ mean }) => mean))}, ${rows(components.map(({ std }) => std))}`,
  `weights, rho = weights / weights.sum(), ${tensor(components.map(({ correlation = 0 }) => correlation))}`,
  'covs = stds[:, :, None] * stds[:, None, :] * (torch.eye(2) + rho[:, None, None] * (1 - torch.eye(2)))',
];

/** What the model takes for the data. */
function modelOf({ model = 'exact', blur = 0.4 }: PlaneSetup['options']): string[] {
  if (model === 'exact') return ['w, m, C = weights, means, covs  # the score is exact'];
  if (model === 'blurred') return [`w, m, C = weights, means, covs + ${blur}**2 * torch.eye(2)`];
  return [
    'w, m = torch.ones(1), (weights[:, None] * means).sum(0, keepdim=True)  # one Gaussian of the same moments',
    'off = means - m',
    'C = (weights[:, None, None] * (covs + off[:, :, None] * off[:, None, :])).sum(0, keepdim=True)',
  ];
}

/** Of the plane's chains that are linear in it. */
const LOG_SNR = { min: '-6', max: '13.3' };

/** Draws of x_t at each timestep. */
const POINT_DRAWS = 20_000;

/** The bound of a point under a diffusion whose score is a closed form. */
export function pointPython({ options }: PlaneSetup, point: Point, about: About): string {
  const { steps = 100, schedule: kind = 'cosine', seed = 0 } = options;
  return python(
    about,
    'torch',
    [
      'import math, torch',
      'from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal',
      '',
      'torch.set_default_dtype(torch.float64)',
      seeded(seed),
      ...data(options),
      ...modelOf(options),
      ...schedule({ schedule: kind, steps }, LOG_SNR),
      `x0 = ${tensor(point)}`,
      'def square_error(t):  # |x_0 - E[x_0 | x_t]|² for draws of x_t',
      '    alpha, var = torch.sigmoid(lam[t]).sqrt(), torch.sigmoid(-lam[t])',
      `    x = alpha * x0 + var.sqrt() * torch.randn(${POINT_DRAWS}, 1, 2)`,
      '    S = alpha**2 * C + var * torch.eye(2)',
      '    share = (w.log() + MultivariateNormal(alpha * m, S).log_prob(x)).softmax(-1)',
      '    clean = m + ((x - alpha * m)[..., None, :] @ torch.linalg.solve(S, alpha * C))[..., 0, :]',
      '    return (x0 - (share[..., None] * clean).sum(1)).square().sum(-1)',
      '',
      'a, v = torch.sigmoid(lam[T]), torch.sigmoid(-lam[T])  # of x_T',
      'terms = [0.5 * (v + a * x0**2 - 1 - v.log()).sum().expand(1)]',
      'terms += [0.5 * (lam[t - 1].exp() - lam[t].exp()) * square_error(t) for t in range(2, T + 1)]',
      'terms += [0.5 * lam[1].exp() * square_error(1) + math.log(2 * math.pi) - lam[1]]',
      'elbo = -sum(term.mean() for term in terms)',
      'error = sum(term.var() / len(term) for term in terms[1:]).sqrt()',
      'log_p = MixtureSameFamily(Categorical(weights), MultivariateNormal(means, covs)).log_prob(x0)',
      'print(f"ELBO {elbo:.4f} ± {error:.4f} nats, log p(x) {log_p:.4f} nats, L_T {terms[0].item():.4f} nats")',
    ],
    null,
  );
}
