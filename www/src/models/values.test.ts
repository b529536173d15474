import { describe, expect, it } from 'vitest';
import type { DdpmEntry, GraphInfo, ModelEntry, VaeEntry } from '../../engine/protocol.ts';
import { BATCHED, colours, GIVEN, MIXTURE, NETWORKS, OWN, WHOLE } from '../testing/foreign.ts';
import { valueFields } from './values.ts';

/** A graph of values by their shapes, the outputs among them. */
const graph = (shapes: Record<string, number[] | null>, ...outputs: string[]) =>
  ({
    outputs: outputs.map((name) => ({ name })),
    values: Object.entries(shapes).map(([name, shape]) => ({ name, operator: 'Conv', shape })),
  }) as unknown as GraphInfo;

/** The field of that name of an entry with this graph in all its files. */
function field(entry: ModelEntry, name: string, of: GraphInfo) {
  const paths = Object.values<{ path: string }>(entry.files).map(({ path }) => path);
  const fields = valueFields(entry, Object.fromEntries(paths.map((path) => [path, of])));
  return fields.find(({ field }) => field === name);
}
const names = (...args: Parameters<typeof field>) =>
  field(...args)?.choices.map(({ name }) => name);
const changes = (value: string, ...args: Parameters<typeof field>) =>
  field(...args)?.choices.find(({ name }) => name === value)?.changes;

describe('the picture of a decoder', () => {
  const shapes = {
    low: [1, 1, 1, 2],
    before: [1, 1, 2, 2],
    reconstruction: [1, 4],
    inner: null,
    late: null,
  };

  it('is any value with as many pixels, those nearer to the outputs first', () => {
    const of = graph(shapes, 'reconstruction', 'late');
    expect(field(OWN, 'decoder.output.name', of)).toEqual({
      field: 'decoder.output.name',
      current: 'reconstruction',
      choices: [
        // The check finds out what shape it has.
        { name: 'late', operator: '', shape: '', changes: { 'decoder.output.name': 'late' } },
        {
          name: 'reconstruction',
          operator: '',
          shape: '1 × 4',
          changes: { 'decoder.output.name': 'reconstruction', 'decoder.output.shape': [4] },
        },
        {
          name: 'before',
          operator: 'Conv',
          shape: '1 × 1 × 2 × 2',
          changes: {
            'decoder.output.name': 'before',
            'decoder.output.layout': 'nchw',
            'decoder.output.shape': null,
          },
        },
      ],
    });
  });

  it('lies as its shape says where that is the image’s', () => {
    const of = graph({ first: [2, 3, 2, 2], picture: [2, 2, 2, 3], flat: [2, 12] }, 'picture');
    const layout = (value: string) =>
      changes(value, colours(0.1), 'decoder.output.name', of)?.['decoder.output.layout'];
    expect(['first', 'picture', 'flat'].map(layout)).toEqual(['nchw', 'nhwc', undefined]);
  });

  it('needs no choice where there is one value, and no name where it has the usual one', () => {
    const plain: VaeEntry = { ...OWN, decoder: undefined } as unknown as VaeEntry;
    expect(field(plain, 'decoder.output.name', graph({ logits: [1, 1, 2, 2] }, 'logits'))).toBe(
      undefined,
    );
    const of = graph({ before: [1, 1, 2, 2], logits: [1, 1, 2, 2] }, 'logits');
    expect(field(plain, 'decoder.output.name', of)?.current).toBe('logits');
    // One whose name is not there is the case for a choice.
    expect(names(plain, 'decoder.output.name', graph({ y: [1, 1, 2, 2] }, 'y'))).toEqual(['y']);
  });

  it('of a mixture has all parameters of each pixel', () => {
    // Three parameters for each of two components.
    const of = graph({
      mean: [1, 1, 2, 2],
      all: [1, 6, 2, 2],
      flat: [1, 24],
      parameters: [1, 2, 2, 6],
    });
    expect(names(MIXTURE, 'decoder.output.name', of)).toEqual(['parameters', 'all']);
    expect(changes('all', MIXTURE, 'decoder.output.name', of)).toMatchObject({
      'decoder.output.layout': 'nchw',
      'decoder.output.shape': null,
    });
  });

  it('may have its spread beside it, which lies as it does', () => {
    const of = graph({ mean: [1, 1, 2, 2], sigma: [1, 1, 2, 2], flat: [1, 4] }, 'mean', 'sigma');
    const output = { name: 'mean', spread: { name: 'sigma', value: 'std' as const } };
    const gaussian: VaeEntry = { ...OWN, likelihood: 'gaussian', decoder: { output } };
    expect(field(gaussian, 'decoder.output.spread.name', of)?.current).toBe('sigma');
    expect(names(gaussian, 'decoder.output.spread.name', of)).toEqual(['sigma', 'mean']);
    const stacked = { ...gaussian, decoder: { output: { ...output, shape: [4] } } };
    expect(names(stacked, 'decoder.output.spread.name', of)).toEqual(['flat', 'sigma']);
    expect(field(OWN, 'decoder.output.spread.name', of)).toBe(undefined);
    const logistic: VaeEntry = { ...OWN, likelihood: 'discretized-logistic', decoder: {} };
    expect(field(logistic, 'decoder.output.spread.name', of)?.current).toBe('log_scale');
    expect(changes('sigma', logistic, 'decoder.output.spread.name', of)).toEqual({
      'decoder.output.spread.name': 'sigma',
      'decoder.output.spread.value': 'log-scale',
    });
  });
});

