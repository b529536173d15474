/** What an address asks for, against what the models at hand have. */
import { idOf, isOwn } from '../engine/own.ts';
import type { Manifest } from '../engine/protocol.ts';
import { defaultState, type PageState, type Whereabouts } from '../state.ts';
import { type Rejection, rejection } from './address.ts';
import { whereabouts } from './values.ts';

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
  const standard = defaultState();
  const pick = <T extends { id: string }>(key: 'vae' | 'ddpm', known: T[]): T | undefined => {
    const found = known.find(({ id }) => id === idOf(state[key]));
    if (found || state[key] === '') return found ?? known[0];
    // The page asks for its file; until then nothing can be said of what it has.
    if (isOwn(state[key])) return undefined;
    rejected.push(rejection(key, state[key]));
    state[key] = '';
    return known[0];
  };
  const vae = pick('vae', catalog.vaes);
  const ddpm = pick('ddpm', catalog.ddpms);
  const fit = <T extends Whereabouts>(key: string, at: T, fallback: T): T => {
    if (!vae || !('z' in at)) return at;
    if (at.z.length > vae.latents) {
      rejected.push(rejection(key, whereabouts.print(at)));
      return fallback;
    }
    return at.z.length === vae.latents
      ? at
      : { ...at, z: [...at.z, ...Array<number>(vae.latents - at.z.length).fill(0)] };
  };
  state.latent.at = fit('z', state.latent.at, standard.latent.at);
  state.latent.a = fit('a', state.latent.a, standard.latent.a);
  state.latent.b = fit('b', state.latent.b, standard.latent.b);
  if (ddpm && state.denoise.digit !== null && state.denoise.digit >= ddpm.classes) {
    // A default that the model does not have is no error of the address.
    if (state.denoise.digit !== standard.denoise.digit)
      rejected.push(rejection('digit', String(state.denoise.digit)));
    state.denoise.digit = null;
  }
  if (ddpm && state.elbo.given !== null && state.elbo.given >= ddpm.classes) {
    rejected.push(rejection('given', String(state.elbo.given)));
    state.elbo.given = null;
  }
  return rejected;
}
