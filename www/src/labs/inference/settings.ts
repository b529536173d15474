/** What the inference lab can be set to, and how q and the data are written in an address. Pure. */
import type {
  InferenceFamily,
  InferenceOptions,
  InferenceTarget,
} from '../../../engine/protocol.ts';
import { bare, choice, integer, optional } from '../../schema/codecs.ts';
import { row, standardOf, type ValuesOf } from '../../schema/rows.ts';
import { seed } from '../../schema/values.ts';
import { apart } from '../apart.ts';

export const TARGETS = [
  'correlated-gaussian',
  'two-gaussians',
  'five-gaussians',
  'banana',
  'funnel',
  'ring',
  'logistic-regression',
] as const satisfies readonly InferenceTarget[];
export const FAMILIES = [
  'mean-field',
  'full-covariance',
  'mixture',
] as const satisfies readonly InferenceFamily[];
export const GRADIENTS = ['reparameterized', 'score-function'] as const;
export const OPTIMIZERS = ['adam', 'sgd'] as const;
export const RATES = [0.001, 0.003, 0.01, 0.03, 0.05, 0.1, 0.3, 1] as const;
/** Iterations shown per second. */
export const PACES = [5, 30, 60, 300, 1500] as const;
export const MAX_COMPONENTS = 8;
/** As many observations as an address carries. */
const MAX_OBSERVATIONS = 50;
export const MAX_DRAWS = 100;
/** Where a run ends by itself. */
export const MAX_ITERATIONS = 100_000;

/** A component of q on the grid of what can be set by hand. */
export interface Component {
  weight: number;
  mean: [number, number];
  std: [number, number];
  correlation: number;
}

export interface Observation {
  /** On a grid of hundredths. */
  x: number;
  label: 0 | 1;
}

const LIMITS = {
  mean: 20,
  std: [0.05, 15],
  correlation: 0.99,
  weight: [0.001, 1000],
  x: 4,
} as const;
export const MAX_INPUT = LIMITS.x;

const clamp = (value: number, [least, most]: readonly [number, number]) =>
  Math.min(most, Math.max(least, value));
const onGrid = (value: number, decimals: number) => Number(value.toFixed(decimals)) + 0;

/** The nearest component that can be written in an address: what is computed with is what the address says. */
export function snapComponent({ weight, mean, std, correlation }: Component): Component {
  const { mean: reach, correlation: most } = LIMITS;
  const place = (value: number) => onGrid(clamp(value, [-reach, reach]), 2);
  const width = (value: number) => onGrid(clamp(value, LIMITS.std), 3);
  return {
    weight: onGrid(clamp(weight, LIMITS.weight), 3),
    mean: [place(mean[0]), place(mean[1])],
    std: [width(std[0]), width(std[1])],
    correlation: onGrid(clamp(correlation, [-most, most]), 3),
  };
}

export const snapInput = (x: number) => onGrid(clamp(x, [-LIMITS.x, LIMITS.x]), 2);

/** Numbers between commas; undefined if something else is there. */
function numbers(text: string, count: number): number[] | undefined {
  const parts = text.split(',', count + 1);
  const plain = parts.every((part) => /^-?\d{1,4}(\.\d{1,3})?$/.test(part));
  return plain && parts.length === count ? parts.map(Number) : undefined;
}

const between = (value: number, [least, most]: readonly [number, number]) =>
  value >= least && value <= most;

/** `weight,mean 1,mean 2,std 1,std 2,correlation` of each component, with semicolons in between. */
export function parseStart(text: string): Component[] | undefined {
  const components: Component[] = [];
  for (const part of text.split(';', MAX_COMPONENTS + 1)) {
    const [weight, m1, m2, s1, s2, correlation] = numbers(part, 6) ?? [];
    if (weight === undefined || m1 === undefined || m2 === undefined) return undefined;
    if (s1 === undefined || s2 === undefined || correlation === undefined) return undefined;
    const component: Component = { weight, mean: [m1, m2], std: [s1, s2], correlation };
    if (printComponent(snapComponent(component)) !== printComponent(component)) return undefined;
    components.push(component);
  }
  return components.length <= MAX_COMPONENTS ? components : undefined;
}

const printComponent = ({ weight, mean, std, correlation }: Component) =>
  [weight, ...mean, ...std, correlation].join(',');
export const printStart = (components: Component[]) => components.map(printComponent).join(';');

/** `x,label` of each observation, with semicolons in between. */
export function parseData(text: string): Observation[] | undefined {
  const data: Observation[] = [];
  for (const part of text.split(';', MAX_OBSERVATIONS + 1)) {
    const [x, label] = numbers(part, 2) ?? [];
    if (x === undefined || (label !== 0 && label !== 1)) return undefined;
    if (!between(x, [-LIMITS.x, LIMITS.x]) || snapInput(x) !== x) return undefined;
    data.push({ x, label });
  }
  return data.length <= MAX_OBSERVATIONS ? data : undefined;
}

