/** What the page, the package and the workers ask of a kind of model beside what its own labs know. */
import type { ModelEntry } from '../protocol.ts';

export interface Kind<Entry extends ModelEntry = ModelEntry> {
  /** As entries name it. */
  id: Entry['kind'];
  /** The job that its bound is, which says what it is asked for and what comes of it. */
  bound: 'latent' | 'diffusion';
  /** Why a model has no bound: it has no encoder, or its encoder states no distribution; null where it has one. */
  lack?: (entry: Entry) => 'encoder' | 'posterior' | null;
  /** Names of the classes that a model is conditioned on. */
  classes?: (entry: Entry) => readonly string[];
  /** Layers of latents, the top one first, where the KL is told of each. */
  layers?: (entry: Entry) => readonly { name: string }[];
  /** What a model is described by: so many latents, layers or classes. */
  count: (entry: Entry) => number;
}

export const defineKind = <Entry extends ModelEntry>(kind: Kind<Entry>): Kind<Entry> => kind;
