/** Models of other conventions than this project's: those of `tests/fixtures/foreign_models.py`, as a visitor may open them. */
import type { DdpmEntry, SamplerOptions, VaeEntry } from '../../engine/protocol.ts';

/** A model of somebody else's: flat pixels in [-1, 1], a stacked posterior, latents as an image, probabilities. */
export const OWN = {
  id: 'own.0123456789abcdef0123.89abcdef',
  title: 'Somebody’s',
  kind: 'vae',
  likelihood: 'bernoulli',
  image: { channels: 1, height: 2, width: 2 },
  dataset: '',
  latents: { count: 2, klPerLatent: [], order: [0, 1] },
  files: { encoder: { path: 'encoder-flat.onnx' }, decoder: { path: 'decoder-sigmoid.onnx' } },
  encoder: {
    image: { name: 'pixels', shape: [4], scale: [2], shift: [-1] },
    posterior: { spread: 'log-std', split: { name: 'stacked', axis: 1, order: 'mean-first' } },
  },
  decoder: {
    latent: { name: 'latent', shape: [2, 1, 1] },
    output: { name: 'reconstruction', value: 'mean', shape: [4] },
  },
  scores: [],
} as unknown as VaeEntry;
export const MIXTURE = {
  ...OWN,
  likelihood: 'logistic-mixture',
  files: { encoder: OWN.files.encoder, decoder: { path: 'decoder-mixture.onnx' } },
  decoder: { output: { components: 2 } },
} as VaeEntry;
export const GREY = { ...OWN, likelihood: 'grey-bernoulli' } as VaeEntry;
/** The batch of 3 baked into the encoder, mean and spread on the first axis; the decoder's value before its sigmoid. */
export const BATCHED = {
  ...OWN,
  files: { encoder: { path: 'encoder-leading.onnx' }, decoder: OWN.files.decoder },
  encoder: {
    ...OWN.encoder,
    batch: 3,
    posterior: { spread: 'log-std', split: { name: 'stacked', axis: 0, order: 'mean-first' } },
  },
  decoder: { latent: { name: 'latent', shape: [2, 1, 1] }, output: { name: 'before' } },
} as VaeEntry;
/** A class goes to the encoder, which always needs one. */
export const GIVEN = {
  ...OWN,
  classes: ['a', 'b', 'c'],
  files: { encoder: { path: 'encoder-std.onnx' }, decoder: OWN.files.decoder },
  encoder: {
    image: { name: 'image' },
    posterior: { spread: 'std', meanName: 'mu', spreadName: 'sigma' },
    condition: { name: 'label', null: 'none' },
  },
} as VaeEntry;
/** One file, cut at the code that it draws itself. */
export const WHOLE = {
  ...OWN,
  files: { encoder: { path: 'whole.onnx' }, decoder: { path: 'whole.onnx' } },
  encoder: { image: { name: 'input' }, posterior: { meanName: 'mu' } },
  decoder: { latent: { name: 'code' }, output: { name: 'before' } },
} as VaeEntry;
/** A density of colours: the channels of a pixel side by side, and the batch of 2 baked in. */
export const colours = (std: number | 'fitted') =>
  ({
    ...OWN,
    image: { channels: 3, height: 2, width: 2 },
    likelihood: 'gaussian',
    files: { encoder: { path: 'encoder-colour.onnx' }, decoder: { path: 'decoder-tanh.onnx' } },
    encoder: {},
    decoder: { batch: 2, output: { name: 'picture', layout: 'nhwc', range: [-1, 1], std } },
  }) as unknown as VaeEntry;
/** A decoder alone, with its weights in another file. */
export const CLASSED = {
  ...OWN,
  classes: ['a', 'b', 'c'],
  files: { decoder: { path: 'decoder-class.onnx' }, decoderData: { path: 'decoder-class.data' } },
  encoder: undefined,
  decoder: { condition: { name: 'y', form: 'one-hot', null: 'zeros' } },
} as unknown as VaeEntry;

/** A tiny network of other conventions in each: units, names, shapes, and what it is told of the noise. */
const network = (path: string, rest: object): DdpmEntry =>
  ({
    id: 'own.0123456789abcdef0123.01234567',
    title: 'Somebody’s',
    kind: 'ddpm',
    likelihood: 'discretized-gaussian',
    image: { channels: 1, height: 2, width: 2 },
    dataset: '',
    files: { network: { path } },
    classes: [],
    scores: [],
    ...rest,
  }) as unknown as DdpmEntry;
const LINEAR = { kind: 'linear', steps: 50 } as const;
export const NETWORKS: [string, DdpmEntry, SamplerOptions][] = [
  [
    'whole steps of its own chain, classes, and an output that also has variances',
    network('network.onnx', {
      parameterization: 'epsilon',
      classes: ['a', 'b', 'c'],
      network: {
        image: { name: 'sample' },
        time: { name: 'timestep', form: 'timestep', schedule: LINEAR },
        condition: { name: 'class_labels' },
        output: { name: 'out_sample', learnedVariance: true },
      },
    }),
    { schedule: 'trained', steps: 50 },
  ],
  [
    'a column of steps, and other units',
    network('network-table.onnx', {
      parameterization: 'v',
      network: {
        image: { name: 'x' },
        dataRange: [0, 1],
        time: { name: 't', form: 'timestep', shape: [1], first: 0, schedule: LINEAR },
      },
    }),
    { schedule: 'trained', steps: 20 },
  ],
  [
    'flow time',
    network('network-flow.onnx', {
      parameterization: 'velocity',
      network: {
        image: { name: 'x' },
        time: { name: 't', form: 'flow', shape: [1], reversed: true },
        output: { name: 'velocity' },
      },
    }),
    { schedule: 'log-snr-linear', steps: 20 },
  ],
  [
    'the preconditioning of Karras et al.',
    network('network-flow.onnx', {
      parameterization: 'edm',
      network: {
        image: { name: 'x' },
        time: { name: 't', form: 'sigma', shape: [1], sigmaData: 0.5 },
        output: { name: 'velocity' },
      },
    }),
    { schedule: 'log-snr-linear', steps: 20 },
  ],
  [
    'colours, channels first, and a range of its own',
    network('network-colour.onnx', {
      parameterization: 'x0',
      image: { channels: 3, height: 2, width: 2 },
      logSnr: { min: -0.25, max: 0.25 },
    }),
    { schedule: 'cosine', steps: 20 },
  ],
];
