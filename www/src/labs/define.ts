/** What a lab says of itself before it is opened. Its code is fetched by `load`. */
import type { ModelEntry } from '../../engine/protocol.ts';
import type { SetFormula } from '../formula.ts';
import type { ModelHost } from '../engine/hosts.ts';
import type { Role } from '../engine/worker-host.svelte.ts';
import type { Messages } from '../messages/catalogue.ts';
import type { Slices, StateOf } from '../schema/rows.ts';
import type { Preset, PresetPictures } from './presets.ts';
import type { Stop } from './stops.ts';

/** Tells of a value that gave way to another one: its key in the address, and how it was written there. */
export type Reject = (key: string, value: string) => void;

/** What the models have that the labs share; undefined where it is not known. */
export interface ModelFacts {
  decoder: { id: string; latents: number } | undefined;
  sampler: { classes: number } | undefined;
  /** All that can be chosen. */
  decoders: readonly { id: string; latents: number }[];
  samplers: readonly { id: string }[];
}

/** A place in a lab's state that names a model beside those of all labs. */
export interface Slot<S extends Slices> {
  /** Whether a model can stand there. */
  suits: (entry: ModelEntry) => boolean;
  /** Whether it stands there as soon as the visitor opens it. */
  takes: (entry: ModelEntry) => boolean;
  read: (state: StateOf<S>) => string;
  /** The empty text is the site's own model. */
  write: (state: StateOf<S>, model: string) => void;
}

export interface Definition<
  Id extends string,
  S extends Slices,
  Anchor extends string,
  TourStep extends string,
  Module,
  Derivation,
> {
  id: Id;
  /** Its name in the navigation. */
  name: (text: Messages) => string;
  /** The class of its colour, in styles/tokens.css. */
  accent: string;
  /** Workers whose models are loaded when it is opened, the one of its first picture first. */
  needs: readonly ModelHost[];
  /** Workers that are kept for it while it is on display. */
  workers?: readonly Role[];
  /** Whether “ELBO of this image” stands below it. */
  scored?: boolean;
  /** What other labs can ask it to do with one of their pictures. */
  takes?: 'score' | 'noise';
  /** Parts of the page's state, by their names in it. */
  state: S;
  /** Whether a model that the visitor opens is shown here; the first lab that says so has it. */
  opens?: (entry: ModelEntry) => boolean;
  /** Places for models of its own, by their names in the page's notices. */
  slots?: Readonly<Record<string, Slot<S>>>;
  /** A model of the visitor's is gone. */
  forget?: (state: StateOf<S>, id: string) => void;
  /** Replaces what does not go together, in place. */
  fit?: (state: StateOf<S>, reject: Reject) => void;
  /** Replaces what the models at hand do not have, in place. */
  fitModels?: (state: StateOf<S>, models: ModelFacts, reject: Reject) => void;
  /** What symbols of derivations can stand for in it. */
  anchors: readonly Anchor[];
  /** Its stops of the guided tour, by their names in an address. */
  tour: Readonly<Record<TourStep, Stop<S>>>;
  tourFormulas?: () => Promise<{ default: Readonly<Record<TourStep, SetFormula>> }>;
  /** Its controller and its view. */
  load: () => Promise<Module>;
  /** Worked states of it. */
  presets?: () => Promise<{ default: readonly Preset[] }>;
  /** Small pictures of them by their ids: `presetPicture.ts` in the lab's folder draws them at the build. */
  presetPictures?: () => Promise<{ default: PresetPictures }>;
  /** Formulas, and their words in each language. */
  derivation?: Derivation;
}

export const defineLab = <
  const Id extends string,
  S extends Slices,
  const Anchor extends string,
  TourStep extends string,
  Module,
  Derivation,
>(
  definition: Definition<Id, S, Anchor, TourStep, Module, Derivation>,
): Definition<Id, S, Anchor, TourStep, Module, Derivation> => definition;
