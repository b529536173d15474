import type { Engine } from '../../engine/engine.svelte.ts';
import type { KeptSet, SetLibrary } from './library.svelte.ts';
import { SetScoring, type Setup } from './scoring.svelte.ts';

/** One set's scores under one setup, and how it goes on with them. */
export interface Scored {
  set: KeptSet;
  scoring: SetScoring;
}

/** The scores of a set under a setup in the place of those before, which end unless they are the same. */
export function scoredWith(
  before: Scored | null,
  set: KeptSet | undefined,
  setup: Setup | undefined,
  engine: Engine,
  library: SetLibrary,
): Scored | null {
  if (set && setup && before?.set.id === set.id && before.scoring.setup.key === setup.key)
    // Labels alone change nothing.
    return before.set === set ? before : { ...before, set };
  before?.scoring.close();
  return set && setup ? { set, scoring: new SetScoring(engine, library, set, setup) } : null;
}
