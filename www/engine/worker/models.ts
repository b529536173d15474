/** The models that this worker holds. */
import {
  Ddpm,
  type DdpmFiles,
  Hvae,
  type HvaeFiles,
  Vae,
  type VaeFiles,
} from '../../pkg/elbo_room.js';
import type { ModelEntry } from '../protocol.ts';
import type { Handlers } from './task.ts';

const models = new Map<string, Vae | Hvae | Ddpm>();

export function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is not loaded in this worker`);
  return value;
}

export const modelOf = (id: string) => need(models.get(id), id);

export function vae(id: string): Vae {
  const model = modelOf(id);
  if (model instanceof Vae) return model;
  throw new Error(`${id} is not a VAE`);
}

export function hierarchy(id: string): Hvae {
  const model = modelOf(id);
  if (model instanceof Hvae) return model;
  throw new Error(`${id} is not a hierarchical VAE`);
}

export function ddpm(id: string): Ddpm {
  const model = modelOf(id);
  if (model instanceof Ddpm) return model;
  throw new Error(`${id} is not a diffusion model`);
}

/** Which files a kind needs is for the crate to say. */
function read(entry: ModelEntry, files: Record<string, Uint8Array>): Vae | Hvae | Ddpm {
  if (entry.kind === 'hvae') return Hvae.load(entry, files as HvaeFiles);
  if (entry.kind === 'ddpm') return Ddpm.load(entry, files as DdpmFiles);
  return files['encoder']
    ? Vae.load(entry, files as VaeFiles)
    : Vae.loadDecoder(entry, files as VaeFiles);
}

function free(id: string): void {
  models.get(id)?.free();
  models.delete(id);
}

export const modelHandlers: Handlers<'load' | 'unload'> = {
  load({ entry, files }) {
    free(entry.id);
    models.set(entry.id, read(entry, files));
    return null;
  },

  unload({ id }) {
    free(id);
    return null;
  },
};
