/** Checksums by which models of the visitor's own are known. */
import { ownId } from '../../engine/own.ts';
import type { FileEntry, ModelEntry } from '../../engine/protocol.ts';

const hex = (bytes: Uint8Array) =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** The SHA-256 of some bytes in lower-case hexadecimal digits, also where the page has no TLS and so no digests by the browser. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const { subtle } = globalThis.crypto as Partial<Crypto>;
  if (subtle) return hex(new Uint8Array(await subtle.digest('SHA-256', bytes.slice())));
  const { sha256: digest } = await import('@noble/hashes/sha2.js');
  return hex(digest(bytes));
}

/** JSON in which equal values are equal texts: keys in order. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null)
    return value === undefined ? 'null' : JSON.stringify(value);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`).join(',')}}`;
}

/** What of an entry decides about pixels and numbers, beside the bytes of its files. */
function settingsOf(entry: ModelEntry): object {
  const { id: _id, title: _title, dataset: _dataset, scores: _scores, ...rest } = entry;
  const { files: _files, provenance: _provenance, ...settings } = rest;
  return 'latents' in settings ? { ...settings, latents: settings.latents.count } : settings;
}

export interface Checksums {
  id: string;
  /** By role. */
  files: Record<string, FileEntry>;
}

/** The id of a model by its files and how they are read, and its files with what is to be checked. */
export async function checksums(
  entry: ModelEntry,
  bytes: Record<string, Uint8Array>,
): Promise<Checksums> {
  const digests = await Promise.all(
    Object.entries<FileEntry>(entry.files).map(async ([role, { path }]) => {
      const file = bytes[role] ?? new Uint8Array();
      return [role, { path, bytes: file.length, sha256: await sha256(file) }] as const;
    }),
  );
  const text = (value: unknown) => new TextEncoder().encode(canonical(value));
  const files = await sha256(text(digests.map(([role, file]) => [role, file.sha256]).sort()));
  return {
    id: ownId(files, await sha256(text(settingsOf(entry)))),
    files: Object.fromEntries(digests),
  };
}
