/**
 * Networks that stand in for the trained ones: the contracts of the manifest, kept by a few linear maps made of drawn digits.
 * What they compute costs next to nothing and does not change when a model is trained anew.
 */
import type { ModelEntry } from '../../../www/pkg/elbo_room.js';
import { Graph, type Value } from './onnx.ts';

type Of<Kind extends ModelEntry['kind']> = Extract<ModelEntry, { kind: Kind }>;
type Latent = Of<'vae' | 'hvae'>;

/** Drawn digits as grey values in [0, 1], one for each class. */
export type Templates = readonly Float32Array[];

const pixelsOf = ({ image }: ModelEntry) => image.channels * image.height * image.width;
const shapeOf = ({ image }: ModelEntry) => ['batch', image.channels, image.height, image.width];

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const product = (values: readonly number[]) => values.reduce((total, value) => total * value, 1);

function meanOf(templates: Templates): Float32Array {
  const [first] = templates;
  if (!first) throw new Error('there are no templates');
  return first.map((_, i) => sum(templates.map((template) => template[i] ?? 0)) / templates.length);
}

/** Directions in the space of pictures: what sets each digit apart from their mean, then the same moved aside. */
function directions(templates: Templates, count: number): Float32Array[] {
  const mean = meanOf(templates);
  return Array.from({ length: count }, (_, i) => {
    const template = templates[i % templates.length] as Float32Array;
    const shift = 2 * Math.floor(i / templates.length);
    return template.map((_, at) => (template[at - shift] ?? 0) - (mean[at - shift] ?? 0));
  });
}

/** Contrast of the pictures: logits of the mean digit, and how far a latent of 1 moves them. */
const LOGITS = { scale: 9, threshold: 0.3, perLatent: 2 };

const baseLogits = (templates: Templates) =>
  meanOf(templates).map((grey) => LOGITS.scale * (grey - LOGITS.threshold));

/** States the distribution of the pixels by logits, as the entry's likelihood does. */
function outputPixels(graph: Graph, entry: Latent, logits: Value): void {
  const shaped = graph.reshape(logits, [
    -1,
    entry.image.channels,
    entry.image.height,
    entry.image.width,
  ]);
  const shape = shapeOf(entry);
  const likelihood: string = entry.likelihood;
  if (likelihood === 'bernoulli') return graph.output(shaped, 'logits', shape);
  if (likelihood !== 'discretized-logistic')
    throw new Error(`${entry.id}: no stand-in has the likelihood ${likelihood}`);
  const mean = graph.node('Tanh', [shaped]);
  graph.output(mean, 'mean', shape);
  graph.output(constantLike(graph, mean, LOG_SCALE), 'log_scale', shape);
}

const LOG_SCALE = -1.5;

function constantLike(graph: Graph, value: Value, constant: number): Value {
  const zero = graph.node('Mul', [value, graph.scalar(0)]);
  return graph.node('Add', [zero, graph.scalar(constant)]);
}

const matrix = (rows: readonly Float32Array[]) =>
  Float32Array.from(rows.flatMap((row) => [...row]));

export function vaeEncoder(entry: Of<'vae'>, templates: Templates): Uint8Array {
  const [n, pixels] = [entry.latents.count, pixelsOf(entry)];
  const graph = new Graph();
  const x = graph.reshape(graph.input('x', shapeOf(entry)), [-1, pixels]);
  const centred = graph.node('Sub', [x, graph.constant([1, pixels], meanOf(templates))]);
  const rows = directions(templates, n).map((row) => {
    const length = sum([...row].map((value) => value * value));
    return row.map((value) => value / length);
  });
  const weights = graph.constant([n, pixels], matrix(rows));
  const mean = graph.node('Gemm', [centred, weights], { transB: 1 });
  graph.output(mean, 'mean', ['batch', n]);
  graph.output(constantLike(graph, mean, -2), 'log_var', ['batch', n]);
  return graph.file();
}

