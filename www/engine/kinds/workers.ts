/** The kinds of models that workers load. */
import { ddpm } from './ddpm/worker.ts';
import { hvae } from './hvae/worker.ts';
import { vae } from './vae/worker.ts';

export const WORKER_KINDS = [vae, hvae, ddpm] as const;
