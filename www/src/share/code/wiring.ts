/** How programs feed the networks of a model with latents and read them: names and shapes as its entry has them. Pure. */
import { isOwn } from '../../../engine/own.ts';
import type { HvaeEntry, VaeEntry } from '../../../engine/protocol.ts';
import {
  classFeeds,
  classNames,
  imageFeed,
  imageOf,
  plain,
  quoted,
  session,
  tiled,
} from './inputs.ts';

type Coded = VaeEntry | HvaeEntry;

/** What a decoder's outputs are called, the distribution of the pixels first. */
function outputsOf({ likelihood, decoder }: Coded): string[] {
  const output = decoder?.output ?? {};
  const isBinary = likelihood === 'bernoulli' || likelihood === 'grey-bernoulli';
  const value = output.value ?? (isBinary ? 'logits' : 'mean');
  const first = likelihood === 'logistic-mixture' ? 'parameters' : value;
  const names = [output.name ?? first];
  if (output.spread) names.push(output.spread.name);
  else if (likelihood === 'discretized-logistic') names.push('log_scale');
  return names;
}

/** A number, or one for each channel. */
const perChannel = (values: readonly number[]) =>
  values.length === 1 ? String(values[0]) : `torch.tensor([${plain(values)}]).reshape(1, -1, 1, 1)`;

const names = (entry: VaeEntry) => {
  const { spread = 'log-var', split, meanName, spreadName } = entry.encoder?.posterior ?? {};
  return split ? [split.name] : [meanName ?? 'mean', spreadName ?? spread.replace('-', '_')];
};

/** The encoder of a VAE. */
export const encoderOf = (entry: VaeEntry): string =>
  session(
    'encoder',
    entry.id,
    entry.files.encoder?.path ?? '',
    [entry.encoder?.image?.name ?? 'x', ...classNames(entry.encoder?.condition)],
    names(entry),
  );

/** The decoder of a VAE. */
export const decoderOf = (entry: VaeEntry): string =>
  session(
    'decoder',
    entry.id,
    entry.files.decoder.path,
    [entry.decoder?.latent?.name ?? 'z', ...classNames(entry.decoder?.condition)],
    outputsOf(entry),
  );

/** The picture in [0, 1], x over `top`, as an encoder wants it. */
export function encoderFeed({ encoder, image, classes = [] }: VaeEntry, top: number): string[] {
  const { name = 'x', scale, shift } = encoder?.image ?? {};
  const scaled = `${scale ? `${perChannel(scale)} * ` : ''}${top === 1 ? 'x' : `x / ${top}`}`;
  const seen = shift ? `${scaled} + ${perChannel(shift)}` : scaled;
  const feeds = [
    `${JSON.stringify(name)}: ${imageFeed(`(${seen})`, image, encoder?.image)}`,
    ...(encoder?.condition ? classFeeds(encoder.condition, classes) : []),
  ];
  return [`seen = {${feeds.join(', ')}}`, ...tiled('seen', encoder?.batch)];
}

const LOG_VARIANCE = {
  'log-var': 'spread',
  'log-std': '2 * spread',
  std: '2 * spread.log()',
  var: 'spread.log()',
  none: 'spread',
} as const;

/** mean and log_var of q(z|x). */
export function posterior(entry: VaeEntry): string[] {
  const { encoder, latents } = entry;
  const { spread = 'log-var', split } = encoder?.posterior ?? {};
  // Of a fixed batch the first.
  const first = `reshape(${encoder?.batch ?? 1}, ${latents.count})[0]`;
  const read = 'torch.from_numpy(a).double()';
  const lines = split
    ? [
        `both, = (${read} for a in encoder.run([${quoted([split.name])}], seen))`,
        `${split.order === 'spread-first' ? 'spread, mean' : 'mean, spread'} = (half.${first} for half in both.chunk(2, ${split.axis}))`,
      ]
    : [
        `names = [${quoted(names(entry))}]`,
        `mean, spread = (${read}.${first} for a in encoder.run(names, seen))`,
      ];
  return [...lines, `log_var = ${LOG_VARIANCE[spread]}`];
}

/** Runs the decoder on the rows of z, and names what it gives; files of the visitor's own may take but one at a time. */
export function decoderRun(entry: VaeEntry, rows: string): string[] {
  const { decoder, latents, classes = [] } = entry;
  const { name = 'z', shape = [latents.count] } = decoder?.latent ?? {};
  const outputs = outputsOf(entry);
  const feeds = [
    `${JSON.stringify(name)}: v.reshape(-1, ${plain(shape)})`,
    ...(decoder?.condition ? classFeeds(decoder.condition, classes) : []),
  ];
  const [tile] = tiled('feeds', decoder?.batch);
  const one = `decoder.run([${quoted(outputs)}], ${tile ? 'tiled(v)' : `{${feeds.join(', ')}}`})`;
  return [
    ...(tile
      ? ['def tiled(v):', `    feeds = {${feeds.join(', ')}}`, `    ${tile}`, '    return feeds']
      : []),
    `runs = [${one} for v in ${isOwn(entry.id) ? 'z.float().numpy()' : '[z.float().numpy()]'}]`,
    ...collected(entry, ['out', 'spread'].slice(0, outputs.length), rows),
  ];
}

