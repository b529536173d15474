/**
 * Everything on the page that a link must bring back, as one typed value, and its form in the URL's fragment.
 * Pure: no DOM, no reactivity. Only what differs from the default is written.
 */
import type { ScheduleKind } from './engine/protocol.ts';

export const LABS = ['latent', 'denoise'] as const;
export const PATH_MODES = ['linear', 'spherical'] as const;
export const METHODS = ['ddpm', 'ddim'] as const;
export const SCHEDULES = ['cosine', 'linear', 'log-snr-linear'] as const satisfies readonly ScheduleKind[];
export const STEP_COUNTS = [20, 50, 100, 250, 500, 1000] as const;
export const SAMPLE_COUNTS = [1, 16] as const;
/** Reverse steps shown per second. */
export const SPEEDS = [5, 15, 30, 60, 120, 240] as const;
export const TIMESTEP_COUNTS = [64, 128, 256, 512, 'all'] as const;

/** Slider range in prior standard deviations, and the grid that slider values live on. */
export const LATENT_RANGE = 3;
export const LATENT_GRID = 100;
const SEED_LIMIT = 2 ** 32;

/** A place in latent space: drawn from the prior by a seed, or given by its coordinates in the model's own order. */
export type Point = { seed: number } | { z: number[] };
/** What the latent lab shows: a point, or a position in [0, 1] on the path from A to B. */
export type Whereabouts = Point | { position: number };
export type Lab = (typeof LABS)[number];
export type PathMode = (typeof PATH_MODES)[number];

export interface PageState {
  lab: Lab;
  /** Model ids; empty means the manifest's first of that kind. */
  vae: string;
  ddpm: string;
  latent: { at: Whereabouts; a: Point; b: Point; mode: PathMode };
  denoise: {
    digit: number | null;
    steps: (typeof STEP_COUNTS)[number];
    method: (typeof METHODS)[number];
    eta: number;
    schedule: ScheduleKind;
    guidance: number;
    seed: number;
    samples: (typeof SAMPLE_COUNTS)[number];
    /** The grid's cell whose picture is scored. */
    cell: number;
    /** Index of the frame on display: 0 is pure noise, `steps` the sample. */
    step: number;
    speed: (typeof SPEEDS)[number];
  };
  bound: { schedule: ScheduleKind; timesteps: (typeof TIMESTEP_COUNTS)[number] };
}

export function defaultState(): PageState {
  return {
    lab: 'latent',
    vae: '',
    ddpm: '',
    latent: { at: { seed: 28 }, a: { seed: 28 }, b: { seed: 45 }, mode: 'spherical' },
    denoise: {
      digit: 3,
      steps: 100,
      method: 'ddpm',
      eta: 0,
      schedule: 'cosine',
      guidance: 0,
      seed: 1,
      samples: 1,
      cell: 0,
      step: 0,
      speed: 30,
    },
    bound: { schedule: 'log-snr-linear', timesteps: 128 },
  };
}

/** A value of the URL that could not be used; the default stands in its place. */
export interface Rejection {
  key: string;
  value: string;
}

/** The nearest slider value: within the range, two decimals, never -0. */
export function toLatentGrid(value: number): number {
  const clamped = Math.min(LATENT_RANGE, Math.max(-LATENT_RANGE, value));
  return Math.round(clamped * LATENT_GRID) / LATENT_GRID + 0;
}

interface Codec<T> {
  /** undefined: not a value of this kind. */
  parse(text: string): T | undefined;
  print(value: T): string;
}

function decimal(min: number, max: number, digits: number): Codec<number> {
  return {
    parse(text) {
      if (!/^-?\d{1,9}(\.\d{1,9})?$/.test(text)) return undefined;
      const value = Number(Number(text).toFixed(digits)) + 0;
      return value >= min && value <= max ? value : undefined;
    },
    print: (value) => String(Number(value.toFixed(digits)) + 0),
  };
}

const integer = (min: number, max: number): Codec<number> => ({
  parse(text) {
    if (!/^\d{1,10}$/.test(text)) return undefined;
    const value = Number(text);
    return value >= min && value <= max ? value : undefined;
  },
  print: String,
});

const choice = <T extends string | number>(options: readonly T[]): Codec<T> => ({
  parse: (text) => options.find((option) => String(option) === text),
  print: String,
});

const modelId: Codec<string> = {
  parse: (text) => (/^[\w.-]{1,64}$/.test(text) ? text : undefined),
  print: (value) => value,
};

const digit: Codec<number | null> = {
  parse: (text) => (text === 'none' ? null : integer(0, 999).parse(text)),
  print: (value) => (value === null ? 'none' : String(value)),
};

const seed = integer(0, SEED_LIMIT - 1);
const coordinate = decimal(-LATENT_RANGE, LATENT_RANGE, 2);

const point: Codec<Point> = {
  parse(text) {
    if (text.startsWith('seed:')) {
      const value = seed.parse(text.slice('seed:'.length));
      return value === undefined ? undefined : { seed: value };
    }
    const z = text.split(',').map(coordinate.parse);
    return z.every((value) => value !== undefined) ? { z } : undefined;
  },
  // Trailing zeros say nothing: `fitToModels` fills up to the model's number of latents.
  print(value) {
    if ('seed' in value) return `seed:${value.seed}`;
    return value.z.map(coordinate.print).join(',').replace(/(,0)+$/, '');
  },
};

const position = decimal(0, 1, 2);

const whereabouts: Codec<Whereabouts> = {
  parse(text) {
    if (!text.startsWith('path:')) return point.parse(text);
    const value = position.parse(text.slice('path:'.length));
    return value === undefined ? undefined : { position: value };
  },
  print: (value) => ('position' in value ? `path:${position.print(value.position)}` : point.print(value)),
};