describe('q(z|x) of an encoder', () => {
  it('is in values of as many numbers as there are latents', () => {
    const of = graph(
      { hidden: [1, 8], mu: [1, 2], sigma: [1, 2], map: [1, 2, 1, 1] },
      'mu',
      'sigma',
    );
    expect(field(GIVEN, 'encoder.posterior.meanName', of)?.current).toBe('mu');
    expect(names(GIVEN, 'encoder.posterior.meanName', of)).toEqual(['map', 'sigma', 'mu']);
    expect(changes('mu', GIVEN, 'encoder.posterior.spreadName', of)).toEqual({
      'encoder.posterior.spreadName': 'mu',
    });
  });

  it('has the usual names where the entry says none, and no spread for an autoencoder', () => {
    const of = graph({ mean: [1, 2], log_std: [1, 2] });
    const posterior = { spread: 'log-std' as const };
    const usual: VaeEntry = { ...OWN, encoder: { posterior } };
    expect(field(usual, 'encoder.posterior.meanName', of)?.current).toBe('mean');
    expect(field(usual, 'encoder.posterior.spreadName', of)?.current).toBe('log_std');
    const lone: VaeEntry = { ...OWN, encoder: { posterior: { spread: 'none' } } };
    expect(names(lone, 'encoder.posterior.meanName', of)).toEqual(['log_std', 'mean']);
    expect(field(lone, 'encoder.posterior.spreadName', of)).toBe(undefined);
  });

  it('in one value is cut along an axis that has both halves', () => {
    const of = graph({
      flat: [1, 4],
      pair: [1, 2, 2],
      map: [1, 1, 4],
      odd: [1, 5],
      stacked: [2, 1, 2],
    });
    const name = 'encoder.posterior.split.name';
    expect(names(OWN, name, of)).toEqual(['stacked', 'map', 'pair', 'flat']);
    const axis = (value: string) => changes(value, OWN, name, of)?.['encoder.posterior.split.axis'];
    expect(['flat', 'pair', 'map', 'stacked'].map(axis)).toEqual([1, 1, 2, 0]);
    // The batch of 3 is in every shape.
    const three = graph({ flat: [3, 4], stacked: [2, 3, 2], other: [2, 1, 2] });
    expect(names(BATCHED, name, three)).toEqual(['stacked', 'flat']);
    expect(field(OWN, 'encoder.posterior.meanName', of)).toBe(undefined);
  });
});

it('the code of a model in one file is where the file is cut', () => {
  const of = graph({ mu: [1, 2], code: [1, 2], map: [1, 2, 1, 1], before: [1, 1, 2, 2] }, 'before');
  const name = 'decoder.latent.name';
  expect(field(WHOLE, name, of)?.current).toBe('code');
  expect(names(WHOLE, name, of)).toEqual(['map', 'code', 'mu']);
  expect(changes('map', WHOLE, name, of)).toEqual({
    [name]: 'map',
    'decoder.latent.shape': [2, 1, 1],
  });
  expect(changes('mu', WHOLE, name, of)).toEqual({ [name]: 'mu', 'decoder.latent.shape': null });
  expect(field(OWN, name, of)).toBe(undefined);
});

it('the prediction of a network may have values about the variance behind it', () => {
  const [, entry] = NETWORKS.find(([, { network }]) => network?.output?.name === 'velocity') ?? [];
  const of = graph(
    { x: [1, 1, 2, 2], both: [1, 2, 2, 2], last: [1, 2, 2, 1], mixed: [1, 8], velocity: [1, 4] },
    'velocity',
  );
  const name = 'network.output.name';
  const network = entry as DdpmEntry;
  expect(names(network, name, of)).toEqual(['velocity', 'last', 'both', 'x']);
  const rest = (value: string) => {
    const { [name]: _, ...more } = changes(value, network, name, of) ?? {};
    return Object.fromEntries(
      Object.entries(more).map(([key, v]) => [key.split('.').at(-1) ?? '', v] as const),
    );
  };
  expect(rest('both')).toEqual({ layout: 'nchw', shape: null, learnedVariance: true });
  expect(rest('x')).toEqual({ layout: 'nchw', shape: null, learnedVariance: null });
  expect(rest('last')).toEqual({ shape: [2, 2, 1], learnedVariance: null });
  expect(rest('velocity')).toEqual({ shape: [4], learnedVariance: null });
  const usual = { ...network, network: { ...network.network, output: {} } } as DdpmEntry;
  expect(field(usual, name, of)?.current).toBe('output');
});
