/** The models that this worker holds. */
import { Ddpm, Hvae, Vae } from '../../pkg/elbo_room.js';
import type { Loaded, WorkerKind } from '../kinds/worker.ts';
import { WORKER_KINDS } from '../kinds/workers.ts';
import type { ModelEntry } from '../protocol.ts';
import type { Handlers } from './task.ts';

interface Held {
  entry: ModelEntry;
  kind: WorkerKind;
  model: Loaded;
}

const models = new Map<string, Held>();

export function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is not loaded in this worker`);
  return value;
}

export const heldOf = (id: string) => need(models.get(id), id);

export function vae(id: string): Vae {
  const { model } = heldOf(id);
  if (model instanceof Vae) return model;
  throw new Error(`${id} is not a VAE`);
}

export function hierarchy(id: string): Hvae {
  const { model } = heldOf(id);
  if (model instanceof Hvae) return model;
  throw new Error(`${id} is not a hierarchical VAE`);
}

export function ddpm(id: string): Ddpm {
  const { model } = heldOf(id);
  if (model instanceof Ddpm) return model;
  throw new Error(`${id} is not a diffusion model`);
}

/** Loads with what its kind says. */
function load(entry: ModelEntry, files: Record<string, Uint8Array>): Held {
  const found = WORKER_KINDS.find(({ id }) => id === entry.kind);
  if (!found) throw new Error(`there is no kind of model ${entry.kind}`);
  // It is given entries of its own, and models that it has loaded.
  const kind = found as unknown as WorkerKind;
  return { entry, kind, model: kind.load(entry, files) };
}

function free(id: string): void {
  models.get(id)?.model.free();
  models.delete(id);
}

export const modelHandlers: Handlers<'load' | 'unload'> = {
  load({ entry, files }) {
    free(entry.id);
    models.set(entry.id, load(entry, files));
    return null;
  },

  unload({ id }) {
    free(id);
    return null;
  },
};
