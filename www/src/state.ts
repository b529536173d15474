/**
 * Everything on the page that a link must bring back, as one typed value, and its form in the URL's fragment.
 * Pure: no DOM, no reactivity. Only what differs from the default is written.
 */
import { parsePixels } from './drawing/pixels.ts';
import { parseStrokes, printStrokes, type Stroke } from './drawing/strokes.ts';
import type { ScheduleKind } from './engine/protocol.ts';
import {
  defaultInference,
  FAMILIES,
  fitStart,
  GRADIENTS,
  type InferenceSettings,
  MAX_COMPONENTS,
  MAX_DRAWS,
  MAX_ITERATIONS,
  OPTIMIZERS,
  PACES,
  parseData,
  parseStart,
  printData,
  printStart,
  RATES,
  TARGETS,
} from './labs/inference/settings.ts';
import { LATENT_RANGE } from './latent-grid.ts';
import { type Language, LANGUAGES } from './messages/languages.ts';
import { TOUR_STEPS, type TourStep } from './story/steps.ts';

export const LABS = ['latent', 'denoise', 'elbo', 'inference'] as const;
export const PATH_MODES = ['linear', 'spherical'] as const;
/** What the latent map shows: decoded digits, where the classes lie, or one over the other. */
export const MAP_VIEWS = ['both', 'digits', 'classes'] as const;
export const METHODS = ['ddpm', 'ddim'] as const;
export const SCHEDULES = ['cosine', 'linear', 'log-snr-linear'] as const satisfies readonly ScheduleKind[];
export const STEP_COUNTS = [20, 50, 100, 250, 500, 1000] as const;
export const SAMPLE_COUNTS = [1, 16] as const;
/** Reverse steps shown per second. */
export const SPEEDS = [5, 15, 30, 60, 120, 240] as const;
export const TIMESTEP_COUNTS = [64, 128, 256, 512, 'all'] as const;
/** Samples of the importance-weighted bound. */
export const IMPORTANCE_COUNTS = [100, 1000, 5000] as const;
/** Evaluations of the network per class. */
export const CLASS_COUNTS = [10, 20, 50, 100] as const;
/** Steps of a chain whose bound can be asked for. */
export const CHAIN_STEPS = { min: 2, max: 10_000 } as const;

const SEED_LIMIT = 2 ** 32;

/** A place in latent space: drawn from the prior by a seed, or given by its coordinates in the model's own order. */
export type Point = { seed: number } | { z: number[] };
/** What the latent lab shows: a point, or a position in [0, 1] on the path from A to B. */
export type Whereabouts = Point | { position: number };
/**
 * The picture of the ELBO lab: an example by its name (empty: the first), strokes of a drawing, or the pixels of what was
 * uploaded or sent from another lab; the last two in the forms of drawing/strokes.ts and drawing/pixels.ts.
 */
export type ImageSource = { example: string } | { strokes: string } | { pixels: string };
export type Lab = (typeof LABS)[number];
export type PathMode = (typeof PATH_MODES)[number];

export interface PageState {
  lab: Lab;
  /** Model ids; empty means the manifest's first of that kind. */
  vae: string;
  ddpm: string;
  latent: { at: Whereabouts; a: Point; b: Point; mode: PathMode };
  map: {
    /** A point of the plane, or a position in [0, 1] on the path. */
    at: { z: [number, number] } | { position: number };
    /** Corners x0, y0, x1, y1, … on the grid of drawing/strokes.ts, laid over the plane; empty: no path. */
    path: Stroke;
    show: (typeof MAP_VIEWS)[number];
    /** Classes that are switched off. */
    hidden: number[];
  };
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
    /** Index of the frame on display: 0 is where the chain starts, the last one the sample. */
    step: number;
    speed: (typeof SPEEDS)[number];
    /** The timestep to which the picture of the ELBO lab is noised and from which the chain starts; null: from pure noise. */
    from: number | null;
  };
  bound: { schedule: ScheduleKind; timesteps: (typeof TIMESTEP_COUNTS)[number] };
  elbo: {
    image: ImageSource;
    /** Of the binarization, the samples, the timesteps and their noise. */
    seed: number;
    samples: (typeof IMPORTANCE_COUNTS)[number];
    /** T of the diffusion model's bound, and the timestep under the playhead. */
    steps: number;
    t: number;
    /** Class that the diffusion model's bound is given. */
    given: number | null;
    perClass: (typeof CLASS_COUNTS)[number];
    /** Seeds of the hierarchy's layers, top first, and which of them are held while the others are drawn anew. */
    layers: number[];
    held: boolean[];
    /** How many layers, from the top, the reconstruction takes from the posterior; the others are drawn from the prior. */
    level: number;
  };
  inference: InferenceSettings;
  /** The visitor's choice; null leaves it to the browser. */
  language: Language | null;
  /** The step of the guided tour on display. */
  tour: TourStep | null;
}

