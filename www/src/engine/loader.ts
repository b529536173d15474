/** Fetching with progress by bytes. Verifying what came is the crate's task. */
import type { Catalog } from '../state.ts';
import type { Manifest, ModelEntry } from './protocol.ts';

export type LoadFailure = 'missing' | 'offline' | 'http';

export class LoadError extends Error {
  override name = 'LoadError';
  constructor(
    readonly failure: LoadFailure,
    readonly file: string,
    readonly status = 0,
  ) {
    super(`${file}: ${failure}${status ? ` (${status})` : ''}`);
  }
}

export interface FetchOptions {
  /** Called with the bytes that came since the last call. */
  onBytes?: (count: number) => void;
  /** Past the HTTP cache: for a retry after a file turned out to be corrupt. */
  fresh?: boolean;
}

export async function fetchBytes(url: URL, { onBytes, fresh = false }: FetchOptions = {}): Promise<Uint8Array> {
  const file = url.pathname.slice(url.pathname.lastIndexOf('/') + 1);
  try {
    const response = await fetch(url, { cache: fresh ? 'reload' : 'default' });
    if (!response.ok) throw new LoadError(response.status === 404 ? 'missing' : 'http', file, response.status);
    return await collect(response, onBytes);
  } catch (error) {
    if (error instanceof LoadError) throw error;
    throw new LoadError('offline', file);
  }
}

async function collect(response: Response, onBytes: FetchOptions['onBytes']): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const reader = response.body?.getReader();
  if (!reader) return new Uint8Array(await response.arrayBuffer());
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    onBytes?.(value.length);
  }
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

export const modelBytes = (entry: ModelEntry) => Object.values(entry.files).reduce((sum, file) => sum + file.bytes, 0);

/** All files of a model, by the names its manifest entry gives them. */
export async function fetchModel(base: URL, entry: ModelEntry, options: FetchOptions): Promise<Record<string, Uint8Array>> {
  const files = Object.entries(entry.files).map(
    async ([name, { path }]) => [name, await fetchBytes(new URL(path, base), options)] as const,
  );
  return Object.fromEntries(await Promise.all(files));
}

/** The entry a state asks for by id, else the first of its kind. */
export function chooseModel(manifest: Manifest, kind: ModelEntry['kind'], id: string): ModelEntry | undefined {
  const entries = manifest.models.filter((entry) => entry.kind === kind);
  return entries.find((entry) => entry.id === id) ?? entries[0];
}

/** What the page's state must fit to. */
export function catalogOf({ models }: Manifest): Catalog {
  return {
    vaes: models.flatMap((entry) => (entry.kind === 'vae' ? { id: entry.id, latents: entry.latents.count } : [])),
    ddpms: models.flatMap((entry) => (entry.kind === 'ddpm' ? { id: entry.id, classes: entry.classes.length } : [])),
  };
}
