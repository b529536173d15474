/** What the data set lab can be set to. Pure. */
import { ALL_SCHEDULES } from '../../schema/bound.ts';
import { bare, choice, flag, optional } from '../../schema/codecs.ts';
import { row, standardOf, type ValuesOf } from '../../schema/rows.ts';
import { modelId, seed } from '../../schema/values.ts';
import { apart } from '../apart.ts';

/** Draws of the latents for each image. */
export const DRAWS = [1, 16, 64, 256, 1000, 5000] as const;
/** With `posterior`, all draws are those of q, of which the ELBO is made. */
export const PROPOSALS = ['posterior', 'defensive', 'laplace', 'fitted'] as const;
/** Timesteps of the bound of a diffusion model. */
export const TIMESTEPS = [16, 64, 128, 256, 'all'] as const;
/** How many images, the first of a random order. */
export const COUNTS = [100, 1000, 10_000, 'all'] as const;
export const SORTS = [
  'image',
  'label',
  'elbo',
  'elboError',
  'bitsPerDim',
  'reconstruction',
  'kl',
  'logLikelihood',
  'logLikelihoodError',
  'gap',
  'paretoShape',
  'reliable',
  'prior',
  'denoising',
  'reconstructionCost',
  'consistency',
] as const;
export type Sort = (typeof SORTS)[number];
/** What has a distribution. */
export type Measure = Exclude<Sort, 'image' | 'label'>;
/** Of two scorings beside each other: the first, the second, and the second less the first. */
export const SIDES = ['a', 'b', 'difference'] as const;
export type Side = (typeof SIDES)[number];
/** A column of the first scoring, of the second, or the second less the first. */
export type Sided<Name extends string> = Name | `${Exclude<Side, 'a'>}.${Name}`;

export const sided = <Name extends string>(side: Side, name: Name): Sided<Name> =>
  side === 'a' ? name : `${side}.${name}`;

/** Which scoring a column is of, and its name there. */
export function sideOf<Name extends string>(column: Sided<Name>): { side: Side; name: Name } {
  const side = SIDES.find((one) => column.startsWith(`${one}.`));
  return side
    ? { side, name: column.slice(side.length + 1) as Name }
    : { side: 'a', name: column as Name };
}

const MOST_LABEL = 64;

/** Values of a column that are kept, its ends included. */
export interface Band {
  column: Sided<Measure>;
  low: number;
  high: number;
}

/** Steps of a diffusion model's chain: the one that `evaluate` has where it is not told another. */
export const STEPS = 1000;

function isColumn(text: string): text is Band['column'] {
  const { name } = sideOf(text);
  return name !== 'image' && name !== 'label' && (SORTS as readonly string[]).includes(name);
}
const NUMBER = /^-?\d{1,9}(\.\d{1,6})?$/;

/** `column,low,high` */
export function parseBand(text: string): Band | undefined {
  const [column = '', low = '', high = '', ...more] = text.split(',', 4);
  if (more.length > 0 || !isColumn(column) || !NUMBER.test(low) || !NUMBER.test(high))
    return undefined;
  const band = { column, low: Number(low) + 0, high: Number(high) + 0 };
  return band.low <= band.high ? band : undefined;
}

const short = (value: number) => String(Number(value.toFixed(6)) + 0);
export const printBand = ({ column, low, high }: Band) => `${column},${short(low)},${short(high)}`;

/** As it is written: what is kept is what the address says. */
export const snapBand = (band: Band): Band | null => parseBand(printBand(band)) ?? null;

export const parseLabel = (text: string): string | undefined =>
  text.length <= MOST_LABEL ? text : undefined;

/** Names of the sets that the site brings along. */
export const DRAWN = ['digits', 'strangers'] as const;

/** A set's id: the beginning of the checksum of its levels; or a name. */
export const parseSetId = (text: string): string | undefined =>
  /^([0-9a-f]{16})?$/.test(text) || (DRAWN as readonly string[]).includes(text) ? text : undefined;

const setId = { parse: parseSetId, print: String };

export const settings = {
  /** Ids of data sets; empty: the newest, and none to be compared with. */
  set: row('set', setId, ''),
  other: row('otherSet', setId, ''),
  /** A model's id; empty: the first with a bound. */
  model: row('setModel', modelId, ''),
  images: row('setImages', choice(COUNTS), 1000),
  draws: row('setDraws', choice(DRAWS), 64),
  proposal: row('setProposal', choice(PROPOSALS), 'posterior'),
  schedule: row('setSchedule', choice(ALL_SCHEDULES), 'log-snr-linear'),
  timesteps: row('setTimesteps', choice(TIMESTEPS), 128),
  seed: row('setSeed', seed, 0),
  sort: row('sort', choice(SORTS), 'elbo'),
  /** Of which scoring the column is that rows are sorted by. */
  side: row('setSide', choice(SIDES), 'a'),
  descending: row('descending', flag, false),
  band: row('band', optional(parseBand, printBand), null),
  /** Images of this label alone. */
  label: row('setLabel', optional(parseLabel, String), null),
};
export type SetsSettings = ValuesOf<typeof settings>;

/** A second scoring of the same images, which follows the first in all that is not set apart here. */
export const besideSettings = {
  on: row('vs.sets', bare, false),
  model: apart('vs.setModel', modelId),
  draws: apart('vs.setDraws', choice(DRAWS)),
  proposal: apart('vs.setProposal', choice(PROPOSALS)),
  schedule: apart('vs.setSchedule', choice(ALL_SCHEDULES)),
  timesteps: apart('vs.setTimesteps', choice(TIMESTEPS)),
  seed: apart('vs.setSeed', seed),
};
export type BesideSettings = ValuesOf<typeof besideSettings>;

/** What can be set apart, in the order in which the lab offers it. */
export const APART = [
  'model',
  'draws',
  'proposal',
  'schedule',
  'timesteps',
  'seed',
] as const satisfies readonly (keyof BesideSettings & keyof SetsSettings)[];
export type ApartPart = (typeof APART)[number];

/** A value that makes a difference to a scoring, of what it does not take from its model. */
export function otherThan(
  { draws, proposal, timesteps, seed }: SetsSettings,
  part: Exclude<ApartPart, 'model' | 'schedule'>,
): Partial<BesideSettings> {
  switch (part) {
    case 'draws':
      return { draws: draws === 16 ? 64 : 16 };
    case 'proposal':
      return { proposal: proposal === 'fitted' ? 'posterior' : 'fitted' };
    case 'timesteps':
      return { timesteps: timesteps === 16 ? 64 : 16 };
    case 'seed':
      return { seed: seed === 0 ? 1 : 0 };
  }
}

export const defaultSets = (): SetsSettings => standardOf(settings);
