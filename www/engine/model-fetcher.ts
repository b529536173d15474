import { fetchBytes, type FetchOptions } from './loader.ts';
import type { FileEntry, ModelEntry } from './protocol.ts';
import { FileStore, isFile } from './store.ts';

/**
 * The files of models: from the store if they are there, else from the site, else from the site past the browser's own
 * cache, which may hold the file of an older manifest.
 */
export class ModelFetcher {
  constructor(
    private readonly base: URL,
    private readonly store = new FileStore(base),
  ) {}

  /** The files of a model by their roles, all or those that `wanted` selects. */
  async model(
    entry: ModelEntry,
    options: FetchOptions,
    wanted = (_role: string) => true,
  ): Promise<Record<string, Uint8Array>> {
    const chosen = Object.entries<FileEntry>(entry.files).filter(([role]) => wanted(role));
    const files = chosen.map(
      async ([role, file]) => [role, await this.#fetch(file, options)] as const,
    );
    return Object.fromEntries(await Promise.all(files));
  }

  /** Deletes the files that no model of the list has. */
  prune(models: readonly ModelEntry[]): Promise<void> {
    return this.store.prune(models.flatMap(({ files }) => Object.values<FileEntry>(files)));
  }

  async #fetch(file: FileEntry, options: FetchOptions): Promise<Uint8Array> {
    const kept = options.fresh ? null : await this.store.take(file);
    if (kept) {
      options.onBytes?.(kept.length);
      return share(kept);
    }
    const url = new URL(file.path, this.base);
    // The list is fetched by before the crate has checked it.
    if (!url.href.startsWith(this.base.href))
      throw new Error(`${file.path} does not lie in the folder of the models`);
    let bytes = await fetchBytes(url, options);
    let right = await isFile(file, bytes);
    if (right === false && !options.fresh) {
      options.onBytes?.(-bytes.length);
      bytes = await fetchBytes(url, { ...options, fresh: true });
      right = await isFile(file, bytes);
    }
    // The crate refuses a file that is still wrong, and says why.
    if (right) void this.store.put(file, bytes);
    return share(bytes);
  }
}

/** Where the page may share memory with its workers, they get the bytes without a copy. */
function share(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  if (!globalThis.crossOriginIsolated || typeof SharedArrayBuffer !== 'function') return bytes;
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  return shared;
}
