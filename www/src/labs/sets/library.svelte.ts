import { asError } from '../../../engine/errors.ts';
import type { ImageShape } from '../../../engine/protocol.ts';
import { sha256 } from '../../models/digest.ts';
import type { OpenedSet } from './opening.ts';
import type { Files } from './store.ts';

/** A data set, but for its levels. */
export interface SetInfo {
  /** The beginning of the checksum of its levels and shape. */
  id: string;
  name: string;
  shape: ImageShape;
  count: number;
  reading: OpenedSet['reading'];
  /** SHA-256 of its levels. */
  sha256: string;
  /** When it was opened, in milliseconds since 1970. */
  added: number;
  labels: string[] | null;
}

export interface KeptSet extends SetInfo {
  /** False where there was no room for it: it is gone when the page closes. */
  kept: boolean;
}

const ID_LENGTH = 16;
const LONGEST_NAME = 80;
const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
const decode = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as unknown;

/** The data sets that the visitor has opened, now and on earlier visits, and what was computed of them. */
export class SetLibrary {
  sets = $state.raw<KeptSet[]>([]);
  /** Whether those of earlier visits have been looked for. */
  settled = $state(false);
  /** Why sets cannot be kept, or why the last one was not. */
  error = $state.raw<Error | null>(null);
  readonly ready: Promise<void>;
  #files: Promise<Files>;
  #levels = new Map<string, Promise<Uint8Array>>();

  constructor(files: Promise<Files>) {
    this.#files = files;
    files.catch(() => undefined);
    this.ready = this.#list();
  }

  find(id: string): KeptSet | undefined {
    return this.sets.find((set) => set.id === id);
  }

  /** 8-bit levels of all images, laid end to end. */
  levels({ id }: SetInfo): Promise<Uint8Array> {
    let levels = this.#levels.get(id);
    if (!levels) {
      levels = this.#read(`${id}.levels`).then((bytes) => {
        if (bytes) return bytes;
        throw new Error('the images of the data set are gone: open its files again');
      });
      this.#levels.set(id, levels);
      levels.catch(() => this.#levels.delete(id));
    }
    return levels;
  }

  /** Takes a set, and keeps it where there is room; one that is there already gets the labels that it lacks. */
  async add(opened: OpenedSet): Promise<KeptSet> {
    await this.ready;
    const { name, shape, count, reading, labels } = opened;
    const checksum = await sha256(opened.levels);
    const { channels, height, width } = shape;
    const own = await sha256(encode([checksum, channels, height, width]));
    const id = own.slice(0, ID_LENGTH);
    const known = this.find(id);
    const added = Date.now();
    const set: KeptSet = known
      ? { ...known, labels: labels ?? known.labels }
      : {
          id,
          name: this.#freeName(name),
          shape,
          count,
          reading,
          sha256: checksum,
          added,
          labels,
          kept: true,
        };
    this.#levels.set(id, Promise.resolve(opened.levels));
    this.error = null;
    try {
      const files = await this.#files;
      await files.write(`${id}.levels`, opened.levels);
      await this.#keep(set);
      set.kept = true;
    } catch (error) {
      set.kept = false;
      this.error = asError(error);
    }
    this.#put(set);
    return set;
  }

  async label(set: KeptSet, labels: string[]): Promise<void> {
    const labelled = { ...set, labels };
    this.#put(labelled);
    if (set.kept) await this.#keep(labelled);
  }

  /** Calls a set otherwise; a blank name changes nothing. */
  async rename(set: KeptSet, name: string): Promise<void> {
    const trimmed = name.trim().slice(0, LONGEST_NAME);
    if (trimmed === '' || trimmed === set.name) return;
    const renamed = { ...set, name: this.#freeName(trimmed) };
    this.#put(renamed);
    if (set.kept) await this.#keep(renamed);
  }

  /** Forgets a set and all that was computed of it. */
  async remove({ id }: SetInfo): Promise<void> {
    this.sets = this.sets.filter((set) => set.id !== id);
    this.#levels.delete(id);
    const files = await this.#files;
    const names = await files.names();
    // The description first: without it, the rest is not a set.
    const own = names.filter((name) => name.startsWith(`${id}.`));
    own.sort((a, b) => Number(b.endsWith('.json')) - Number(a.endsWith('.json')));
    for (const name of own) await files.remove(name);
  }

  /** Rows of scores that were kept, by the number of their block. */
  async rows(id: string, run: string): Promise<Map<number, Float64Array>> {
    const files = await this.#files;
    const prefix = `${id}.${run}.`;
    const rows = new Map<number, Float64Array>();
    for (const name of await files.names()) {
      if (!name.startsWith(prefix)) continue;
      const bytes = await files.read(name);
      const block = Number(name.slice(prefix.length));
      if (bytes && Number.isInteger(block) && bytes.length % 8 === 0)
        rows.set(block, new Float64Array(bytes.slice().buffer));
    }
    return rows;
  }

  async keepRows(id: string, run: string, block: number, rows: Float64Array): Promise<void> {
    if (!this.find(id)?.kept) return;
    const bytes = new Uint8Array(rows.slice().buffer);
    await (await this.#files).write(`${id}.${run}.${block}`, bytes);
  }

  async #list(): Promise<void> {
    try {
      const files = await this.#files;
      const names = await files.names();
      const found: KeptSet[] = [];
      for (const name of names.filter((one) => /^[0-9a-f]+\.json$/.test(one))) {
        const bytes = await files.read(name);
        // One that was cut short by a full disk is left out.
        try {
          if (bytes) found.push({ ...(decode(bytes) as SetInfo), kept: true });
        } catch {
          continue;
        }
      }
      this.sets = [...this.sets, ...found].sort((a, b) => b.added - a.added);
    } catch (error) {
      this.error = asError(error);
    }
    this.settled = true;
  }

  async #read(name: string): Promise<Uint8Array | null> {
    return (await this.#files).read(name);
  }

  async #keep({ kept: _kept, ...info }: KeptSet): Promise<void> {
    await (await this.#files).write(`${info.id}.json`, encode(info));
  }

  /** Files of different data sets often have the same names. */
  #freeName(name: string): string {
    const taken = new Set(this.sets.map((set) => set.name));
    let free = name;
    for (let count = 2; taken.has(free); count++) free = `${name} (${count})`;
    return free;
  }

  #put(set: KeptSet): void {
    const others = this.sets.filter(({ id }) => id !== set.id);
    this.sets = [...others, set].sort((a, b) => b.added - a.added);
  }
}
