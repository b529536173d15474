/** What the page, the package and the workers ask of a kind of model beside what its own labs know. */
import type { ModelEntry, VaeEntry } from '../protocol.ts';

export interface Kind<Entry extends ModelEntry = ModelEntry> {
  /** As entries name it. */
  id: Entry['kind'];
  /** The job that its bound is, which says what it is asked for and what comes of it. */
  bound: 'latent' | 'diffusion';
  /** Why a model has no bound: it has no encoder, or its encoder states no distribution; null where it has one. */
  lack?: (entry: Entry) => 'encoder' | 'posterior' | null;
  /** Names of the classes that a model is conditioned on. */
  classes?: (entry: Entry) => readonly string[];
  /** Whether a model with classes can be used without one; where this is left out, it can. */
  hasNullClass?: (entry: Entry) => boolean;
  /** The latents of a model that decodes an image from one vector of them. */
  latents?: (entry: Entry) => VaeEntry['latents'];
  /** Layers of latents, the top one first, where the KL is told of each. */
  layers?: (entry: Entry) => readonly { name: string }[];
  /** Whether an image can be reconstructed with some layers of latents from q(z|x), and the others from the prior. */
  reconstructsByLayer?: true;
  /** What a model is described by: so many latents, layers or classes. */
  count: (entry: Entry) => number;
}

export const defineKind = <Entry extends ModelEntry>(kind: Kind<Entry>): Kind<Entry> => kind;
