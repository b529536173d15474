/** What the plane lab can be set to, and how data of one's own are written in an address. Pure. */
import type {
  PlaneComponent,
  PlaneDiffusionOptions,
  PlaneField,
  PlanePreset,
  PlaneSetup,
} from '../../../engine/protocol.ts';
import { bare, choice, decimal, integer } from '../../schema/codecs.ts';
import { row, standardOf, type ValuesOf } from '../../schema/rows.ts';
import { seed } from '../../schema/values.ts';
import { apart } from '../apart.ts';

const PRESETS = [
  'five-gaussians',
  'two-gaussians',
  'correlated-gaussian',
  'moons',
  'spiral',
] as const satisfies readonly PlanePreset[];
export const DATA = [...PRESETS, 'own'] as const;
export const PLANE_SCHEDULES = ['log-snr-linear', 'cosine', 'linear'] as const;
/** T of the slider; an address may have any from 2 to 1000. */
export const CHAINS = [2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000];
const PLANE_STEPS = { min: 2, max: 1000 } as const;
export const PLANE_MODELS = ['exact', 'blurred', 'gaussian', 'network'] as const;
export const WEIGHTINGS = ['bound', 'simple'] as const;
export const FIELDS = ['none', 'score', 'clean-point'] as const satisfies readonly (
  'none' | PlaneField
)[];
export const PARTICLES = 1000;
export const MAX_TRAINING = 20_000;
/** T of the chain that trainings are compared by; a network is the same whatever T the lab shows. */
const TRAINED_STEPS = 1000;
export const MAX_POINTS = 24;
/** Half the side of the window. */
export const REACH = 4.5;
const WIDTHS = { min: 0.15, max: 1.5 } as const;
export const WIDTH = WIDTHS;

/** A Gaussian of one's own data: its mean and its standard deviation, on a grid of hundredths. */
export interface Dot {
  x: number;
  y: number;
  width: number;
}

const onGrid = (value: number) => Number(value.toFixed(2)) + 0;
const clamp = (value: number, least: number, most: number) =>
  Math.min(most, Math.max(least, value));

export const snapCoordinate = (value: number) => onGrid(clamp(value, -REACH, REACH));
export const snapDot = ({ x, y, width }: Dot): Dot => ({
  x: snapCoordinate(x),
  y: snapCoordinate(y),
  width: onGrid(clamp(width, WIDTHS.min, WIDTHS.max)),
});

/** `x,y,width` of each Gaussian, with semicolons in between. */
export function parseDots(text: string): Dot[] | undefined {
  const dots: Dot[] = [];
  for (const part of text.split(';', MAX_POINTS + 1)) {
    if (!/^-?\d(\.\d{1,2})?,-?\d(\.\d{1,2})?,\d(\.\d{1,2})?$/.test(part)) return undefined;
    const [x = 0, y = 0, width = 0] = part.split(',').map(Number);
    const dot = snapDot({ x, y, width });
    if (dot.x !== x + 0 || dot.y !== y + 0 || dot.width !== width) return undefined;
    dots.push(dot);
  }
  return dots.length <= MAX_POINTS ? dots : undefined;
}

export const printDots = (dots: readonly Dot[]) =>
  dots.map(({ x, y, width }) => `${x},${y},${width}`).join(';');

/** `x,y` of a point. */
export function parsePoint(text: string): [number, number] | undefined {
  if (!/^-?\d(\.\d{1,2})?,-?\d(\.\d{1,2})?$/.test(text)) return undefined;
  const [x = 0, y = 0] = text.split(',').map(Number);
  return Math.abs(x) <= REACH && Math.abs(y) <= REACH ? [x + 0, y + 0] : undefined;
}

export const printPoint = ([x, y]: readonly [number, number]) => `${x},${y}`;

