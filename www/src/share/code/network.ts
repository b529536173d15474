/** How programs in Python run the network of a diffusion model: its noise schedule, inputs, units and output. Pure. */
import { isOwn } from '../../../engine/own.ts';
import type { DdpmEntry, SamplerOptions } from '../../../engine/protocol.ts';
import {
  classFeeds,
  classNames,
  cutter,
  imageFeed,
  imageOf,
  plain,
  quoted,
  session,
  tiled,
  TYPES,
} from './inputs.ts';

/** A chain by its schedule and its length. */
export type Chain = Pick<SamplerOptions, 'schedule' | 'steps'>;

type Time = NonNullable<NonNullable<DdpmEntry['network']>['time']>;
type Trained = NonNullable<Time['schedule']>;

/** Log SNR at which the conventions without a chain end: σ from 80 to 0.002, and flow time from 0.999 to 0.001. */
const SIGMA_RANGE = { min: -8.764053269347762, max: 12.429216196844383 };
const FLOW_RANGE = { min: -13.81350955729708, max: 13.81350955729708 };

const half = ({ network }: DdpmEntry) => {
  const [low, high] = network?.dataRange ?? [-1, 1];
  return { middle: (low + high) / 2, length: (high - low) / 2 };
};

/** λ of the page's chain, whose clean images lie in [-1, 1], less that of the network's. */
const offset = (entry: DdpmEntry) => 2 * Math.log(half(entry).length);

/** Lines that begin with β of each step, and give λ. */
const fromBetas = (name: string) => [
  'log_bar = torch.log1p(-beta).cumsum(0)',
  `${name} = log_bar - torch.log(-torch.expm1(log_bar))`,
];
const DOUBLE = 'dtype=torch.float64';
const cosine = (steps: number) => [
  `f = torch.cos((torch.arange(${steps + 1}, ${DOUBLE}) / ${steps} + 0.008) / 1.008 * math.pi / 2) ** 2`,
  'beta = (1 - f[1:] / f[:-1]).clamp(max=0.999)',
];

/** λ of each step of the training's chain, falling, in the network's units. */
function trainedChain(schedule: Trained): string[] {
  const spaced = (first: number, last: number, steps: number) =>
    `torch.linspace(${first}, ${last}, ${steps}, ${DOUBLE})`;
  const betas = () => {
    switch (schedule.kind) {
      case 'linear': {
        const { betaStart = 1e-4, betaEnd = 0.02, steps } = schedule;
        return [`beta = ${spaced(betaStart, betaEnd, steps)}`];
      }
      case 'scaled-linear': {
        const { betaStart, betaEnd, steps } = schedule;
        return [`beta = ${spaced(Math.sqrt(betaStart), Math.sqrt(betaEnd), steps)} ** 2`];
      }
      case 'cosine':
        return cosine(schedule.steps);
      case 'sigmoid':
        return [
          `g = torch.sigmoid(6 * torch.arange(${schedule.steps + 1}, ${DOUBLE}) / ${schedule.steps} - 3)`,
          'beta = ((g[1:] - g[:-1]) / (g[-1] - g[:-1])).clamp(max=0.999)',
        ];
      case 'betas':
        return [`beta = torch.tensor([${plain(schedule.betas)}], ${DOUBLE})`];
    }
  };
  return [...betas(), ...fromBetas('trained')];
}

/** The ends of the log SNR that the network knows, in its units. */
function rangeOf({ logSnr, network }: DdpmEntry): { min: string; max: string } {
  if (!logSnr && network?.time?.schedule) return { min: 'trained[-1]', max: 'trained[0]' };
  const { min, max } = logSnr ?? (network?.time?.form === 'flow' ? FLOW_RANGE : SIGMA_RANGE);
  return { min: String(min), max: String(max) };
}

const plus = (value: string, summand: number) => (summand === 0 ? value : `${value} + ${summand}`);

