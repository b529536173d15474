/** Each part of the state that an address holds: its key, and how it is read and written. */
import {
  FAMILIES,
  GRADIENTS,
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
} from '../labs/inference/settings.ts';
import {
  DATA,
  FIELDS as ARROWS,
  MAX_TRAINING,
  PARTICLES,
  parseDots,
  parsePoint,
  PLANE_MODELS,
  PLANE_SCHEDULES,
  PLANE_STEPS,
  printDots,
  printPoint,
  WEIGHTINGS,
} from '../labs/plane/settings.ts';
import { LANGUAGES } from '../messages/languages.ts';
import {
  ALL_SCHEDULES,
  CHAIN_STEPS,
  CLASS_COUNTS,
  IMPORTANCE_COUNTS,
  LABS,
  MAP_VIEWS,
  METHODS,
  MOST_CLASSES,
  MOST_LAYERS,
  MOST_MODELS,
  type PageState,
  PATH_MODES,
  SAMPLE_COUNTS,
  SPEEDS,
  STEP_COUNTS,
  TIMESTEP_COUNTS,
  TOUR_STEPS,
} from '../state.ts';
import { choice, type Codec, decimal, flag, integer, list, optional } from './codecs.ts';
import { digit, image, modelId, path, place, point, seed, whereabouts } from './values.ts';

export interface Field {
  key: string;
  read: (state: PageState, text: string) => boolean;
  print: (state: PageState) => string;
}