export const printData = (data: Observation[]) =>
  data.map(({ x, label }) => `${x},${label}`).join(';');

export const settings = {
  target: row('target', choice(TARGETS), 'correlated-gaussian'),
  family: row('family', choice(FAMILIES), 'mean-field'),
  /** Components of a mixture. */
  components: row('components', integer(1, MAX_COMPONENTS), 3),
  draws: row('draws', integer(1, MAX_DRAWS), 10),
  gradient: row('gradient', choice(GRADIENTS), 'reparameterized'),
  optimizer: row('optimizer', choice(OPTIMIZERS), 'adam'),
  rate: row('rate', choice(RATES), 0.05),
  seed: row('vseed', seed, 1),
  /** How many iterations have been made since `start`. */
  iterations: row('iterations', integer(0, MAX_ITERATIONS), 0),
  pace: row('pace', choice(PACES), 60),
  /** The first q if it was set by hand. */
  start: row('q', optional(parseStart, printStart), null),
  /** Data of the logistic regression if they were changed. */
  data: row('data', optional(parseData, printData), null),
};

/** A second run, which follows the first in all that is not set apart here. */
export const besideSettings = {
  on: row('vs.fit', bare, false),
  family: apart('vs.family', choice(FAMILIES)),
  components: apart('vs.components', integer(1, MAX_COMPONENTS)),
  draws: apart('vs.draws', integer(1, MAX_DRAWS)),
  gradient: apart('vs.gradient', choice(GRADIENTS)),
  optimizer: apart('vs.optimizer', choice(OPTIMIZERS)),
  rate: apart('vs.rate', choice(RATES)),
  seed: apart('vs.vseed', seed),
};
export type BesideSettings = ValuesOf<typeof besideSettings>;

/** What can be set apart, in the order in which the lab offers it. */
export const APART = [
  'family',
  'components',
  'gradient',
  'draws',
  'optimizer',
  'rate',
  'seed',
] as const satisfies readonly (keyof BesideSettings & keyof InferenceSettings)[];
export type ApartPart = (typeof APART)[number];

/** A value for the second run that makes a difference, given what it is set to; undefined where there is no other. */
export function otherThan(
  values: InferenceSettings,
  part: ApartPart,
): Partial<BesideSettings> | undefined {
  switch (part) {
    case 'family':
      return { family: values.family === 'full-covariance' ? 'mean-field' : 'full-covariance' };
    case 'components':
      if (values.family !== 'mixture') return undefined;
      return { components: values.components === MAX_COMPONENTS ? 1 : values.components + 1 };
    case 'gradient':
      return {
        gradient: values.gradient === 'reparameterized' ? 'score-function' : 'reparameterized',
      };
    case 'draws':
      return { draws: values.draws === 1 ? MAX_DRAWS : 1 };
    case 'optimizer':
      return { optimizer: values.optimizer === 'adam' ? 'sgd' : 'adam' };
    case 'rate':
      return { rate: values.rate === 0.3 ? 0.01 : 0.3 };
    case 'seed':
      return { seed: values.seed === 2 ** 32 - 1 ? 0 : values.seed + 1 };
  }
}

export type InferenceSettings = ValuesOf<typeof settings>;
export const defaultInference = (): InferenceSettings => standardOf(settings);

/** How many components q has. */
const componentsOf = ({ family, components }: InferenceSettings) =>
  family === 'mixture' ? components : 1;

/** Drops a start that does not fit the family, in place, and says what it was. */
export function fitStart(settings: InferenceSettings): string | null {
  const { start, family } = settings;
  const correlated =
    family !== 'full-covariance' && start?.some(({ correlation }) => correlation !== 0);
  if (!start || (start.length === componentsOf(settings) && !correlated)) return null;
  settings.start = null;
  return printStart(start);
}

/** What the crate is asked for. */
export function setupOf(settings: InferenceSettings): {
  target: InferenceTarget;
  family: InferenceFamily;
  options: InferenceOptions;
} {
  const { target, family, components, draws, gradient, optimizer, rate, seed, start, data } =
    settings;
  return {
    target,
    family,
    options: {
      samples: draws,
      gradient,
      optimizer,
      learningRate: rate,
      seed,
      ...(family === 'mixture' && { components }),
      ...(start && {
        start: start.map((component) => ({
          ...component,
          mean: [...component.mean],
          std: [...component.std],
        })),
      }),
      ...(target === 'logistic-regression' &&
        data && { data: data.map((observation) => ({ ...observation })) }),
    },
  };
}
