/** How programs feed the networks of a model and read them: names and shapes as its entry has them. Pure. */
import { isOwn } from '../../../engine/own.ts';
import type { HvaeEntry, ImageShape, VaeEntry } from '../../../engine/protocol.ts';

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

/** Images in a layout that is not PyTorch's, of which there is no short program. */
const isTurned = (layout: string | undefined, { channels }: ImageShape) =>
  layout === 'nhwc' && channels > 1;

/** Whether a program of a few lines can read what a decoder gives. */
function isReadable(entry: Coded): boolean {
  const { likelihood, image, decoder } = entry;
  if (isTurned(decoder?.output?.layout, image)) return false;
  return likelihood !== 'logistic-mixture' || image.channels === 1;
}

/** Whether one can call the decoder of a VAE: files of the visitor's own may want more than a vector. */
export function isDecodable(entry: VaeEntry): boolean {
  const { classes = [], decoder, files } = entry;
  if (classes.length > 0 || (decoder?.batch ?? 1) > 1) return false;
  // Else the latents may be a value inside of the graph.
  return files.encoder?.path !== files.decoder.path && isReadable(entry);
}

/** Whether one can score a picture. */
export function isScorable(entry: Coded): boolean {
  if (entry.likelihood === 'gaussian') return false;
  if (entry.kind === 'hvae') return isReadable(entry);
  const { encoder, files, image } = entry;
  if (!files.encoder || !isDecodable(entry) || (encoder?.batch ?? 1) > 1) return false;
  const { spread, split } = encoder?.posterior ?? {};
  return (
    spread !== 'none' && (!split || split.axis === 1) && !isTurned(encoder?.image?.layout, image)
  );
}

const quoted = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(', ');
const plain = (values: readonly number[]) => values.join(', ');

/** A number, or one for each channel. */
const perChannel = (values: readonly number[]) =>
  values.length === 1 ? String(values[0]) : `torch.tensor([${plain(values)}]).reshape(1, -1, 1, 1)`;

/** The picture in [0, 1], x over `top`, as an encoder wants it. */
export function encoderFeed({ encoder, image }: VaeEntry, top: number): string[] {
  const { name = 'x', shape, scale, shift } = encoder?.image ?? {};
  const scaled = `${scale ? `${perChannel(scale)} * ` : ''}${top === 1 ? 'x' : `x / ${top}`}`;
  const seen = shift ? `${scaled} + ${perChannel(shift)}` : scaled;
  const axes = plain(shape ?? [image.channels, image.height, image.width]);
  return [`seen = {${JSON.stringify(name)}: (${seen}).float().reshape(1, ${axes}).numpy()}`];
}

const LOG_VARIANCE = {
  'log-var': 'spread',
  'log-std': '2 * spread',
  std: '2 * spread.log()',
  var: 'spread.log()',
  none: 'spread',
} as const;

/** mean and log_var of q(z|x). */
export function posterior({ encoder, latents }: VaeEntry): string[] {
  const { spread = 'log-var', split, meanName, spreadName } = encoder?.posterior ?? {};
  const count = latents.count;
  const read = 'torch.from_numpy(a).double()';
  const lines = split
    ? [
        `both, = (${read} for a in encoder.run([${quoted([split.name])}], seen))`,
        `${split.order === 'spread-first' ? 'spread, mean' : 'mean, spread'} = (half.reshape(${count}) for half in both.chunk(2, 1))`,
      ]
    : [
        `names = [${quoted([meanName ?? 'mean', spreadName ?? spread.replace('-', '_')])}]`,
        `mean, spread = (${read}.reshape(${count}) for a in encoder.run(names, seen))`,
      ];
  return [...lines, `log_var = ${LOG_VARIANCE[spread]}`];
}

/** Runs the decoder on the rows of z, and names what it gives; files of the visitor's own may take but one at a time. */
export function decoderRun(entry: VaeEntry, rows: string): string[] {
  const { name = 'z', shape = [entry.latents.count] } = entry.decoder?.latent ?? {};
  const outputs = outputsOf(entry);
  const axes = plain(shape);
  const one = `decoder.run([${quoted(outputs)}], {${JSON.stringify(name)}: v.reshape(-1, ${axes})})`;
  const runs = isOwn(entry.id)
    ? `runs = [${one} for v in z.float().numpy()]`
    : `runs = [${one} for v in [z.float().numpy()]]`;
  return [runs, ...collected(entry, ['out', 'spread'].slice(0, outputs.length), rows)];
}

/** The outputs of all runs as images. */
function collected({ image }: Coded, names: readonly string[], rows: string): string[] {
  const { height, width } = image;
  const tensor = `torch.from_numpy(np.concatenate(a)).double().reshape(${rows}, -1, ${height}, ${width})`;
  return [`${names.join(', ')}${names.length === 1 ? ',' : ''} = (${tensor} for a in zip(*runs))`];
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
      (name) => `${name} = ${name}.reshape(K, -1, ${entry.image.height}, ${entry.image.width})`,
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

/** logits of pixels, or mean and log_scale of logistics: what the decoder means by its outputs. */
export function pixels({ likelihood, decoder }: Coded): string[] {
  const { value, range, spread, components = 1 } = decoder?.output ?? {};
  switch (likelihood) {
    case 'logistic-mixture':
      return [
        `weight, mean, log_scale = out.split(${components}, 1)  # of a mixture of logistics for each pixel`,
      ];
    case 'discretized-logistic': {
      const [low, high] = range ?? [-1, 1];
      const log = { 'log-scale': 'spread', 'log-var': '0.5 * spread', 'log-std': 'spread' };
      const logScale = spread?.value === 'std' ? 'spread.log()' : log[spread?.value ?? 'log-scale'];
      const wider = high - low === 2 ? '' : ` + math.log(${2 / (high - low)})`;
      return [
        `mean, log_scale = ${moved('out', [low, high], -1, 2)}, (${logScale}${wider}).clamp(-8, 4)`,
      ];
    }
    case 'gaussian':
      return [`mean = ${moved('out', range ?? [0, 1], 0, 1)}`];
    default:
      return value === 'mean'
        ? [
            `logits = torch.logit((${moved('out', range ?? [0, 1], 0, 1)}).clamp(0, 1)).clamp(-100, 100)`,
          ]
        : ['logits = out'];
  }
}
