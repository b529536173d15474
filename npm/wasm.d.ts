import type { Ddpm, Hvae, InitInput, Manifest, Vae } from './wasm/elbo_room.js';

export * from './wasm/elbo_room.js';
export { default } from './wasm/elbo_room.js';

/**
 * Starts the WebAssembly, once; everything else needs it. It is fetched from beside this module, or read from there in Node.js and
 * Deno. `module` stands in for it: an address, a response, bytes, or a compiled module. Rejects if it cannot be read, and may then
 * be called again.
 */
export function ready(module?: InitInput | Promise<InitInput>): Promise<void>;

/**
 * The models of a folder with a `manifest.json`: an address, relative to the page, or in Node.js and Deno a `file:` URL. Starts the
 * WebAssembly. Rejects with a TypeError if the manifest cannot be read, with a ManifestError if none of its entries can be used.
 */
export function openModels(folder: string | URL): Promise<Models>;

export interface Models {
  /** Entries that were left out stand in its `problems`. */
  readonly manifest: Manifest;
  /**
   * Reads the files of a model and loads it: a Vae, Hvae or Ddpm by the kind of its entry. Rejects with a RangeError if there is no
   * model of that name, with a TypeError if a file cannot be read, with a ChecksumError or a ModelError if it is not what the
   * manifest says. Call `free()` when it is no longer needed.
   */
  load<Model extends Vae | Hvae | Ddpm = Vae | Hvae | Ddpm>(id: string): Promise<Model>;
}
