/** Models of the visitor's own, kept in this browser between visits. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { ModelEntry } from '../../engine/protocol.ts';

export interface KeptModel {
  entry: ModelEntry;
  /** When it was opened, in milliseconds since 1970. */
  added: number;
}

interface Schema extends DBSchema {
  models: { key: string; value: KeptModel };
  files: { key: [id: string, role: string]; value: Uint8Array<ArrayBuffer> };
}

const VERSION = 1;

async function open(path: string): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(`elbo-room models ${path}`, VERSION, {
    upgrade(database) {
      database.createObjectStore('models', { keyPath: 'entry.id' });
      database.createObjectStore('files');
    },
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  });
}

export class ModelStore {
  readonly #database: Promise<IDBPDatabase<Schema>>;

  /** `path` tells apart sites that share an origin. */
  constructor(path: string) {
    this.#database = open(path);
    // Whoever asks for something hears of it.
    this.#database.catch(() => undefined);
  }

  /** All models, the oldest first. */
  async list(): Promise<KeptModel[]> {
    const models = await (await this.#database).getAll('models');
    return models.sort((a, b) => a.added - b.added);
  }

  async files(id: string): Promise<Record<string, Uint8Array>> {
    const transaction = (await this.#database).transaction('files');
    const range = IDBKeyRange.bound([id], [id, []]);
    const [keys, values] = await Promise.all([
      transaction.store.getAllKeys(range),
      transaction.store.getAll(range),
    ]);
    return Object.fromEntries(keys.map(([, role], i) => [role, values[i] as Uint8Array]));
  }

  /** Keeps a model with its files, or neither. Rejects with a QuotaExceededError where there is no room. */
  async put(model: KeptModel, files: Record<string, Uint8Array>): Promise<void> {
    const transaction = (await this.#database).transaction(['models', 'files'], 'readwrite');
    const { id } = model.entry;
    await Promise.all([
      transaction.objectStore('models').put(model),
      ...Object.entries(files).map(([role, bytes]) =>
        // A copy: the bytes may be shared with workers, which a database cannot keep.
        transaction.objectStore('files').put(new Uint8Array(bytes), [id, role]),
      ),
      transaction.done,
    ]);
  }

  /** Keeps another entry for files that are there. */
  async update(model: KeptModel): Promise<void> {
    await (await this.#database).put('models', model);
  }

  async remove(id: string): Promise<void> {
    const transaction = (await this.#database).transaction(['models', 'files'], 'readwrite');
    await Promise.all([
      transaction.objectStore('models').delete(id),
      transaction.objectStore('files').delete(IDBKeyRange.bound([id], [id, []])),
      transaction.done,
    ]);
  }
}
