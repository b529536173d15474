/** What an address asks for, against what the models at hand have. */
import { idOf, isOwn } from '../../engine/own.ts';
import type { Manifest } from '../../engine/protocol.ts';
import { LABS } from '../labs/index.ts';
import type { PageState } from '../state.ts';
import { type Rejection, rejection } from './address.ts';

/** What a manifest says about the values a state may hold. */
export interface Catalog {
  vaes: { id: string; latents: number }[];
  ddpms: { id: string; classes: number }[];
}

/** What the page's state must fit to. */
export function catalogOf({ models }: Pick<Manifest, 'models'>): Catalog {
  return {
    vaes: models.flatMap((entry) =>
      entry.kind === 'vae' ? { id: entry.id, latents: entry.latents.count } : [],
    ),
    ddpms: models.flatMap((entry) =>
      entry.kind === 'ddpm' ? { id: entry.id, classes: entry.classes.length } : [],
    ),
  };
}

/** Replaces what the models at hand do not have by defaults, in place, and says what that was. */
export function fitToModels(state: PageState, catalog: Catalog): Rejection[] {
  const rejected: Rejection[] = [];
  const pick = <T extends { id: string }>(key: 'vae' | 'ddpm', known: T[]): T | undefined => {
    const found = known.find(({ id }) => id === idOf(state[key]));
    if (found || state[key] === '') return found ?? known[0];
    // The page asks for its file; until then nothing can be said of what it has.
    if (isOwn(state[key])) return undefined;
    rejected.push(rejection(key, state[key]));
    state[key] = '';
    return known[0];
  };
  const models = {
    vae: pick('vae', catalog.vaes),
    ddpm: pick('ddpm', catalog.ddpms),
    ...catalog,
  };
  const reject = (key: string, value: string) => void rejected.push(rejection(key, value));
  for (const lab of LABS) lab.fitModels?.(state, models, reject);
  return rejected;
}
