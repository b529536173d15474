/** The kinds of models, in the order in which they stand beside each other. `workers.ts` has what computes them. */
import type { ModelEntry } from '../protocol.ts';
import { ddpm } from './ddpm/index.ts';
import type { Kind } from './define.ts';
import { hvae } from './hvae/index.ts';
import { vae } from './vae/index.ts';

export const KINDS = [vae, hvae, ddpm] as const;

/** Whether something that a manifest lists says that it is of one of these kinds. */
export const isOfKnownKind = (entry: Partial<ModelEntry> | null): entry is ModelEntry =>
  KINDS.some(({ id }) => id === entry?.kind);

export function kindOf({ kind }: Pick<ModelEntry, 'kind'>): Kind {
  const found = KINDS.find(({ id }) => id === kind);
  if (!found) throw new Error(`there is no kind of model ${kind}`);
  // An entry is given to the kind that it names, and to no other.
  return found as unknown as Kind;
}
