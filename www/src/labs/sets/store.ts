/** Files kept in this browser between visits: in its private file system, or in a database where there is none. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';

/** Bytes by names that have no slash in them. */
export interface Files {
  /** null where there is none. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Replaces it. Rejects with a QuotaExceededError where there is no room. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
  names(): Promise<string[]>;
}

const isMissing = (error: unknown) =>
  error instanceof DOMException && error.name === 'NotFoundError';

/** The origin private file system. */
class PrivateFiles implements Files {
  constructor(private readonly folder: FileSystemDirectoryHandle) {}

  async read(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      const file = await (await this.folder.getFileHandle(name)).getFile();
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    const handle = await this.folder.getFileHandle(name, { create: true });
    // Until it is closed, the file is what it was.
    const stream = await handle.createWritable();
    await stream.write(new Uint8Array(bytes));
    await stream.close();
  }

  async remove(name: string): Promise<void> {
    await this.folder.removeEntry(name).catch((error) => {
      if (!isMissing(error)) throw error;
    });
  }

  async names(): Promise<string[]> {
    const names: string[] = [];
    for await (const name of this.folder.keys()) names.push(name);
    return names;
  }
}

interface Schema extends DBSchema {
  files: { key: string; value: Uint8Array<ArrayBuffer> };
}

class DatabaseFiles implements Files {
  constructor(private readonly database: IDBPDatabase<Schema>) {}

  async read(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
    return (await this.database.get('files', name)) ?? null;
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.database.put('files', new Uint8Array(bytes), name);
  }

  async remove(name: string): Promise<void> {
    await this.database.delete('files', name);
  }

  async names(): Promise<string[]> {
    return this.database.getAllKeys('files');
  }
}

/** Some browsers have the file system, but write to it in workers alone. */
const canWrite = () =>
  typeof FileSystemFileHandle === 'function' && 'createWritable' in FileSystemFileHandle.prototype;

async function privateFiles(name: string): Promise<Files | null> {
  const { storage } = navigator as Partial<Navigator>;
  if (!canWrite() || typeof storage?.getDirectory !== 'function') return null;
  try {
    const root = await storage.getDirectory();
    return new PrivateFiles(await root.getDirectoryHandle(name, { create: true }));
  } catch {
    // In a private window.
    return null;
  }
}

/** Nothing is kept. */
class PassingFiles implements Files {
  #files = new Map<string, Uint8Array<ArrayBuffer>>();

  read = async (name: string) => this.#files.get(name) ?? null;
  write = async (name: string, bytes: Uint8Array) =>
    void this.#files.set(name, new Uint8Array(bytes));
  remove = async (name: string) => void this.#files.delete(name);
  names = async () => [...this.#files.keys()];
}

/** `path` tells apart sites that share an origin; null where nothing is kept. */
export async function openFiles(path: string | null): Promise<Files> {
  if (path === null) return new PassingFiles();
  const found = await privateFiles(`elbo-room sets ${encodeURIComponent(path)}`);
  if (found) return found;
  const database = await openDB<Schema>(`elbo-room sets ${path}`, 1, {
    upgrade: (created) => void created.createObjectStore('files'),
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
  return new DatabaseFiles(database);
}
