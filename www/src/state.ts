/** Everything on the page that a link must bring back, as one typed value. Pure: no DOM, no reactivity; `address/` writes it. */
import type { Stroke } from './drawing/strokes.ts';
import type { ScheduleKind } from './engine/protocol.ts';
import { defaultInference, type InferenceSettings } from './labs/inference/settings.ts';
import { defaultPlane, type PlaneSettings } from './labs/plane/settings.ts';
import type { Language } from './messages/languages.ts';

export const LABS = ['latent', 'denoise', 'elbo', 'inference', 'plane'] as const;
export const PATH_MODES = ['linear', 'spherical'] as const;
/** What the latent map shows: decoded digits, where the classes lie, or one over the other. */
export const MAP_VIEWS = ['both', 'digits', 'classes'] as const;
export const METHODS = ['ddpm', 'ddim'] as const;
export const SCHEDULES = [
  'cosine',
  'linear',
  'log-snr-linear',
] as const satisfies readonly ScheduleKind[];
/** Those, and that of a network's own training, which only some have. */
export const ALL_SCHEDULES = [...SCHEDULES, 'trained'] as const satisfies readonly ScheduleKind[];
type Schedule = (typeof ALL_SCHEDULES)[number];
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

/** Corners that a path can have: some hundred characters of the address. */
export const MOST_CORNERS = 100;
/** As many classes as a model, and layers as a hierarchy, can have here. */
export const MOST_CLASSES = 1000;
export const MOST_LAYERS = 32;
/** As many models as can be left out of a comparison. */
export const MOST_MODELS = 32;
/** As many numbers as a point of latent space can have here. */
export const MOST_LATENTS = 1024;

/** The steps of the guided tour in their order, as they are named in an address. */
export const TOUR_STEPS = [
  'integral',
  'bound',
  'divergences',
  'gradients',
  'mean-field',
  'vae',
  'gap',
  'layers',
  'diffusion',
  'known',
  'terms',
  'schedule',
  'ends',
  'wrong',
  'compare',
  'odd',
  'digit',
] as const;
export type TourStep = (typeof TOUR_STEPS)[number];

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
  /** `class` is that of a VAE which is conditioned on one. */
  latent: { at: Whereabouts; a: Point; b: Point; mode: PathMode; class: number | null };
  map: {
    /** The model's id; empty means the first with two latents. */
    model: string;
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
    schedule: Schedule;
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
  bound: { schedule: Schedule; timesteps: (typeof TIMESTEP_COUNTS)[number] };
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
    /** Models with latents that are left out of the comparison. */
    without: string[];
  };
  inference: InferenceSettings;
  plane: PlaneSettings;
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
    latent: { at: { seed: 28 }, a: { seed: 28 }, b: { seed: 45 }, mode: 'spherical', class: null },
    map: { model: '', at: { z: [0, 0] }, path: [], show: 'both', hidden: [] },
    denoise: {
      digit: 3,
      steps: 100,
      method: 'ddpm',
      eta: 0,
      schedule: 'cosine',
      guidance: 0.5,
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
      without: [],
    },
    inference: defaultInference(),
    plane: defaultPlane(),
    language: null,
    tour: null,
  };
}

/** Steps that a chain goes: all of its schedule's, or those below the timestep it starts from. */
export const chainLength = ({ from, steps }: Pick<PageState['denoise'], 'from' | 'steps'>) =>
  from ?? steps;