export const settings = {
  data: row('pdata', choice(DATA), 'five-gaussians'),
  points: row('points', { parse: parseDots, print: printDots }, [
    { x: -1.5, y: 1, width: 0.4 },
    { x: 1.5, y: 1, width: 0.4 },
    { x: 0, y: -1.5, width: 0.7 },
  ]),
  schedule: row('pschedule', choice(PLANE_SCHEDULES), 'log-snr-linear'),
  steps: row('psteps', integer(PLANE_STEPS.min, PLANE_STEPS.max), 100),
  eta: row('peta', decimal(0, 1, 2), 0),
  model: row('model', choice(PLANE_MODELS), 'exact'),
  blur: row('blur', decimal(0.05, 2, 2), 0.4),
  weighting: row('weighting', choice(WEIGHTINGS), 'bound'),
  /** Steps of the network's training. */
  trained: row('trained', integer(0, MAX_TRAINING), 0),
  seed: row('pseed', seed, 1),
  /** The timestep on display, 0 to T. */
  t: row('pt', integer(0, PLANE_STEPS.max), 65),
  field: row('field', choice(FIELDS), 'score'),
  /** x_0, whose likelihood is asked for. */
  point: row('x', { parse: parsePoint, print: printPoint }, [0.6, 1.9]),
  /** Index of the particle that is followed. */
  particle: row('particle', integer(0, PARTICLES - 1), 0),
};

/** Models of a second diffusion: it trains no network, but can share the first one's. */
export const BESIDE_MODELS = [
  'exact',
  'blurred',
  'gaussian',
] as const satisfies readonly (typeof PLANE_MODELS)[number][];

/** A second diffusion of the same data and particles, which follows the first in all that is not set apart here. */
export const besideSettings = {
  on: row('vs.plane', bare, false),
  schedule: apart('vs.pschedule', choice(PLANE_SCHEDULES)),
  steps: apart('vs.psteps', integer(PLANE_STEPS.min, PLANE_STEPS.max)),
  eta: apart('vs.peta', decimal(0, 1, 2)),
  model: apart('vs.model', choice(BESIDE_MODELS)),
  blur: apart('vs.blur', decimal(0.05, 2, 2)),
};
export type BesideSettings = ValuesOf<typeof besideSettings>;

/** What can be set apart, in the order in which the lab offers it. */
export const APART = [
  'schedule',
  'steps',
  'eta',
  'model',
  'blur',
] as const satisfies readonly (keyof BesideSettings & keyof PlaneSettings)[];
export type ApartPart = (typeof APART)[number];

/** A value for the second diffusion that makes a difference, given what it is set to; undefined where there is no other. */
export function otherThan(
  values: PlaneSettings,
  part: ApartPart,
): Partial<BesideSettings> | undefined {
  switch (part) {
    case 'schedule':
      return { schedule: values.schedule === 'linear' ? 'cosine' : 'linear' };
    case 'steps':
      return { steps: values.steps === 10 ? 1000 : 10 };
    case 'eta':
      return { eta: values.eta < 0.5 ? 1 : 0 };
    case 'model':
      return { model: values.model === 'gaussian' ? 'exact' : 'gaussian' };
    case 'blur':
      if (values.model !== 'blurred') return undefined;
      return { blur: values.blur < 1 ? 1.5 : 0.2 };
  }
}

/** The timestep of a chain of so many steps at the share of its way that another one has gone. */
export const linkedTimestep = ({ t, steps }: Pick<PlaneSettings, 't' | 'steps'>, others: number) =>
  Math.round((t / steps) * others);

export type PlaneSettings = ValuesOf<typeof settings>;
export const defaultPlane = (): PlaneSettings => standardOf(settings);

/** Replaces a timestep that the chain does not have, in place, and says what it was. */
export function fitTimestep(settings: PlaneSettings): string | null {
  const { t, steps } = settings;
  if (t <= steps) return null;
  settings.t = Math.round(steps / 3);
  // A chain shorter than the default's timestep is not an error of the address.
  return t === defaultPlane().t ? null : String(t);
}

type DataOptions = Pick<PlaneDiffusionOptions, 'data' | 'components'>;

function dataOf({ data, points }: PlaneSettings): DataOptions {
  if (data !== 'own') return { data };
  const component = ({ x, y, width }: Dot): PlaneComponent => ({
    mean: [x, y],
    std: [width, width],
  });
  return { components: points.map(component) };
}

/** What the crate is asked for; a network takes the place of the exact score. */
export function planeSetup(settings: PlaneSettings): PlaneSetup {
  const { schedule, steps, eta, model, blur, seed } = settings;
  const data = dataOf(settings);
  return {
    options: {
      ...data,
      schedule,
      steps,
      eta,
      particles: PARTICLES,
      model: model === 'network' ? 'exact' : model,
      ...(model === 'blurred' && { blur }),
      seed,
    },
    network:
      model === 'network'
        ? { ...data, schedule, steps: TRAINED_STEPS, weighting: settings.weighting, seed }
        : null,
  };
}
