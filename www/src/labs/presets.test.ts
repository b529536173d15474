import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseState, printState } from '../address/address.ts';
import { catalogOf, fitToModels } from '../address/fit.ts';
import type { Manifest } from '../../engine/protocol.ts';
import { defaultState, type PageState } from '../state.ts';
import { LABS } from './index.ts';
import en from 'virtual:texts/presets/en';
import zh from 'virtual:texts/presets/zh';

const manifest = JSON.parse(
  readFileSync(new URL('../../../models/manifest.json', import.meta.url), 'utf8'),
) as { models: { kind: string; classes?: string[] }[] };
const catalog = catalogOf({
  models: manifest.models.map((entry) => ({ classes: [], ...entry })),
} as unknown as Manifest);

type Part = Record<string, unknown>;
const axis = (index: number, value: number) =>
  Array.from({ length: 16 }, (_, i) => (i === index ? value : 0));

/** What each name promises, of the part of the state that its lab has. */
const MEANT: Record<string, Record<string, Part>> = {
  latent: {
    walk: { at: { position: 0.5 }, mode: 'spherical' },
    'straight-line': { at: { position: 0.5 }, mode: 'linear' },
    mean: { at: { z: axis(0, 0) } },
    strongest: { a: { z: axis(11, -3) }, b: { z: axis(11, 3) }, mode: 'linear' },
    collapse: { a: { z: axis(9, -3) }, b: { z: axis(9, 3) }, mode: 'linear' },
    outside: { at: { z: Array.from({ length: 16 }, (_, i) => (i % 2 ? -3 : 3)) } },
    levels: {},
    clothes: {},
    regions: {},
    'map-walk': {},
    'two-points': { a: { z: axis(11, -1.5) }, b: { z: axis(11, 1.5) }, points: true },
  },
  denoise: {
    'ddim-20': { method: 'ddim', steps: 20, step: 20, eta: 0 },
    'ddpm-20': { method: 'ddpm', steps: 20, step: 20 },
    long: { steps: 1000 },
    'linear-last': { schedule: 'linear', steps: 20, step: 19 },
    'log-snr': { schedule: 'log-snr-linear' },
    unguided: { guidance: 0, samples: 16 },
    guided: { guidance: 4, samples: 16 },
    any: { digit: null, samples: 16 },
    eta: { method: 'ddim', eta: 1 },
    sneakers: { digit: 7, samples: 16 },
    'twenty-beside-thousand': { method: 'ddpm', steps: 1000 },
    'guidance-0-4': { guidance: 0, samples: 16 },
    'two-models': { digit: 7 },
    schedules: { method: 'ddim', schedule: 'cosine' },
    paths: { digit: 'each', samples: 16, paths: 'x0' },
  },
  elbo: {
    'few-draws': { samples: 100, proposal: 'posterior' },
    'many-draws': { samples: 5000 },
    'heavy-tail': { proposal: 'posterior', image: { example: 'scribble' } },
    letter: { image: { example: 'letter-a' } },
    smiley: { image: { example: 'smiley' } },
    crossed: { image: { example: '7-crossed' }, perClass: 100 },
    'given-wrong': { image: { example: '7-crossed' }, given: 1 },
    'short-chain': { steps: 20, t: 10 },
    cosine: {},
    strangers: { strangers: true },
    'two-bounds': { samples: 100 },
    'two-chains': {},
    'two-lengths': { steps: 1000 },
  },
  inference: {
    'mode-seeking': { target: 'two-gaussians', family: 'mean-field', iterations: 600 },
    'too-narrow': { target: 'correlated-gaussian', family: 'mean-field' },
    'no-gap': { target: 'correlated-gaussian', family: 'full-covariance' },
    'both-modes': { target: 'two-gaussians', family: 'mixture', components: 2 },
    'too-few': { target: 'five-gaussians', family: 'mixture', components: 3 },
    banana: { target: 'banana', family: 'full-covariance' },
    funnel: { target: 'funnel' },
    ring: { target: 'ring', components: 8 },
    noisy: { gradient: 'score-function', draws: 1 },
    regression: { target: 'logistic-regression' },
    'two-gradients': { target: 'banana', gradient: 'reparameterized', iterations: 400 },
  },
  plane: {
    'two-steps': { steps: 2 },
    thousand: { steps: 1000 },
    linear: { schedule: 'linear', t: 1 },
    cosine: { schedule: 'cosine' },
    'ddim-noise': { eta: 1 },
    gaussian: { model: 'gaussian', data: 'two-gaussians' },
    blurred: { model: 'blurred', blur: 1 },
    moons: { data: 'moons' },
    'clean-point': { field: 'clean-point' },
    network: { model: 'network', trained: 2000 },
    'ten-beside-two-hundred': { steps: 200, t: 0 },
  },
  sets: {
    digits: { set: 'digits', other: '' },
    'no-digits': { set: 'strangers' },
    apart: { set: 'digits', other: 'strangers' },
    'apart-diffusion': { other: 'strangers', model: 'mnist-ddpm' },
    'model-of-clothes': { model: 'fashion-vae' },
    hierarchy: { model: 'mnist-hvae' },
    'one-draw': { draws: 1 },
    gap: { proposal: 'fitted', sort: 'gap', descending: true },
    doubtful: { sort: 'paretoShape', descending: true, proposal: 'posterior' },
    latents: { sort: 'kl', descending: true },
    'all-levels': { model: 'mnist-vae-8bit', sort: 'bitsPerDim' },
    sevens: { label: '7' },
    'vae-beside-hierarchy': { side: 'difference', descending: true, model: '' },
  },
};

