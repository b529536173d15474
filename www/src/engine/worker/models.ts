/** The models that this worker holds. */
import { Ddpm, Hvae, Vae } from '../../../pkg/elbo_room.js';
import type { Handlers } from './task.ts';

const models = new Map<string, Vae | Hvae | Ddpm>();
/** Those of the labs: the first VAE, and the last diffusion model. */
let labVae: Vae | undefined;
let labDdpm: Ddpm | undefined;

export function need<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is not loaded in this worker`);
  return value;
}

export const modelOf = (id: string) => need(models.get(id), id);

/** A VAE by its id; the lab's without one. */
export function vae(id?: string): Vae {
  const model = id === undefined ? need(labVae, 'the VAE') : modelOf(id);
  if (model instanceof Vae) return model;
  throw new Error(`${id} is no VAE in this worker`);
}

export function hierarchy(id: string): Hvae {
  const model = modelOf(id);
  if (model instanceof Hvae) return model;
  throw new Error(`${id} is no hierarchical VAE in this worker`);
}

export const ddpm = (): Ddpm => need(labDdpm, 'the DDPM');

export const modelHandlers: Handlers<'load'> = {
  load({ entry, files }) {
    const old = models.get(entry.id);
    old?.free();
    models.delete(entry.id);
    if (entry.kind === 'vae') {
      const model = files['encoder'] ? Vae.load(entry, files) : Vae.loadDecoder(entry, files);
      models.set(entry.id, model);
      // The first is the lab's; those that come later are asked for by their name.
      if (!labVae || labVae === old) labVae = model;
    } else if (entry.kind === 'hvae') models.set(entry.id, Hvae.load(entry, files));
    else models.set(entry.id, (labDdpm = Ddpm.load(entry, files)));
    return null;
  },
};
