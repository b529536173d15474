/** Values of a graph that may stand in the place of an output. */
import { hasLatents, isDiffusion } from '../../engine/facts.ts';
import type {
  DdpmEntry,
  EntryChanges,
  FileEntry,
  GraphInfo,
  ImageShape,
  ModelEntry,
  VaeEntry,
} from '../../engine/protocol.ts';

interface ValueChoice {
  name: string;
  /** Empty for an output of the graph. */
  operator: string;
  /** Empty where the file does not say. */
  shape: string;
  changes: EntryChanges;
}

/** A field of an entry that names a value of a graph, and what it may be. */
export interface ValueField {
  field: string;
  current: string;
  choices: ValueChoice[];
}

/** What has to be changed beside the name for a value of some shape, the batch first; null where it does not fit. */
type Fit = (shape: readonly number[]) => EntryChanges | null;

const product = (shape: readonly number[]) => shape.reduce((all, n) => all * n, 1);
const same = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** As many numbers as there are latents. */
const vector =
  (count: number): Fit =>
  (shape) =>
    product(shape.slice(1)) === count ? {} : null;

/** An image of so many channels: as it is, or as the same number of values in another shape where `flat` allows that. */
const picture =
  (part: string, { height, width }: ImageShape, channels: number, flat: boolean): Fit =>
  (shape) => {
    const inner = shape.slice(1);
    const layouts = { nchw: [channels, height, width], nhwc: [height, width, channels] };
    for (const [layout, own] of Object.entries(layouts))
      if (same(inner, own) && (layout === 'nchw' || channels > 1))
        return { [`${part}.layout`]: layout, [`${part}.shape`]: null };
    const fits = flat && product(inner) === channels * height * width;
    return fits ? { [`${part}.shape`]: inner } : null;
  };

/** The code of a model in one file, which is cut there. */
const code =
  (count: number): Fit =>
  (shape) => {
    const inner = shape.slice(1);
    if (product(inner) !== count) return null;
    return { 'decoder.latent.shape': inner.length === 1 ? null : inner };
  };

/** Mean and spread in one value, of which one axis has both. */
const halves =
  (count: number, batch: number): Fit =>
  (shape) => {
    const inner = shape.slice(1);
    const field = 'encoder.posterior.split.axis';
    if (product(inner) === 2 * count) {
      const two = inner.indexOf(2);
      const axis = two < 0 ? inner.findIndex((n) => n % 2 === 0) : two;
      return axis < 0 ? null : { [field]: axis + 1 };
    }
    return shape[0] === 2 && product(shape) === 2 * count * batch ? { [field]: 0 } : null;
  };

/** What is predicted, perhaps with as many values about the variance behind it. */
const prediction =
  (image: ImageShape): Fit =>
  (shape) => {
    const part = 'network.output';
    const learned = picture(part, image, 2 * image.channels, false)(shape);
    if (learned?.[`${part}.layout`] === 'nchw')
      return { ...learned, [`${part}.learnedVariance`]: true };
    const alone = picture(part, image, image.channels, true)(shape);
    return alone && { ...alone, [`${part}.learnedVariance`]: null };
  };

/** The values of one graph that a field may name, the last of them first. */
function fieldOf(
  graph: GraphInfo | undefined,
  field: string,
  current: string,
  fit: Fit,
): ValueField[] {
  if (!graph) return [];
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const choices = graph.values.flatMap(({ name, operator, shape }) => {
    const isOutput = outputs.has(name);
    // What the file does not say, the check will.
    const changes = shape ? fit(shape) : isOutput ? {} : null;
    if (!changes && name !== current) return [];
    return [
      {
        name,
        operator: isOutput ? '' : operator,
        shape: shape?.join(' × ') ?? '',
        changes: { ...changes, [field]: name },
      },
    ];
  });
  if (choices.every(({ name }) => name === current)) return [];
  return [{ field, current, choices: choices.reverse() }];
}

/** Fields whose value can be picked, of the graphs by the names of their files. */
export function valueFields(entry: ModelEntry, graphs: Record<string, GraphInfo>): ValueField[] {
  const graphOf = (file: FileEntry | undefined) => file && graphs[file.path];
  if (hasLatents(entry))
    return [
      ...ofDecoder(entry, graphOf(entry.files.decoder)),
      ...ofEncoder(entry, graphOf(entry.files.encoder)),
    ];
  return isDiffusion(entry) ? ofNetwork(entry, graphOf(entry.files.network)) : [];
}

function ofDecoder(entry: VaeEntry, graph: GraphInfo | undefined): ValueField[] {
  const { image, likelihood, latents, files } = entry;
  const { latent, output } = entry.decoder ?? {};
  const part = 'decoder.output';
  const mixture = likelihood === 'logistic-mixture';
  const binary = likelihood === 'bernoulli' || likelihood === 'grey-bernoulli';
  const value = output?.value ?? (binary ? 'logits' : 'mean');
  const { channels, height, width } = image;
  const each = (output?.components ?? 1) * (channels === 1 ? 3 : 1 + 3 * channels);
  const fields = fieldOf(
    graph,
    `${part}.name`,
    output?.name ?? (mixture ? 'parameters' : value),
    picture(part, image, mixture ? each : channels, !mixture),
  );
  const logistic = { name: 'log_scale', value: 'log-scale' } as const;
  const spread = output?.spread ?? (likelihood === 'discretized-logistic' ? logistic : null);
  if (spread) {
    const last = output?.layout === 'nhwc';
    const own = last ? [height, width, channels] : [channels, height, width];
    // It lies as the picture does.
    const beside: Fit = (shape) =>
      same(shape.slice(1), output?.shape ?? own)
        ? { [`${part}.spread.value`]: spread.value }
        : null;
    fields.push(...fieldOf(graph, `${part}.spread.name`, spread.name, beside));
  }
  // What a value is computed from is left out where encoder and decoder are one file.
  if (files.encoder?.path === files.decoder.path)
    fields.push(...fieldOf(graph, 'decoder.latent.name', latent?.name ?? 'z', code(latents.count)));
  return fields;
}

function ofEncoder(entry: VaeEntry, graph: GraphInfo | undefined): ValueField[] {
  const { count } = entry.latents;
  const part = 'encoder.posterior';
  const { split, spread = 'log-var', meanName, spreadName } = entry.encoder?.posterior ?? {};
  if (split) {
    const fit = halves(count, entry.encoder?.batch ?? 1);
    return fieldOf(graph, `${part}.split.name`, split.name, fit);
  }
  const mean = fieldOf(graph, `${part}.meanName`, meanName ?? 'mean', vector(count));
  if (spread === 'none') return mean;
  const beside = spreadName ?? spread.replace('-', '_');
  return [...mean, ...fieldOf(graph, `${part}.spreadName`, beside, vector(count))];
}

function ofNetwork(entry: DdpmEntry, graph: GraphInfo | undefined): ValueField[] {
  const current = entry.network?.output?.name ?? 'output';
  return fieldOf(graph, 'network.output.name', current, prediction(entry.image));
}