/** The outputs of all runs as images, of a fixed batch the first. */
function collected(entry: VaeEntry, named: readonly string[], rows: string): string[] {
  const { image, decoder } = entry;
  const parts =
    (decoder?.batch ?? 1) > 1
      ? `[b.reshape(${decoder?.batch}, -1)[:1] for b in a]`
      : '[b.reshape(-1) for b in a]';
  const values = `torch.from_numpy(np.concatenate(${isOwn(entry.id) ? parts : 'a'})).double()`;
  const tensor = imageOf(values, rows, image, decoder?.output?.layout);
  return [`${named.join(', ')}${named.length === 1 ? ',' : ''} = (${tensor} for a in zip(*runs))`];
}

/** Runs the decoder of a hierarchy, one draw at a time. */
export function hierarchyRun(entry: HvaeEntry): string[] {
  const outputs = outputsOf(entry);
  const images = ['out', 'spread'].slice(0, outputs.length);
  return [
    `names = [${quoted([...outputs, 'q_mean', 'q_log_var', 'p_mean', 'p_log_var'])}]`,
    'gate = np.ones((1, layers), np.float32)  # all layers from the posterior',
    'runs = [decoder.run(names, {**features, "eps": e[None], "gate": gate}) for e in eps.float().numpy()]',
    `${[...images, 'q_mean', 'q_log_var', 'p_mean', 'p_log_var'].join(', ')} = (torch.from_numpy(np.concatenate(a)).double() for a in zip(*runs))`,
    ...images.map(
      (name) => `${name} = ${imageOf(name, 'K', entry.image, entry.decoder?.output?.layout)}`,
    ),
  ];
}

/** `name` from the range of a decoder to [low, low + length]. */
function moved(name: string, range: readonly [number, number], low: number, length: number) {
  const [from, to] = range;
  return from === low && to === low + length
    ? name
    : `(${name} - ${from}) * ${length / (to - from)} + ${low}`;
}

const LOG_STD = {
  'log-scale': 'spread',
  'log-var': '0.5 * spread',
  'log-std': 'spread',
  std: 'spread.log()',
} as const;

/** logits of pixels, or mean and log_scale of logistics, or mean and log_std: what the decoder means by its outputs. */
export function pixels({ likelihood, decoder, image }: Coded): string[] {
  const { value, range, spread, components = 1 } = decoder?.output ?? {};
  switch (likelihood) {
    case 'logistic-mixture':
      return image.channels === 1
        ? [
            `weight, mean, log_scale = out.split(${components}, 1)  # of a mixture of logistics for each pixel`,
          ]
        : [
            `weight, rest = out[:, :${components}], out[:, ${components}:].reshape(-1, 3, 3, ${components}, ${image.height}, ${image.width})`,
            'mean, log_scale, factor = rest[:, :, 0], rest[:, :, 1], rest[:, :, 2].tanh()  # channel by channel',
          ];
    case 'discretized-logistic': {
      const [low, high] = range ?? [-1, 1];
      const logScale = LOG_STD[spread?.value ?? 'log-scale'];
      const wider = high - low === 2 ? '' : ` + math.log(${2 / (high - low)})`;
      return [
        `mean, log_scale = ${moved('out', [low, high], -1, 2)}, (${logScale}${wider}).clamp(-8, 4)`,
      ];
    }
    case 'gaussian':
      return ['mean = out', ...(spread ? [`std = (${LOG_STD[spread.value]}).exp()`] : [])];
    default:
      return value === 'mean'
        ? [
            `logits = torch.logit((${moved('out', range ?? [0, 1], 0, 1)}).clamp(0, 1)).clamp(-100, 100)`,
          ]
        : ['logits = out'];
  }
}

/** x in the units of a Gaussian decoder. */
export function inRange({ decoder }: Coded): string {
  const [low, high] = decoder?.output?.range ?? [0, 1];
  return `(x * ${(high - low) / 255}${low === 0 ? '' : ` + ${low}`})`;
}

/** x in [0, 1] of what a Gaussian's mean is. */
export const unitMean = ({ decoder }: Coded): string =>
  moved('mean', decoder?.output?.range ?? [0, 1], 0, 1);