interface Field {
  key: string;
  read(state: PageState, text: string): boolean;
  print(state: PageState): string;
}

function field<T>(key: string, codec: Codec<T>, get: (s: PageState) => T, set: (s: PageState, value: T) => void): Field {
  return {
    key,
    read(state, text) {
      const value = codec.parse(text);
      if (value === undefined) return false;
      set(state, value);
      return true;
    },
    print: (state) => codec.print(get(state)),
  };
}

const FIELDS: Field[] = [
  field('lab', choice(LABS), (s) => s.lab, (s, v) => (s.lab = v)),
  field('vae', modelId, (s) => s.vae, (s, v) => (s.vae = v)),
  field('ddpm', modelId, (s) => s.ddpm, (s, v) => (s.ddpm = v)),
  field('z', whereabouts, (s) => s.latent.at, (s, v) => (s.latent.at = v)),
  field('a', point, (s) => s.latent.a, (s, v) => (s.latent.a = v)),
  field('b', point, (s) => s.latent.b, (s, v) => (s.latent.b = v)),
  field('path', choice(PATH_MODES), (s) => s.latent.mode, (s, v) => (s.latent.mode = v)),
  field('digit', digit, (s) => s.denoise.digit, (s, v) => (s.denoise.digit = v)),
  field('steps', choice(STEP_COUNTS), (s) => s.denoise.steps, (s, v) => (s.denoise.steps = v)),
  field('sampler', choice(METHODS), (s) => s.denoise.method, (s, v) => (s.denoise.method = v)),
  field('eta', decimal(0, 1, 2), (s) => s.denoise.eta, (s, v) => (s.denoise.eta = v)),
  field('schedule', choice(SCHEDULES), (s) => s.denoise.schedule, (s, v) => (s.denoise.schedule = v)),
  field('guidance', decimal(0, 4, 2), (s) => s.denoise.guidance, (s, v) => (s.denoise.guidance = v)),
  field('seed', seed, (s) => s.denoise.seed, (s, v) => (s.denoise.seed = v)),
  field('samples', choice(SAMPLE_COUNTS), (s) => s.denoise.samples, (s, v) => (s.denoise.samples = v)),
  field('cell', integer(0, 15), (s) => s.denoise.cell, (s, v) => (s.denoise.cell = v)),
  field('step', integer(0, 1000), (s) => s.denoise.step, (s, v) => (s.denoise.step = v)),
  field('speed', choice(SPEEDS), (s) => s.denoise.speed, (s, v) => (s.denoise.speed = v)),
  field('bound', choice(SCHEDULES), (s) => s.bound.schedule, (s, v) => (s.bound.schedule = v)),
  field('timesteps', choice(TIMESTEP_COUNTS), (s) => s.bound.timesteps, (s, v) => (s.bound.timesteps = v)),
];

/** Reads a fragment such as `#lab=denoise&seed=7`. Never throws. */
export function parseState(hash: string): { state: PageState; rejected: Rejection[] } {
  const state = defaultState();
  const rejected: Rejection[] = [];
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const known = FIELDS.find((candidate) => candidate.key === key);
    if (!known?.read(state, value)) rejected.push({ key, value });
  }
  const { denoise } = state;
  if (denoise.step > denoise.steps) {
    rejected.push({ key: 'step', value: String(denoise.step) });
    denoise.step = 0;
  }
  if (denoise.cell >= denoise.samples) {
    rejected.push({ key: 'cell', value: String(denoise.cell) });
    denoise.cell = 0;
  }
  return { state, rejected };
}

/** The fragment for a state, `#` included; the empty string for the default state. */
export function printState(state: PageState): string {
  const standard = defaultState();
  const parts = FIELDS.filter((f) => f.print(state) !== f.print(standard)).map((f) => `${f.key}=${f.print(state)}`);
  return parts.length === 0 ? '' : `#${parts.join('&')}`;
}

/** What a manifest says about the values a state may hold. */
export interface Catalog {
  vaes: { id: string; latents: number }[];
  ddpms: { id: string; classes: number }[];
}

/** Replaces what the models at hand do not have by defaults, in place, and says what that was. */
export function fitToModels(state: PageState, catalog: Catalog): Rejection[] {
  const rejected: Rejection[] = [];
  const standard = defaultState();
  const pick = <T extends { id: string }>(key: 'vae' | 'ddpm', known: T[]): T | undefined => {
    const found = known.find(({ id }) => id === state[key]);
    if (found || state[key] === '') return found ?? known[0];
    rejected.push({ key, value: state[key] });
    state[key] = '';
    return known[0];
  };
  const vae = pick('vae', catalog.vaes);
  const ddpm = pick('ddpm', catalog.ddpms);
  const fit = <T extends Whereabouts>(key: string, at: T, fallback: T): T => {
    if (!vae || !('z' in at)) return at;
    if (at.z.length > vae.latents) {
      rejected.push({ key, value: whereabouts.print(at) });
      return fallback;
    }
    return at.z.length === vae.latents ? at : { ...at, z: [...at.z, ...Array<number>(vae.latents - at.z.length).fill(0)] };
  };
  state.latent.at = fit('z', state.latent.at, standard.latent.at);
  state.latent.a = fit('a', state.latent.a, standard.latent.a);
  state.latent.b = fit('b', state.latent.b, standard.latent.b);
  if (ddpm && state.denoise.digit !== null && state.denoise.digit >= ddpm.classes) {
    rejected.push({ key: 'digit', value: String(state.denoise.digit) });
    state.denoise.digit = null;
  }
  return rejected;
}
