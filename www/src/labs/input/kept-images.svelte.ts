/** Pictures that no address can carry: kept in this browser, and named in the address by their checksum. */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { isSameShape } from '../../../engine/facts.ts';
import type { Pixels } from '../../../engine/protocol.ts';

/** As many are kept: one has three megabytes at most. */
const MOST_KEPT = 16;

interface KeptPicture extends Pixels {
  id: string;
  /** When it was shown last, in milliseconds since 1970. */
  used: number;
}

interface Schema extends DBSchema {
  pictures: { key: string; value: KeptPicture; indexes: { used: number } };
}

const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0');

/** A checksum of 64 bits: two multiplicative hashes of the picture's size and levels. Tells pictures apart, and keeps no secrets. */
export function checksumOf({ levels, shape }: Pixels): string {
  let [a, b] = [0x243f6a88, 0x13198a2e];
  const mix = (byte: number) => {
    a = Math.imul(a ^ byte, 0x9e3779b1);
    b = Math.imul(b ^ byte, 0x5f356495);
    a ^= a >>> 15;
    b ^= b >>> 13;
  };
  for (const side of [shape.height, shape.width, shape.channels]) {
    mix(side & 255);
    mix(side >> 8);
  }
  for (const level of levels) mix(level);
  return (
    hex(a ^ Math.imul(b ^ (b >>> 16), 0x85ebca6b)) + hex(b ^ Math.imul(a ^ (a >>> 16), 0xc2b2ae35))
  );
}

export class ImageStore {
  #database: Promise<IDBPDatabase<Schema>> | undefined;

  /** `path` tells apart sites that share an origin. */
  constructor(private readonly path: string) {}

  async #open(): Promise<IDBPDatabase<Schema>> {
    this.#database ??= openDB<Schema>(`elbo-room pictures ${this.path}`, 1, {
      upgrade(database) {
        const pictures = database.createObjectStore('pictures', { keyPath: 'id' });
        pictures.createIndex('used', 'used');
      },
      blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
    });
    return this.#database;
  }

  async get(id: string): Promise<Pixels | null> {
    const database = await this.#open();
    const found = await database.get('pictures', id);
    if (!found) return null;
    const { levels, shape } = found;
    // What was damaged is not there.
    if (checksumOf(found) !== id) return null;
    await database.put('pictures', { ...found, used: Date.now() });
    return { levels, shape };
  }

  /** Keeps a picture, in the place of the one that was not shown for the longest time. */
  async put(id: string, { levels, shape }: Pixels): Promise<void> {
    const transaction = (await this.#open()).transaction('pictures', 'readwrite');
    await transaction.store.put({ id, levels: new Uint8Array(levels), shape, used: Date.now() });
    const oldest = await transaction.store.index('used').getAllKeys();
    for (const old of oldest.slice(0, Math.max(0, oldest.length - MOST_KEPT)))
      await transaction.store.delete(old);
    await transaction.done;
  }
}

/** The pictures of this visit, and those of earlier ones once they are asked for. */
export class KeptImages {
  /** By checksum; null where it is not in this browser. */
  #found = $state.raw<ReadonlyMap<string, Pixels | null>>(new Map());
  #asked = new Set<string>();
  /** Those that could not be kept: they are gone when the page closes. */
  #unkept = $state.raw<ReadonlySet<string>>(new Set());

  /** Without a store, pictures last as long as the page. */
  constructor(private readonly store: Pick<ImageStore, 'get' | 'put'> | null) {}

  /** Takes a picture, and gives its checksum. */
  add({ levels, shape }: Pixels): string {
    const id = checksumOf({ levels, shape });
    const known = this.#found.get(id);
    if (known && isSameShape(known.shape, shape)) return id;
    this.#asked.add(id);
    this.#found = new Map(this.#found).set(id, { levels, shape });
    const lose = () => void (this.#unkept = new Set(this.#unkept).add(id));
    if (this.store) this.store.put(id, { levels, shape }).catch(lose);
    else lose();
    return id;
  }

  /** undefined while it is being looked for, null where it is not in this browser. Asks for it. */
  find(id: string): Pixels | null | undefined {
    if (!this.#asked.has(id)) {
      this.#asked.add(id);
      const settle = (picture: Pixels | null) => {
        this.#found = new Map(this.#found).set(id, picture);
      };
      (this.store?.get(id) ?? Promise.resolve(null)).then(settle, () => settle(null));
    }
    return this.#found.get(id);
  }

  /** Whether a picture outlives the page. */
  isKept(id: string): boolean {
    return !this.#unkept.has(id);
  }
}
