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

export const ownId = (files: string, settings: string) =>
  `own.${files.slice(0, 20)}.${settings.slice(0, 8)}`;

/** Whether an address names a model of the visitor's, whether it is there or not. */
export const isOwn = (wanted: string) => OWN.test(wanted);

/** The part of the id that all models of the same files share. */
export const filesOf = (wanted: string) => wanted.split('.').slice(0, 2).join('.');

/** The id by which the address names a model; what follows the checksums is its name, for people. */
export const idOf = (wanted: string): string => OWN.exec(wanted)?.[0] ?? wanted;

/** As an address names it: with the part of its name that an address can carry. */
export function addressOf({ id, title }: { id: string; title: string }): string {
  if (!isOwn(id)) return id;
  const name = title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 24)
    .replaceAll(/^-+|-+$/g, '');
  return name ? `${id}.${name}` : id;
}

/** The name that an address gives a model; empty where it gives none. */
export const nameIn = (wanted: string): string => wanted.slice(idOf(wanted).length + 1);