function field<T>(
  key: string,
  codec: Codec<T>,
  get: (s: PageState) => T,
  set: (s: PageState, value: T) => void,
): Field {
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

export const FIELDS: readonly Field[] = [
  field(
    'lab',
    choice(LABS),
    (s) => s.lab,
    (s, v) => (s.lab = v),
  ),
  field(
    'vae',
    modelId,
    (s) => s.vae,
    (s, v) => (s.vae = v),
  ),
  field(
    'ddpm',
    modelId,
    (s) => s.ddpm,
    (s, v) => (s.ddpm = v),
  ),
  field(
    'z',
    whereabouts,
    (s) => s.latent.at,
    (s, v) => (s.latent.at = v),
  ),
  field(
    'a',
    point,
    (s) => s.latent.a,
    (s, v) => (s.latent.a = v),
  ),
  field(
    'b',
    point,
    (s) => s.latent.b,
    (s, v) => (s.latent.b = v),
  ),
  field(
    'path',
    choice(PATH_MODES),
    (s) => s.latent.mode,
    (s, v) => (s.latent.mode = v),
  ),
  field(
    'class',
    digit,
    (s) => s.latent.class,
    (s, v) => (s.latent.class = v),
  ),
  field(
    'mapModel',
    modelId,
    (s) => s.map.model,
    (s, v) => (s.map.model = v),
  ),
  field(
    'map',
    place,
    (s) => s.map.at,
    (s, v) => (s.map.at = v),
  ),
  field(
    'way',
    path,
    (s) => s.map.path,
    (s, v) => (s.map.path = v),
  ),
  field(
    'mapView',
    choice(MAP_VIEWS),
    (s) => s.map.show,
    (s, v) => (s.map.show = v),
  ),
  field(
    'hide',
    list(integer(0, MOST_CLASSES - 1), ',', MOST_CLASSES),
    (s) => s.map.hidden,
    (s, v) => (s.map.hidden = v),
  ),
  field(
    'digit',
    digit,
    (s) => s.denoise.digit,
    (s, v) => (s.denoise.digit = v),
  ),
  field(
    'steps',
    choice(STEP_COUNTS),
    (s) => s.denoise.steps,
    (s, v) => (s.denoise.steps = v),
  ),
  field(
    'sampler',
    choice(METHODS),
    (s) => s.denoise.method,
    (s, v) => (s.denoise.method = v),
  ),
  field(
    'eta',
    decimal(0, 1, 2),
    (s) => s.denoise.eta,
    (s, v) => (s.denoise.eta = v),
  ),
  field(
    'schedule',
    choice(ALL_SCHEDULES),
    (s) => s.denoise.schedule,
    (s, v) => (s.denoise.schedule = v),
  ),
  field(
    'guidance',
    decimal(0, 4, 2),
    (s) => s.denoise.guidance,
    (s, v) => (s.denoise.guidance = v),
  ),
  field(
    'seed',
    seed,
    (s) => s.denoise.seed,
    (s, v) => (s.denoise.seed = v),
  ),
  field(
    'samples',
    choice(SAMPLE_COUNTS),
    (s) => s.denoise.samples,
    (s, v) => (s.denoise.samples = v),
  ),
  field(
    'cell',
    integer(0, 15),
    (s) => s.denoise.cell,
    (s, v) => (s.denoise.cell = v),
  ),
  field(
    'step',
    integer(0, 1000),
    (s) => s.denoise.step,
    (s, v) => (s.denoise.step = v),
  ),
  field(
    'speed',
    choice(SPEEDS),
    (s) => s.denoise.speed,
    (s, v) => (s.denoise.speed = v),
  ),
  field(
    'from',
    optional(integer(1, 1000).parse, String),
    (s) => s.denoise.from,
    (s, v) => (s.denoise.from = v),
  ),
  field(
    'bound',
    choice(ALL_SCHEDULES),
    (s) => s.bound.schedule,
    (s, v) => (s.bound.schedule = v),
  ),
  field(
    'timesteps',
    choice(TIMESTEP_COUNTS),
    (s) => s.bound.timesteps,
    (s, v) => (s.bound.timesteps = v),
  ),
  field(
    'image',
    image,
    (s) => s.elbo.image,
    (s, v) => (s.elbo.image = v),
  ),
  field(
    'noise',
    seed,
    (s) => s.elbo.seed,
    (s, v) => (s.elbo.seed = v),
  ),
  field(
    'k',
    choice(IMPORTANCE_COUNTS),
    (s) => s.elbo.samples,
    (s, v) => (s.elbo.samples = v),
  ),
  field(
    'T',
    integer(CHAIN_STEPS.min, CHAIN_STEPS.max),
    (s) => s.elbo.steps,
    (s, v) => (s.elbo.steps = v),
  ),
  field(
    't',
    integer(1, CHAIN_STEPS.max),
    (s) => s.elbo.t,
    (s, v) => (s.elbo.t = v),
  ),
  field(
    'given',
    digit,
    (s) => s.elbo.given,
    (s, v) => (s.elbo.given = v),
  ),
  field(
    'perClass',
    choice(CLASS_COUNTS),
    (s) => s.elbo.perClass,
    (s, v) => (s.elbo.perClass = v),
  ),
  field(
    'layers',
    list(seed, ',', MOST_LAYERS),
    (s) => s.elbo.layers,
    (s, v) => (s.elbo.layers = v),
  ),
  field(
    'hold',
    list(flag, '', MOST_LAYERS),
    (s) => s.elbo.held,
    (s, v) => (s.elbo.held = v),
  ),
  field(
    'level',
    integer(0, MOST_LAYERS),
    (s) => s.elbo.level,
    (s, v) => (s.elbo.level = v),
  ),
  field(
    'without',
    list(modelId, ',', MOST_MODELS),
    (s) => s.elbo.without,
    (s, v) => (s.elbo.without = v),
  ),
  field(
    'target',
    choice(TARGETS),
    (s) => s.inference.target,
    (s, v) => (s.inference.target = v),
  ),
  field(
    'family',
    choice(FAMILIES),
    (s) => s.inference.family,
    (s, v) => (s.inference.family = v),
  ),
  field(
    'components',
    integer(1, MAX_COMPONENTS),
    (s) => s.inference.components,
    (s, v) => (s.inference.components = v),
  ),
  field(
    'draws',
    integer(1, MAX_DRAWS),
    (s) => s.inference.draws,
    (s, v) => (s.inference.draws = v),
  ),
  field(
    'gradient',
    choice(GRADIENTS),
    (s) => s.inference.gradient,
    (s, v) => (s.inference.gradient = v),
  ),
  field(
    'optimizer',
    choice(OPTIMIZERS),
    (s) => s.inference.optimizer,
    (s, v) => (s.inference.optimizer = v),
  ),
  field(
    'rate',
    choice(RATES),
    (s) => s.inference.rate,
    (s, v) => (s.inference.rate = v),
  ),
  field(
    'vseed',
    seed,
    (s) => s.inference.seed,
    (s, v) => (s.inference.seed = v),
  ),
  field(
    'iterations',
    integer(0, MAX_ITERATIONS),
    (s) => s.inference.iterations,
    (s, v) => (s.inference.iterations = v),
  ),
  field(
    'pace',
    choice(PACES),
    (s) => s.inference.pace,
    (s, v) => (s.inference.pace = v),
  ),
  field(
    'q',
    optional(parseStart, printStart),
    (s) => s.inference.start,
    (s, v) => (s.inference.start = v),
  ),
  field(
    'data',
    optional(parseData, printData),
    (s) => s.inference.data,
    (s, v) => (s.inference.data = v),
  ),
  field(
    'pdata',
    choice(DATA),
    (s) => s.plane.data,
    (s, v) => (s.plane.data = v),
  ),
  field(
    'points',
    { parse: parseDots, print: printDots },
    (s) => s.plane.points,
    (s, v) => (s.plane.points = v),
  ),
  field(
    'pschedule',
    choice(PLANE_SCHEDULES),
    (s) => s.plane.schedule,
    (s, v) => (s.plane.schedule = v),
  ),
  field(
    'psteps',
    integer(PLANE_STEPS.min, PLANE_STEPS.max),
    (s) => s.plane.steps,
    (s, v) => (s.plane.steps = v),
  ),
  field(
    'peta',
    decimal(0, 1, 2),
    (s) => s.plane.eta,
    (s, v) => (s.plane.eta = v),
  ),
  field(
    'model',
    choice(PLANE_MODELS),
    (s) => s.plane.model,
    (s, v) => (s.plane.model = v),
  ),
  field(
    'blur',
    decimal(0.05, 2, 2),
    (s) => s.plane.blur,
    (s, v) => (s.plane.blur = v),
  ),
  field(
    'weighting',
    choice(WEIGHTINGS),
    (s) => s.plane.weighting,
    (s, v) => (s.plane.weighting = v),
  ),
  field(
    'trained',
    integer(0, MAX_TRAINING),
    (s) => s.plane.trained,
    (s, v) => (s.plane.trained = v),
  ),
  field(
    'pseed',
    seed,
    (s) => s.plane.seed,
    (s, v) => (s.plane.seed = v),
  ),
  field(
    'pt',
    integer(0, PLANE_STEPS.max),
    (s) => s.plane.t,
    (s, v) => (s.plane.t = v),
  ),
  field(
    'field',
    choice(ARROWS),
    (s) => s.plane.field,
    (s, v) => (s.plane.field = v),
  ),
  field(
    'x',
    { parse: parsePoint, print: printPoint },
    (s) => s.plane.point,
    (s, v) => (s.plane.point = v),
  ),
  field(
    'particle',
    integer(0, PARTICLES - 1),
    (s) => s.plane.particle,
    (s, v) => (s.plane.particle = v),
  ),
  field(
    'lang',
    optional(choice(LANGUAGES).parse, String),
    (s) => s.language,
    (s, v) => (s.language = v),
  ),
  field(
    'tour',
    optional(choice(TOUR_STEPS).parse, String),
    (s) => s.tour,
    (s, v) => (s.tour = v),
  ),
];