export function vaeDecoder(entry: Of<'vae'>, templates: Templates): Uint8Array {
  const [n, pixels] = [entry.latents.count, pixelsOf(entry)];
  const graph = new Graph();
  const z = graph.input('z', ['batch', n]);
  outputPixels(graph, entry, linearLogits(graph, z, n, pixels, templates));
  return graph.file();
}

function linearLogits(
  graph: Graph,
  z: Value,
  n: number,
  pixels: number,
  templates: Templates,
): Value {
  const rows = directions(templates, n).map((row) => row.map((value) => value * LOGITS.perLatent));
  const weights = graph.constant([n, pixels], matrix(rows));
  const base = graph.constant([1, pixels], baseLogits(templates));
  return graph.node('Add', [graph.node('MatMul', [z, weights]), base]);
}

/** Features are means over squares of the picture, the same in every channel but for a factor. */
export function hvaeEncoder(entry: Of<'hvae'>): Uint8Array {
  const { channels, height } = entry.image;
  const graph = new Graph();
  const x = graph.input('x', shapeOf(entry));
  for (const [i, [depth = 0, rows = 0, columns = 0]] of entry.features.entries()) {
    const side = height / rows;
    const weights = Array.from({ length: depth * channels * side * side }, (_, at) => {
      const channel = Math.floor(at / (channels * side * side));
      return (channel % 2 ? -1 : 1) / (side * side * (1 + channel));
    });
    const kernel = graph.constant([depth, channels, side, side], weights);
    const feature = graph.node('Conv', [x, kernel], {
      kernel_shape: [side, side],
      strides: [side, side],
      pads: [0, 0, 0, 0],
    });
    graph.output(feature, `feature_${i}`, ['batch', depth, rows, columns]);
  }
  return graph.file();
}

/** Log variance of the posterior of every latent. */
const HVAE_LOG_VAR = -0.1;

export function hvaeDecoder(entry: Of<'hvae'>, templates: Templates): Uint8Array {
  const sizes = entry.layers.map(({ shape }) => product(shape));
  const latents = sum(sizes);
  const pixels = pixelsOf(entry);
  const graph = new Graph();
  const features = entry.features.map((shape, i) => ({
    shape,
    value: graph.input(`feature_${i}`, ['batch', ...shape]),
  }));
  const eps = graph.input('eps', ['batch', latents]);
  const gate = graph.input('gate', ['batch', sizes.length]);

  const means = entry.layers.map(({ name, shape }, l) => {
    const [depth = 0, rows = 1, columns = 1] = shape;
    const source = features.find(
      ({ shape: [channels = 0, height, width] }) =>
        channels >= depth && height === rows && width === columns,
    );
    if (!source) throw new Error(`${entry.id}: no feature has the size of layer ${name}`);
    return graph.reshape(graph.slice(source.value, 0, depth), [-1, sizes[l] ?? 0]);
  });
  const posterior = graph.node('Concat', means, { axis: 1 });
  const prior = constantLike(graph, posterior, 0);
  const logVar = constantLike(graph, posterior, HVAE_LOG_VAR);

  // z = ε where the gate is 0, and mean + standard deviation · ε where it is 1.
  const open = graph.node(
    'Concat',
    sizes.map((size, l) => {
      const one = graph.slice(gate, l, l + 1);
      return graph.node('Add', [one, graph.constant([1, size], new Float32Array(size))]);
    }),
    { axis: 1 },
  );
  const scaled = graph.node('Mul', [eps, graph.scalar(Math.exp(HVAE_LOG_VAR / 2))]);
  const step = graph.node('Sub', [graph.node('Add', [posterior, scaled]), eps]);
  const z = graph.node('Add', [eps, graph.node('Mul', [open, step])]);

  let [at, logits] = [0, ''];
  for (const [l, { shape }] of entry.layers.entries()) {
    const size = sizes[l] ?? 0;
    const part = graph.slice(z, at, at + size);
    at += size;
    const made =
      shape.length === 1
        ? linearLogits(graph, part, size, pixels, templates)
        : spread(graph, part, shape, entry);
    logits = logits ? graph.node('Add', [logits, made]) : made;
  }
  outputPixels(graph, entry, logits);
  for (const [name, value] of [
    ['q_mean', posterior],
    ['q_log_var', logVar],
    ['p_mean', prior],
    ['p_log_var', prior],
  ] as const)
    graph.output(value, name, ['batch', latents]);
  return graph.file();
}