/** λ_1 … λ_T of a schedule, `log-snr-linear` between the ends of a range; short chains are strided from a longer one. */
export function schedule(
  { schedule: kind, steps = 0 }: Chain,
  { min, max }: { min: string; max: string },
  moved = 0,
): string[] {
  const base = Math.max(1000, steps);
  const whole = () => {
    switch (kind) {
      case 'log-snr-linear':
        return [
          `lam = torch.linspace(${plus(max, moved)}, ${plus(min, moved)}, ${base}, ${DOUBLE})`,
        ];
      case 'trained':
        return [`lam = ${plus('trained', moved)}`];
      case 'linear':
        return [
          `beta = torch.linspace(${100 / 1000 / base}, ${20 / base}, ${base}, ${DOUBLE})`,
          ...fromBetas('lam'),
        ];
      default:
        return [...cosine(base), ...fromBetas('lam')];
    }
  };
  return [
    ...whole(),
    `T = ${steps}; lam = lam[[(2 * k * (len(lam) - 1) + T - 1) // (2 * (T - 1)) for k in range(T)]]`,
    `lam = torch.cat([torch.tensor([math.inf], ${DOUBLE}), lam])  # log SNR at t = 0 … T`,
  ];
}

/** What the network is told of the noise, of `told` and, where it is a step, of the training's chain. */
function timeOf({ form = 'log-snr', schedule, first, reversed, numbers }: Time, isEdm: boolean) {
  const step = (start: number) => {
    const position = 'np.interp(-told, -trained, np.arange(len(trained)))';
    const nearest =
      (numbers ?? (form === 'timestep' ? 'integer' : 'float')) === 'integer'
        ? `np.floor(${position} + 0.5)`
        : position;
    return plus(nearest, start);
  };
  switch (form) {
    case 'timestep':
      return schedule ? step(first ?? 0) : 'told';
    case 'fraction':
      return schedule ? `(${step(first ?? 1)}) / len(trained)` : 'told';
    case 'sigma':
      return isEdm ? '-told / 8  # log(sigma) / 4' : '(-told / 2).exp()';
    case 'flow':
      return `torch.sigmoid(${reversed ? '' : '-'}told / 2)`;
    default:
      return 'told';
  }
}

/** Where the network's picture is not x_t: x = a x_0 + b ε with other factors, and other units of x_0. */
function coordinates(form: Time['form'], own: string): string {
  switch (form) {
    case 'sigma':
      return `    a, b = 1, (-${own} / 2).exp()`;
    case 'flow':
      return `    a, b = torch.sigmoid(${own} / 2), torch.sigmoid(-${own} / 2)`;
    default:
      return `    a, b = torch.sigmoid(${own}).sqrt(), torch.sigmoid(-${own}).sqrt()`;
  }
}

/** What x̂_0 is made of, by what the network puts out; `x`, `a` and `b` are names. */
function cleanImage(
  { parameterization, network }: DdpmEntry,
  [x, a, b]: readonly [string, string, string],
  sign: string,
): string[] {
  const { sigmaData = 1 } = network?.time ?? {};
  switch (parameterization) {
    case 'epsilon':
      return [`    x0 = (${x} - ${b} * out) / ${a}`];
    case 'x0':
      return ['    x0 = out'];
    case 'v':
      return [`    x0 = ${a} * ${x} - ${b} * out`];
    case 'velocity':
      return [`    x0 = (${x} - ${b} * ${sign}out) / (${a} + ${b})`];
    case 'edm':
      return [
        `    x0 = (${sigmaData ** 2} * ${x} + ${b} * ${sigmaData} * (${b}**2 + ${sigmaData ** 2})**0.5 * out) / (${b}**2 + ${sigmaData ** 2})`,
      ];
    default:
      // Below a noise of 0.8 levels, the mean of the seven levels around is the base.
      return [
        `    s, u = 127.5 * ${b} / ${a}, 127.5 * (${x} / ${a} + 1)`,
        '    near = u.round().clamp(3, 252)[..., None] + torch.arange(-3, 4)',
        '    D = (near * (-0.5 * ((u[..., None] - near) / s) ** 2).softmax(-1)).sum(-1)',
        `    x0 = (${a} * ${x} if s > 0.8 else D / 127.5 - 1) - ${b} * out`,
      ];
  }
}

