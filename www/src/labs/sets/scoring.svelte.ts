import { asError } from '../../../engine/errors.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import type { JobState } from '../../../engine/job.ts';
import type { JobHandle } from '../../../engine/pool-services.ts';
import type { Jobs, JobTask } from '../../../engine/protocol.ts';
import type { SetInfo, SetLibrary } from './library.svelte.ts';

type SetTask = Extract<JobTask, { kind: 'set' }>;

/** What images are scored with: the same setup gives the same numbers. */
export interface Setup {
  /** A name that only equal setups share, without a dot or a slash. */
  key: string;
  model: string;
  columns: number;
  /** The seed of the order of the images. */
  order: number;
  options: Omit<SetTask['options'], 'shape' | 'images'>;
}

/** Images that go to the pool together. */
export const BLOCK = 128;
/** One is being computed while the next is ready, so that no worker waits for the last images of a block. */
const AHEAD = 2;
/** How often unfinished blocks are written. */
const KEEP_MS = 500;
/** How often what is on display follows. */
const SHOW_MS = 400;

interface Block {
  handle: JobHandle | null;
  /** Rows that are there, from the first of the block without a gap, and how many of them are kept. */
  rows: number;
  kept: number;
}

export type Status = 'idle' | 'running' | 'paused' | 'done' | 'failed';

/**
 * The scores of one data set under one setup, image after image in the set's order, kept as they come. A row belongs to a place in
 * that order; `order` says which image it is.
 */