/** What of a preset lies elsewhere in the state. */
const BESIDE: Record<string, (state: PageState) => unknown> = {
  levels: (state) => state.decoder === 'mnist-vae-8bit',
  clothes: (state) => state.decoder === 'fashion-vae',
  regions: (state) => state.map.show === 'classes',
  'map-walk': (state) => state.map.path.length > 2 && 'position' in state.map.at,
  sneakers: (state) => state.sampler === 'fashion-ddpm',
  'twenty-beside-thousand': ({ besideChain: { on, method, steps } }) =>
    on && method === 'ddim' && steps === 20,
  'guidance-0-4': ({ besideChain: { on, guidance } }) => on && guidance === 4,
  'two-models': ({ besideChain: { on, model } }) => on && model === 'fashion-ddpm',
  schedules: ({ besideChain: { on, schedule, link } }) =>
    on && schedule === 'linear' && link === 'log-snr',
  'two-bounds': ({ besideBounds: { a, b } }) => a === 'mnist-vae' && b === 'fashion-vae',
  'two-chains': ({ besideBounds: { a, b } }) => a === 'mnist-ddpm' && b === 'fashion-ddpm',
  'two-lengths': ({ besideBounds: { a, b, steps } }) =>
    a === 'mnist-ddpm' && b === null && steps === 50,
  'two-gradients': ({ besideFit: { on, gradient } }) => on && gradient === 'score-function',
  'ten-beside-two-hundred': ({ besidePlane: { on, steps } }) => on && steps === 10,
  'vae-beside-hierarchy': ({ besideSets: { on, model } }) => on && model === 'mnist-hvae',
  cosine: (state) => state.lab !== 'elbo' || state.bound.schedule === 'cosine',
  'short-chain': (state) => state.bound.timesteps === 'all',
};

const WITH_PRESETS = LABS.flatMap(({ id, presets }) => (presets ? [{ id, presets }] : []));

describe.each(WITH_PRESETS)('$id', ({ id, presets }) => {
  it('has ten worked states or more, each with an address of its own and a name in both languages', async () => {
    const { default: all } = await presets();
    expect(all.map((preset) => preset.id)).toEqual(Object.keys(MEANT[id] ?? {}));
    expect(all.length).toBeGreaterThanOrEqual(10);
    const addresses = new Set(all.map(({ address }) => printState(parseState(address).state)));
    expect(addresses.size).toBe(all.length);
    for (const names of [en, zh])
      expect(Object.keys(names[id])).toEqual(all.map((preset) => preset.id));
  });

  it.each(Object.entries(MEANT[id] ?? {}))(
    '%s is the state that its name says',
    async (name, part) => {
      const { default: all } = await presets();
      const { state, rejected } = parseState(
        all.find((preset) => preset.id === name)?.address ?? '',
      );
      expect(rejected).toEqual([]);
      expect(fitToModels(state, catalog)).toEqual([]);
      expect(state.lab).toBe(id);
      expect(state).not.toEqual({ ...defaultState(), lab: id });
      expect(state[id as keyof PageState]).toMatchObject(part);
      expect(BESIDE[name]?.(state) ?? true).toBe(true);
    },
  );
});

it('names only labs that there are', () => {
  expect(WITH_PRESETS.map(({ id }) => id)).toEqual(Object.keys(MEANT));
});