export function defaultState(): PageState {
  return {
    lab: 'latent',
    vae: '',
    ddpm: '',
    latent: { at: { seed: 28 }, a: { seed: 28 }, b: { seed: 45 }, mode: 'spherical' },
    map: { at: { z: [0, 0] }, path: [], show: 'both', hidden: [] },
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
      from: null,
    },
    bound: { schedule: 'log-snr-linear', timesteps: 128 },
    elbo: {
      image: { example: '' },
      seed: 0,
      samples: 1000,
      steps: 1000,
      t: 500,
      given: null,
      perClass: 50,
      layers: [],
      held: [],
      level: 1,
    },
    inference: defaultInference(),
    language: null,
    tour: null,
  };
}

/** Steps that a chain goes: all of its schedule's, or those below the timestep it starts from. */
export const chainLength = ({ from, steps }: Pick<PageState['denoise'], 'from' | 'steps'>) => from ?? steps;

/** A value of the URL that could not be used; the default stands in its place. */
export interface Rejection {
  key: string;
  value: string;
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

const place: Codec<PageState['map']['at']> = {
  parse(text) {
    const at = whereabouts.parse(text);
    if (!at || 'seed' in at || 'position' in at) return at && 'position' in at ? at : undefined;
    const [x = 0, y = 0] = at.z;
    return at.z.length <= 2 ? { z: [x, y] } : undefined;
  },
  print: (value) => whereabouts.print('z' in value ? { z: [...value.z] } : value),
};

/** Corners that a path can have: some hundred characters of the address. */
export const MOST_CORNERS = 100;

const path: Codec<Stroke> = {
  parse(text) {
    const [stroke, ...more] = parseStrokes(text) ?? [];
    return stroke && more.length === 0 && stroke.length <= 2 * MOST_CORNERS ? stroke : undefined;
  },
  print: (value) => (value.length === 0 ? '' : printStrokes([value])),
};

const IMAGE_FORMS = {
  example: (text: string) => /^[\w-]{0,32}$/.test(text),
  strokes: (text: string) => parseStrokes(text) !== undefined,
  pixels: (text: string) => parsePixels(text) !== undefined,
};

const image: Codec<ImageSource> = {
  parse(text) {
    const [form = '', value = ''] = text.split(':', 2);
    if (!(form in IMAGE_FORMS) || !IMAGE_FORMS[form as keyof typeof IMAGE_FORMS](value)) return undefined;
    return { [form]: value } as ImageSource;
  },
  print: (value) => Object.entries(value)[0]?.join(':') ?? '',
};

/** As many layers as a hierarchy can have here. */
const MOST_LAYERS = 32;

const list = <T>(item: Codec<T>, separator: string): Codec<T[]> => ({
  parse(text) {
    const values = text === '' ? [] : text.split(separator).map(item.parse);
    return values.length <= MOST_LAYERS && values.every((value) => value !== undefined) ? values : undefined;
  },
  print: (values) => values.map(item.print).join(separator),
});

const flag: Codec<boolean> = {
  parse: (text) => ({ 0: false, 1: true })[text],
  print: (value) => (value ? '1' : '0'),
};

/** A value that is written only where there is one. */
const optional = <T>(parse: (text: string) => T | undefined, print: (value: T) => string): Codec<T | null> => ({
  parse,
  print: (value) => (value === null ? '' : print(value)),
});

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
  field('map', place, (s) => s.map.at, (s, v) => (s.map.at = v)),
  field('way', path, (s) => s.map.path, (s, v) => (s.map.path = v)),
  field('mapView', choice(MAP_VIEWS), (s) => s.map.show, (s, v) => (s.map.show = v)),
  field('hide', list(integer(0, 999), ','), (s) => s.map.hidden, (s, v) => (s.map.hidden = v)),
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
  field('from', optional(integer(1, 1000).parse, String), (s) => s.denoise.from, (s, v) => (s.denoise.from = v)),
  field('bound', choice(SCHEDULES), (s) => s.bound.schedule, (s, v) => (s.bound.schedule = v)),
  field('timesteps', choice(TIMESTEP_COUNTS), (s) => s.bound.timesteps, (s, v) => (s.bound.timesteps = v)),
  field('image', image, (s) => s.elbo.image, (s, v) => (s.elbo.image = v)),
  field('noise', seed, (s) => s.elbo.seed, (s, v) => (s.elbo.seed = v)),
  field('k', choice(IMPORTANCE_COUNTS), (s) => s.elbo.samples, (s, v) => (s.elbo.samples = v)),
  field('T', integer(CHAIN_STEPS.min, CHAIN_STEPS.max), (s) => s.elbo.steps, (s, v) => (s.elbo.steps = v)),
  field('t', integer(1, CHAIN_STEPS.max), (s) => s.elbo.t, (s, v) => (s.elbo.t = v)),
  field('given', digit, (s) => s.elbo.given, (s, v) => (s.elbo.given = v)),
  field('perClass', choice(CLASS_COUNTS), (s) => s.elbo.perClass, (s, v) => (s.elbo.perClass = v)),
  field('layers', list(seed, ','), (s) => s.elbo.layers, (s, v) => (s.elbo.layers = v)),
  field('hold', list(flag, ''), (s) => s.elbo.held, (s, v) => (s.elbo.held = v)),
  field('level', integer(0, MOST_LAYERS), (s) => s.elbo.level, (s, v) => (s.elbo.level = v)),
  field('target', choice(TARGETS), (s) => s.inference.target, (s, v) => (s.inference.target = v)),
  field('family', choice(FAMILIES), (s) => s.inference.family, (s, v) => (s.inference.family = v)),
  field('components', integer(1, MAX_COMPONENTS), (s) => s.inference.components, (s, v) => (s.inference.components = v)),
  field('draws', integer(1, MAX_DRAWS), (s) => s.inference.draws, (s, v) => (s.inference.draws = v)),
  field('gradient', choice(GRADIENTS), (s) => s.inference.gradient, (s, v) => (s.inference.gradient = v)),
  field('optimizer', choice(OPTIMIZERS), (s) => s.inference.optimizer, (s, v) => (s.inference.optimizer = v)),
  field('rate', choice(RATES), (s) => s.inference.rate, (s, v) => (s.inference.rate = v)),
  field('vseed', seed, (s) => s.inference.seed, (s, v) => (s.inference.seed = v)),
  field('iterations', integer(0, MAX_ITERATIONS), (s) => s.inference.iterations, (s, v) => (s.inference.iterations = v)),
  field('pace', choice(PACES), (s) => s.inference.pace, (s, v) => (s.inference.pace = v)),
  field('q', optional(parseStart, printStart), (s) => s.inference.start, (s, v) => (s.inference.start = v)),
  field('data', optional(parseData, printData), (s) => s.inference.data, (s, v) => (s.inference.data = v)),
  field('lang', optional(choice(LANGUAGES).parse, String), (s) => s.language, (s, v) => (s.language = v)),
  field('tour', optional(choice(TOUR_STEPS).parse, String), (s) => s.tour, (s, v) => (s.tour = v)),
];

