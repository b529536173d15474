/** Everything on the page that a link must bring back, as one typed value. Pure: no DOM, no reactivity; `address/` writes it. */
import { type Lab, LABS } from './labs/index.ts';
import { LANGUAGES } from './messages/languages.ts';
import { bound } from './schema/bound.ts';
import { bare, choice, list, optional } from './schema/codecs.ts';
import { HIDEABLE_NAMES } from './schema/hideable.ts';
import { row, type Slice, standardOf, type StateOf, type ValuesOf } from './schema/rows.ts';
import { modelId } from './schema/values.ts';

export type TourStep = (typeof LABS)[number] extends infer L
  ? L extends { tour: infer Stops }
    ? keyof Stops & string
    : never
  : never;

/** The steps of the guided tour in their order, as they are named in an address. */
export const TOUR_STEPS = LABS.flatMap(({ tour }) => Object.entries<{ place: number }>(tour))
  .sort(([, a], [, b]) => a.place - b.place)
  .map(([name]) => name) as readonly TourStep[];

export type { Lab };

/** Ids of the models that the labs share, by the workers that hold them; empty means the manifest's first. */
export const SHARED_MODELS = {
  decoder: row('vae', modelId, ''),
  sampler: row('ddpm', modelId, ''),
};
export type SharedModel = keyof typeof SHARED_MODELS;

/** What the page as a whole is set to. */
const page = {
  lab: row<Lab>('lab', choice(LABS.map(({ id }) => id)), LABS[0].id),
  ...SHARED_MODELS,
  /** The visitor's choice; null leaves it to the browser. */
  language: row('lang', optional(choice(LANGUAGES).parse, String), null),
  /** Whether the page stands in the frame of another one: labs alone. */
  embed: row('embed', bare, false),
  /** Parts that a page around does not want. */
  hide: row('hide', list(choice(HIDEABLE_NAMES), ',', HIDEABLE_NAMES.length), []),
  /** The step of the guided tour on display. */
  tour: row('tour', optional(choice(TOUR_STEPS).parse, String), null),
};

type Together<T> = (T extends unknown ? (one: T) => void : never) extends (all: infer A) => void
  ? A
  : never;
type LabSlices = Together<(typeof LABS)[number]['state']>;

export type PageState = ValuesOf<typeof page> & StateOf<LabSlices & { bound: typeof bound }>;

/** The parts of the state that have fields of their own. */
const SLICES: readonly (readonly [name: string, slice: Slice])[] = [
  ...LABS.flatMap(({ state }) => Object.entries<Slice>(state)),
  ['bound', bound],
];

/** Each row of the state, and where its value is found. */
export const FIELDS = [
  ...Object.entries(page).map(([name, { key, codec }]) => ({ path: [name], key, codec })),
  ...SLICES.flatMap(([slice, rows]) =>
    Object.entries(rows).map(([name, { key, codec }]) => ({ path: [slice, name], key, codec })),
  ),
] as const;

export const defaultState = (): PageState =>
  ({
    ...standardOf(page),
    ...Object.fromEntries(SLICES.map(([name, slice]) => [name, standardOf(slice)])),
  }) as PageState;
