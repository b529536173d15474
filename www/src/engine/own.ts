/** Models that the visitor has opened, beside those of the site. */
import type { ModelEntry } from './protocol.ts';

/** Where the engine finds them; the page keeps them. */
export interface OwnModels {
  /** Those that are there now; reactive. */
  readonly entries: readonly ModelEntry[];
  /** Settles when those of earlier visits are among them. */
  readonly ready: Promise<void>;
  files(id: string): Promise<Record<string, Uint8Array>>;
}

export const NO_MODELS: OwnModels = {
  entries: [],
  ready: Promise.resolve(),
  files: (id) => Promise.reject(new Error(`there is no model ${id}`)),
};

/** Checksums of the files and of how they are read. */
const OWN = /^own\.[0-9a-f]{20}\.[0-9a-f]{8}(?=$|\.)/;

/** Whether an address names a model of the visitor's, whether it is there or not. */
export const isOwn = (wanted: string) => OWN.test(wanted);

/** The id by which the address names a model; what follows the checksums is its name, for people. */
export const idOf = (wanted: string): string => OWN.exec(wanted)?.[0] ?? wanted;
