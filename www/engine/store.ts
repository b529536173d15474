/**
 * Model files kept on the visitor's machine between visits, by the SHA-256 that the manifest names: a file that changes is
 * another file. Where a browser has no such cache (a page without TLS, some private windows) or no room, nothing is kept.
 */
import type { FileEntry } from './protocol.ts';

export function cacheStorage(): CacheStorage | undefined {
  try {
    return (globalThis as Partial<typeof globalThis>).caches;
  } catch {
    // A sandboxed frame may not even ask.
    return undefined;
  }
}

export class FileStore {
  readonly #cache: Promise<Cache | null>;

  /** `base` tells apart sites that share an origin; without `storage` nothing is kept. */
  constructor(
    private readonly base: URL,
    storage: CacheStorage | null = cacheStorage() ?? null,
  ) {
    this.#cache = Promise.resolve(storage?.open(`elbo-room ${base.pathname}`)).then(
      (cache) => cache ?? null,
      () => null,
    );
  }

  /** A copy of the file that is what the manifest says; what is not is thrown away. */
  async take(file: FileEntry): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      const cache = await this.#cache;
      const response = await cache?.match(this.#key(file));
      if (!cache || !response) return null;
      const bytes = new Uint8Array(await response.arrayBuffer());
      if ((await isFile(file, bytes)) === true) return bytes;
      await cache.delete(this.#key(file));
      return null;
    } catch {
      return null;
    }
  }

  /** Keeps a file that is what the manifest says. */
  async put(file: FileEntry, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    try {
      await (await this.#cache)?.put(this.#key(file), new Response(bytes));
    } catch {
      // There is no room for it; the next visit fetches it again.
    }
  }

  /** Throws away all but these files. */
  async prune(files: readonly FileEntry[]): Promise<void> {
    try {
      const cache = await this.#cache;
      if (!cache) return;
      const current = new Set(files.map((file) => this.#key(file)));
      const stale = (await cache.keys()).filter(({ url }) => !current.has(url));
      await Promise.all(stale.map((request) => cache.delete(request)));
    } catch {
      // What stays is only waste.
    }
  }

  #key({ path, sha256 }: FileEntry): string {
    const name = sha256 === undefined ? `by-path/${path}` : `by-sha256/${sha256}`;
    return new URL(name, this.base).href;
  }
}

/** Whether these are the file's bytes; null where the browser cannot tell (a page without TLS). */
export async function isFile(
  file: FileEntry,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<boolean | null> {
  if (file.bytes !== undefined && bytes.length !== file.bytes) return false;
  if (file.sha256 === undefined) return null;
  if (!(globalThis.crypto as Partial<Crypto>).subtle) return null;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') === file.sha256;
}
