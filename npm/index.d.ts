import type { Engine, EngineOptions, Paint } from './api.js';

export type * from './api.js';
/** What goes in and comes out; their values are those of `elbo-room/wasm`. */
export type * from './wasm/elbo_room.js';
// Both modules have these names: here they are models and chains in workers.
export type { Ddpm, Hvae, Sampler, Vae } from './api.js';

/**
 * Workers with the crate in them: of the browser, or threads of Node.js. Rejects with a LoadError if the WebAssembly cannot be read, with
 * a CompileError if it is none, with a RangeError for a number of workers that is not a whole one from 1 on.
 */
export function openEngine(options?: EngineOptions): Promise<Engine>;

/** Paints pictures on a canvas and sizes it to them. Throws a RangeError for levels that are not a whole number of pictures. */
export const paint: Paint;

/** A fresh random seed, an integer from 0 to 2^32 - 1. */
export function randomSeed(): number;

/** An error of the crate: its `name` says which (ValueError, ShapeError, ModelError …), its `cause` why. */
export class CallError extends Error {}

/** Too many workers were lost, or the engine was closed. */
export class WorkerLostError extends Error {}