/** The network, the log SNR of each timestep, and the clean image that is taken from x_t, `labels` being the classes. */
export function prediction(entry: DdpmEntry, chain: Chain): string[] {
  const { id, image, classes, files, parameterization, network = {} } = entry;
  const { time = {}, output = {}, batch = 1, condition } = network;
  const { form, sigmaData = 1, reversed = false, unbatched = false } = time;
  const { middle, length } = half(entry);
  const isPlain = middle === 0 && length === 1 && form !== 'sigma' && form !== 'flow';
  const isEdm = parameterization === 'edm' && !isPlain;
  const own = length === 1 ? 'lam[t]' : 'own';
  const { min, max } = rangeOf(entry);
  const numbers = time.numbers ?? (form === 'timestep' ? 'integer' : 'float');
  const names = { image: network.image?.name ?? 'x_t', time: time.name ?? 'log_snr' };
  const outputs = [output.name ?? 'output'];
  const shape = plain([...(time.shape ?? [])]);
  const leading = unbatched ? '' : 'len(x)';
  const whole = [leading, shape].filter(Boolean).join(', ');
  const timed = `${JSON.stringify(names.time)}: np.full([${whole}], ${timeOf(time, isEdm).replace(/ {2}#.*$/, '')}, ${TYPES[numbers]})`;
  const seen = isEdm ? `(seen / (b**2 + ${sigmaData ** 2})**0.5)` : isPlain ? 'x' : 'seen';
  const feeds = [
    `${JSON.stringify(names.image)}: ${imageFeed(seen, image, network.image)}`,
    ...(unbatched ? [] : [timed]),
    ...classFeeds(condition, classes),
  ];
  const values = `torch.from_numpy(network.run([${quoted(outputs)}], feeds)[0]).double()`;
  const isImage = !isOwn(id) && !output.shape && output.layout !== 'nhwc';
  const rows = batch > 1 ? String(batch) : 'len(x)';
  const images = isImage ? values : imageOf(values, rows, image, output.layout);
  // Of a fixed batch the first; what else there is, is about the variance.
  const part = `${batch > 1 ? ':1' : ':'}, :${image.channels}`;
  const factors = isPlain ? (['x', 'alpha', 'sigma'] as const) : (['seen', 'a', 'b'] as const);
  return [
    ...cutter(id),
    session(
      'network',
      id,
      files.network.path,
      [names.image, names.time, ...classNames(condition)],
      outputs,
    ),
    ...(time.schedule ? trainedChain(time.schedule) : []),
    ...schedule(chain, rangeOf(entry), offset(entry)),
    'def predict(x, t, labels):',
    '    alpha, sigma = torch.sigmoid(lam[t]).sqrt(), torch.sigmoid(-lam[t]).sqrt()',
    ...(length === 1 ? [] : [`    own = ${plus('lam[t]', -offset(entry))}  # in its units`]),
    `    told = ${own}.clamp(${min}, ${max})`,
    ...(isPlain
      ? []
      : [
          coordinates(form, own),
          `    seen = b / sigma * x${middle === 0 ? '' : ` + ${middle} * a`}`,
        ]),
    `    feeds = {${feeds.join(', ')}}`,
    ...tiled('feeds', batch).map((line) => `    ${line}`),
    ...(unbatched ? [`    feeds[${timed.replace(': ', '] = ')}`] : []),
    `    out = ${images}${batch > 1 || output.learnedVariance ? `[${part}]` : ''}`,
    ...cleanImage(entry, factors, reversed && !isPlain ? '-' : ''),
    ...(middle === 0 && length === 1 ? [] : [`    x0 = (x0 - ${middle}) / ${length}`]),
    '    return x0.clamp(-1, 1)',
  ];
}

/** The clean images of all states; files of the visitor's own may take but one at a time. */
export const predicted = (entry: DdpmEntry, x: string, labels: string, count: number): string =>
  count > 1 && (isOwn(entry.id) || (entry.network?.batch ?? 1) > 1)
    ? `torch.cat([predict(one[None], t, [label]) for one, label in zip(${x}, ${labels})])`
    : `predict(${x}, t, ${labels})`;
