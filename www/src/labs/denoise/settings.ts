/** What the denoise lab can be set to. Pure. */
import { isOwn } from '../../../engine/own.ts';
import { ALL_SCHEDULES } from '../../schema/bound.ts';
import { bare, choice, type Codec, decimal, integer, optional } from '../../schema/codecs.ts';
import { row, standardOf, type StateOf, type ValuesOf } from '../../schema/rows.ts';
import { classIndex, modelId, seed } from '../../schema/values.ts';
import { apart, rejectStrays } from '../apart.ts';
import type { ModelFacts, Reject } from '../define.ts';

export const METHODS = ['ddpm', 'ddim'] as const;
export const STEP_COUNTS = [20, 50, 100, 250, 500, 1000] as const;
export const SAMPLE_COUNTS = [1, 16] as const;
/** Reverse steps shown per second. */
export const SPEEDS = [5, 15, 30, 60, 120, 240] as const;
/** What holds the playheads of two chains together: the share of the steps that is gone, or the noise level. */
export const LINKS = ['share', 'log-snr'] as const;
export const PATHS = ['x0', 'x'] as const;
export type Link = (typeof LINKS)[number];

/** Stands for what the first chain has: null is a class of its own, "none". */
export const SAME = 'same';

/** One chain of a grid has the first class, the next one the second, and so on. */
export const EACH = 'each';
/** The index of a class, none, or a class for each chain of a grid. */
export type Digit = number | null | typeof EACH;

const digit: Codec<Digit> = {
  parse: (text) => (text === EACH ? EACH : classIndex.parse(text)),
  print: (value) => (value === EACH ? EACH : classIndex.print(value)),
};
const digitApart: Codec<Digit | typeof SAME> = {
  parse: (text) => digit.parse(text),
  print: (value) => (value === SAME ? '' : digit.print(value)),
};
export const settings = {
  denoise: {
    digit: row('digit', digit, 3),
    steps: row('steps', choice(STEP_COUNTS), 100),
    method: row('sampler', choice(METHODS), 'ddpm'),
    eta: row('eta', decimal(0, 1, 2), 0),
    schedule: row('schedule', choice(ALL_SCHEDULES), 'cosine'),
    guidance: row('guidance', decimal(0, 4, 2), 0.5),
    seed: row('seed', seed, 1),
    samples: row('samples', choice(SAMPLE_COUNTS), 1),
    /** The grid's cell whose picture is scored. */
    cell: row('cell', integer(0, 15), 0),
    /** Index of the frame on display: 0 is where the chain starts, the last one the sample. */
    step: row('step', integer(0, 1000), 0),
    speed: row('speed', choice(SPEEDS), 30),
    /** The timestep to which the picture of the ELBO lab is noised and from which the chain starts; null: from pure noise. */
    from: row('from', optional(integer(1, 1000).parse, String), null),
    /** What of the chains is drawn as paths in a plane: their predictions, or their states; null: nothing. */
    paths: row('paths', optional(choice(PATHS).parse, String), null),
  },
  /** A second chain beside the first, which follows it in all that is not set apart here. */
  besideChain: {
    on: row('vs', bare, false),
    model: apart('vs.ddpm', modelId),
    digit: row('vs.digit', digitApart, SAME),
    steps: apart('vs.steps', choice(STEP_COUNTS)),
    method: apart('vs.sampler', choice(METHODS)),
    eta: apart('vs.eta', decimal(0, 1, 2)),
    schedule: apart('vs.schedule', choice(ALL_SCHEDULES)),
    guidance: apart('vs.guidance', decimal(0, 4, 2)),
    seed: apart('vs.seed', seed),
    link: row('vs.by', choice(LINKS), 'share'),
  },
};

type State = StateOf<typeof settings>;
export type ChainSettings = ValuesOf<typeof settings.denoise>;
export type BesideSettings = ValuesOf<typeof settings.besideChain>;

/** What can be set apart, in the order in which the lab offers it. */
export const APART = [
  'seed',
  'method',
  'eta',
  'steps',
  'schedule',
  'guidance',
  'digit',
  'model',
] as const satisfies readonly (keyof BesideSettings)[];
export type Apart = (typeof APART)[number];

/** Steps that a chain goes: all of its schedule's, or those below the timestep it starts from. */
export const chainLength = ({ from, steps }: Pick<ChainSettings, 'from' | 'steps'>) =>
  from ?? steps;

export function fit({ denoise, besideChain }: State, reject: Reject): void {
  rejectStrays(settings.besideChain, APART, besideChain, reject);
  if (denoise.from !== null && denoise.from > denoise.steps) {
    reject('from', String(denoise.from));
    denoise.from = null;
  }
  if (denoise.step > chainLength(denoise)) {
    reject('step', String(denoise.step));
    denoise.step = 0;
  }
  if (denoise.cell >= denoise.samples) {
    reject('cell', String(denoise.cell));
    denoise.cell = 0;
  }
}

export function fitModels(
  { denoise, besideChain }: State,
  { sampler, samplers }: ModelFacts,
  reject: Reject,
): void {
  const { model } = besideChain;
  if (model !== null && !isOwn(model) && !samplers.some(({ id }) => id === model)) {
    reject(settings.besideChain.model.key, model);
    besideChain.model = null;
  }
  const { digit } = denoise;
  if (!sampler || digit === null) return;
  if (digit === EACH ? sampler.classes > 0 : digit < sampler.classes) return;
  // A default that the model does not have is not an error of the address.
  if (digit !== standardOf(settings.denoise).digit) reject('digit', String(digit));
  denoise.digit = null;
}
