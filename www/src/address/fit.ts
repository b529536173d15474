/** Checks the values of an address against the available models. */
import { hasLatents, isDiffusion } from '../../engine/facts.ts';
import { idOf, isOwn } from '../../engine/own.ts';
import type { Manifest } from '../../engine/protocol.ts';
import { LABS } from '../labs/index.ts';
import { type PageState, SHARED_MODELS, type SharedModel } from '../state.ts';
import { type Rejection, rejection } from './address.ts';

/** The models of a manifest, and what limits the values of a state. */
export interface Catalog {
  decoders: { id: string; latents: number }[];
  samplers: { id: string; classes: number }[];
}

/** The catalog of a manifest. */
export function catalogOf({ models }: Pick<Manifest, 'models'>): Catalog {
  return {
    decoders: models
      .filter(hasLatents)
      .map(({ id, latents: { count } }) => ({ id, latents: count })),
    samplers: models
      .filter(isDiffusion)
      .map(({ id, classes }) => ({ id, classes: classes.length })),
  };
}

/** Replaces values that no available model has by defaults, in place, and returns these values. */
export function fitToModels(state: PageState, catalog: Catalog): Rejection[] {
  const rejected: Rejection[] = [];
  const pick = <T extends { id: string }>(host: SharedModel, known: T[]): T | undefined => {
    const wanted = state[host];
    const found = known.find(({ id }) => id === idOf(wanted));
    if (found || wanted === '') return found ?? known[0];
    // The page asks for its file; until then nothing can be said of what it has.
    if (isOwn(wanted)) return undefined;
    rejected.push(rejection(SHARED_MODELS[host].key, wanted));
    state[host] = '';
    return known[0];
  };
  const models = {
    decoder: pick('decoder', catalog.decoders),
    sampler: pick('sampler', catalog.samplers),
    ...catalog,
  };
  const reject = (key: string, value: string) => void rejected.push(rejection(key, value));
  for (const lab of LABS) lab.fitModels?.(state, models, reject);
  return rejected;
}