/** How much a layer of maps moves the logits. */
const MAP_GAIN = 0.5;

/** The mean of maps, each value of which is repeated over a square of the picture. */
function spread(graph: Graph, maps: Value, shape: readonly number[], entry: Latent): Value {
  const [depth = 0, rows = 0, columns = 0] = shape;
  const { channels, height, width } = entry.image;
  const [down, right] = [height / rows, width / columns];
  const shaped = graph.reshape(maps, [-1, depth, 1, rows, 1, columns, 1]);
  const mean = graph.node('ReduceMean', [shaped], { axes: [1], keepdims: 0 });
  const grid = [1, channels, rows, down, columns, right];
  const zeros = graph.constant(grid, new Float32Array(product(grid)));
  const wide = graph.node('Add', [graph.node('Mul', [mean, graph.scalar(MAP_GAIN)]), zeros]);
  return graph.reshape(wide, [-1, channels * height * width]);
}

/** Variance of the pictures of a class about its template, in the units of [-1, 1]. */
const CLASS_VARIANCE = 0.01;

/**
 * The exact denoiser of pictures that are normal about the template of their class,
 * E[x_0 | x_t] = μ + α s² (x_t - α μ) / (α² s² + σ²), told as v = (α x_t - x_0) / σ: its entry must say `v`.
 */
export function denoiser(entry: Of<'ddpm'>, templates: Templates): Uint8Array {
  const pixels = pixelsOf(entry);
  const graph = new Graph();
  const x = graph.reshape(graph.input('x_t', shapeOf(entry)), [-1, pixels]);
  const logSnr = graph.reshape(graph.input('log_snr', ['batch']), [-1, 1]);
  const known = entry.classes.map((name, i) => {
    const template = templates[i];
    if (!template) throw new Error(`${entry.id}: there is no template of class ${name}`);
    return template;
  });
  const signed = (template: Float32Array) => template.map((grey) => 2 * grey - 1);
  const means = [...known, meanOf(known.length > 0 ? known : templates)].map(signed);
  const table = graph.constant([means.length, pixels], matrix(means));
  // Without classes there is one mean for all.
  const mean =
    known.length > 0
      ? graph.node('Gather', [table, graph.input('class', ['batch'], 'int64')], { axis: 0 })
      : table;
  const alpha2 = graph.node('Sigmoid', [logSnr]);
  const sigma2 = graph.node('Sigmoid', [graph.node('Neg', [logSnr])]);
  const alpha = graph.node('Sqrt', [alpha2]);
  const variance = graph.scalar(CLASS_VARIANCE);
  const spreadOf = graph.node('Add', [graph.node('Mul', [alpha2, variance]), sigma2]);
  const gain = graph.node('Div', [graph.node('Mul', [alpha, variance]), spreadOf]);
  const residual = graph.node('Sub', [x, graph.node('Mul', [mean, alpha])]);
  const clean = graph.node('Add', [mean, graph.node('Mul', [residual, gain])]);
  const { channels, height, width } = entry.image;
  const signal = graph.node('Sub', [graph.node('Mul', [x, alpha]), clean]);
  const v = graph.node('Div', [signal, graph.node('Sqrt', [sigma2])]);
  graph.output(graph.reshape(v, [-1, channels, height, width]), 'output', shapeOf(entry));
  return graph.file();
}
