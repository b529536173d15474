import { untrack } from 'svelte';
import type { Engine } from '../../engine/engine.svelte.ts';
import type { HvaeEntry } from '../../../engine/protocol.ts';
import { randomSeed } from '../../../engine/seed.ts';
import type { Page } from '../../page.svelte.ts';
import type { KeyedImage } from '../../scoring/displayed.ts';

/** Pictures side by side: what they share is what the held layers decide. */
const VARIANTS = 8;
const SEED_LIMIT = 2 ** 32;

/** Generation from the hierarchy with each layer held or drawn anew, and reconstruction from its upper layers alone. */
export class Hierarchy {
  generated = $state.raw<Uint8Array[]>([]);
  reconstructed = $state.raw<Uint8Array[]>([]);

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    readonly entry: HvaeEntry,
    private readonly picture: () => KeyedImage | null,
  ) {
    $effect(() => {
      if (page.state.lab === 'elbo') this.#generate();
    });
    $effect(() => {
      if (page.state.lab === 'elbo') this.#reconstruct();
    });
  }

  get #state() {
    return this.page.state.elbo;
  }

  /** Seeds of the layers, top first. */
  get seeds(): number[] {
    return this.entry.layers.map((_, l) => this.#state.layers[l] ?? l + 1);
  }

  get held(): boolean[] {
    return this.entry.layers.map((_, l) => this.#state.held[l] ?? l === 0);
  }

  get level(): number {
    return Math.min(this.#state.level, this.entry.layers.length);
  }

  set level(level: number) {
    this.#state.level = level;
  }

  hold(layer: number, held: boolean): void {
    this.#state.held = this.held.with(layer, held);
  }

  /** Other noise for one layer, in all pictures. */
  resample(layer: number): void {
    this.#state.layers = this.seeds.with(layer, randomSeed());
  }

  /** The first picture has the seeds themselves; in the others, each layer that is not held has one of its own. */
  #variants(): number[][] {
    return Array.from({ length: VARIANTS }, (_, i) =>
      this.seeds.map((seed, l) => (this.held[l] ? seed : (seed + i) % SEED_LIMIT)),
    );
  }

  #generate(): void {
    const seeds = this.#variants();
    this.#ask('generate', (client) =>
      client.call('generate', { model: this.entry.id, seeds }),
    ).then((pictures) => (this.generated = pictures), this.engine.report);
  }

  #reconstruct(): void {
    const picture = this.picture();
    if (!picture) return;
    const seeds = Array.from({ length: VARIANTS }, (_, i) => (this.#state.seed + i) % SEED_LIMIT);
    const call = { model: this.entry.id, image: picture.levels, layers: this.level, seeds };
    this.#ask('reconstruct', (client) => client.call('reconstruct', call)).then(
      (pictures) => (this.reconstructed = pictures),
      this.engine.report,
    );
  }

  #ask(
    queue: string,
    call: (client: Engine['decoder']['client']) => Promise<Uint8Array[]>,
  ): Promise<Uint8Array[]> {
    const { decoder } = this.engine;
    // A new worker has to load the model anew.
    void decoder.generation;
    return untrack(async () => {
      await decoder.ensureModel(this.engine.files.of(this.entry.id));
      return decoder.queue(queue).submit(() => call(decoder.client));
    });
  }
}