export class SetScoring {
  status = $state<Status>('idle');
  error = $state.raw<Error | null>(null);
  /** Rows that are there; what is made of them looks at this. */
  done = $state(0);
  /** Whether earlier scores have been looked for. */
  loaded = $state(false);
  /** Images per second since it was last begun; null before there is enough to say. */
  rate = $state<number | null>(null);
  order: Uint32Array = new Uint32Array();
  rows: Float64Array = new Float64Array();
  #blocks: Block[] = [];
  #levels: Uint8Array | null = null;
  #wanted = 0;
  #begun = { at: 0, done: 0 };
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #keeper: ReturnType<typeof setTimeout> | undefined;
  #keeping: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    private readonly engine: Engine,
    private readonly library: SetLibrary,
    readonly set: SetInfo,
    readonly setup: Setup,
  ) {
    void this.#load();
  }

  has(place: number): boolean {
    const block = this.#blocks[Math.floor(place / BLOCK)];
    return block !== undefined && place % BLOCK < block.rows;
  }

  /** A number of the row at a place. */
  value(place: number, column: number): number {
    return this.rows[place * this.setup.columns + column] ?? NaN;
  }

  /** Rows among the first so many. */
  doneOf(count: number): number {
    let sum = 0;
    this.#blocks.forEach(({ rows }, i) => (sum += Math.max(0, Math.min(rows, count - i * BLOCK))));
    return sum;
  }

  /** Scores the first `count` images, as far as they are not. */
  start(count: number): void {
    if (!this.loaded || this.#closed) return;
    this.#wanted = Math.min(count, this.set.count);
    this.error = null;
    this.#begun = { at: performance.now(), done: this.#count };
    this.rate = null;
    this.status = 'running';
    for (const { handle } of this.#blocks) handle?.resume();
    void this.#advance();
  }

  /** Goes on after a pause or a failure. */
  resume(): void {
    if (this.status === 'paused' || this.status === 'failed') this.start(this.#wanted);
  }

  /** What has come of images under way is lost; whole rows stay. */
  pause(): void {
    if (this.status !== 'running') return;
    this.status = 'paused';
    for (const { handle } of this.#blocks) handle?.pause();
    void this.keep();
  }

  /** Ends it; all rows stay. */
  cancel(): void {
    for (const block of this.#blocks) this.#drop(block);
    if (this.status !== 'done') this.status = 'idle';
    void this.keep();
  }

  /** Nothing of it is on display any more. */
  close(): void {
    this.cancel();
    this.#closed = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#keeper);
  }

  /** Writes what is not kept yet. */
  keep(): Promise<void> {
    clearTimeout(this.#keeper);
    this.#keeper = undefined;
    this.#keeping = this.#keeping.then(async () => {
      for (const [i, block] of this.#blocks.entries()) {
        if (block.rows === block.kept) continue;
        const { rows } = block;
        const from = i * BLOCK * this.setup.columns;
        const part = this.rows.subarray(from, from + rows * this.setup.columns);
        try {
          await this.library.keepRows(this.set.id, this.setup.key, i, part);
          block.kept = rows;
        } catch (error) {
          this.library.error = asError(error);
          return;
        }
      }
    });
    return this.#keeping;
  }

  async #load(): Promise<void> {
    const { set, setup, engine, library } = this;
    try {
      const { client } = engine.decoder;
      const [order, kept] = await Promise.all([
        client.call('imageOrder', { seed: setup.order, images: set.count }),
        library.rows(set.id, setup.key).catch(() => null),
      ]);
      this.order = order;
      this.rows = new Float64Array(set.count * setup.columns).fill(NaN);
      this.#blocks = Array.from({ length: Math.ceil(set.count / BLOCK) }, (_, i) => {
        const found = kept?.get(i) ?? new Float64Array();
        const most = Math.min(BLOCK, set.count - i * BLOCK);
        const rows = Math.min(most, Math.floor(found.length / setup.columns));
        this.rows.set(found.subarray(0, rows * setup.columns), i * BLOCK * setup.columns);
        return { handle: null, rows, kept: rows };
      });
      this.#count = this.doneOf(set.count);
      this.done = this.#count;
      this.loaded = true;
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.error = asError(error);
    this.status = 'failed';
    for (const block of this.#blocks) block.handle?.pause();
    void this.keep();
  }

  /** Rows that a block is to have. */
  #due(i: number): number {
    return Math.max(0, Math.min(BLOCK, this.#wanted - i * BLOCK));
  }

  async #advance(): Promise<void> {
    try {
      this.#levels ??= await this.library.levels(this.set);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.status !== 'running') return;
    let open = this.#blocks.filter(({ handle }) => handle).length;
    for (const [i, block] of this.#blocks.entries()) {
      if (open >= AHEAD) break;
      if (block.handle || block.rows >= this.#due(i)) continue;
      block.handle = this.#submit(i, block);
      open++;
    }
    if (open === 0) {
      this.status = 'done';
      this.#show();
      void this.keep();
    }
  }

  #submit(i: number, block: Block): JobHandle {
    const { set, setup } = this;
    const first = i * BLOCK + block.rows;
    const images = [...this.order.subarray(first, i * BLOCK + this.#due(i))];
    const { channels, height, width } = set.shape;
    const size = channels * height * width;
    const levels = new Uint8Array(images.length * size);
    images.forEach((image, n) =>
      levels.set(this.#levels?.subarray(image * size, (image + 1) * size) ?? [], n * size),
    );
    const task: SetTask = {
      kind: 'set',
      model: setup.model,
      image: levels,
      options: { ...setup.options, shape: { channels, height, width }, images },
    };
    const before = block.rows;
    const onChange = (state: JobState) => this.#take(block, i, before, state);
    // The earlier block first; whatever else the pool has waits.
    return this.engine.pool.submit(task, { rank: i - this.#blocks.length, onChange });
  }

  #take(block: Block, i: number, before: number, state: JobState): void {
    if (this.#closed) return;
    if (state.status === 'failed') {
      this.#fail(state.error);
      return;
    }
    const { columns, rows } = (state.result ?? {
      columns: 0,
      rows: [],
    }) as Jobs['set']['result'];
    const known = block.rows - before;
    const found = columns > 0 ? rows.length / columns : 0;
    if (found > known) {
      const from = (i * BLOCK + before) * this.setup.columns;
      this.rows.set(rows, from);
      block.rows = before + found;
      this.#count += found - known;
      this.#timer ??= setTimeout(() => this.#show(), SHOW_MS);
      this.#keeper ??= setTimeout(() => void this.keep(), KEEP_MS);
    }
    if (state.status !== 'done') return;
    this.#drop(block);
    void this.#advance();
  }

  #drop(block: Block): void {
    block.handle?.drop();
    block.handle = null;
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.done = this.#count;
    const { at, done } = this.#begun;
    const seconds = (performance.now() - at) / 1000;
    const more = this.#count - done;
    if (this.status === 'running') this.rate = more > 0 && seconds > 0 ? more / seconds : null;
  }
}