/** Reads a fragment such as `#lab=denoise&seed=7`. Never throws. */
export function parseState(hash: string): { state: PageState; rejected: Rejection[] } {
  const state = defaultState();
  const rejected: Rejection[] = [];
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const known = FIELDS.find((candidate) => candidate.key === key);
    if (!known?.read(state, value)) rejected.push({ key, value });
  }
  const { denoise, elbo } = state;
  if (denoise.from !== null && denoise.from > denoise.steps) {
    rejected.push({ key: 'from', value: String(denoise.from) });
    denoise.from = null;
  }
  if (denoise.step > chainLength(denoise)) {
    rejected.push({ key: 'step', value: String(denoise.step) });
    denoise.step = 0;
  }
  if (denoise.cell >= denoise.samples) {
    rejected.push({ key: 'cell', value: String(denoise.cell) });
    denoise.cell = 0;
  }
  // A chain shorter than the default's playhead is no error of the address.
  if (elbo.t > elbo.steps) {
    if (elbo.t !== defaultState().elbo.t) rejected.push({ key: 't', value: String(elbo.t) });
    elbo.t = Math.ceil(elbo.steps / 2);
  }
  if ('position' in state.map.at && state.map.path.length === 0) {
    rejected.push({ key: 'map', value: place.print(state.map.at) });
    state.map.at = defaultState().map.at;
  }
  const misfit = fitStart(state.inference);
  if (misfit !== null) rejected.push({ key: 'q', value: misfit });
  return { state, rejected };
}

/** The fields of a state as they are written, in their order. */
export const printFields = (state: PageState): string[] => FIELDS.map((field) => field.print(state));

const STANDARD = printFields(defaultState());

/** The fragment of these fields, or of the same state in another lab; `#` included, the empty string for the default state. */
export function fragmentOf(fields: readonly string[], lab?: Lab): string {
  const parts = FIELDS.flatMap(({ key }, i) => {
    const text = key === 'lab' ? (lab ?? fields[i]) : fields[i];
    return text === STANDARD[i] ? [] : [`${key}=${text}`];
  });
  return parts.length === 0 ? '' : `#${parts.join('&')}`;
}

/** The fragment for a state. */
export const printState = (state: PageState): string => fragmentOf(printFields(state));

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
  if (ddpm && state.elbo.given !== null && state.elbo.given >= ddpm.classes) {
    rejected.push({ key: 'given', value: String(state.elbo.given) });
    state.elbo.given = null;
  }
  return rejected;
}
