import { untrack } from 'svelte';
import { parsePixels, PIXELS, printPixels } from '../../drawing/pixels.ts';
import {
  fromShares,
  MOST_POINTS,
  parseStrokes,
  pointCount,
  printStrokes,
  simplify,
  type Stroke,
  toShares,
} from '../../drawing/strokes.ts';
import { readImage } from '../../drawing/upload.ts';
import { asError } from '../../engine/client.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import type { ExampleDrawing } from '../../engine/protocol.ts';
import type { Page } from '../../page.svelte.ts';
import type { ImageSource } from '../../state.ts';
import type { Picture } from '../scoring.svelte.ts';

/** An example with its picture for the thumbnail. */
export interface Example extends Omit<ExampleDrawing, 'strokes'> {
  strokes: Stroke[];
  levels: Uint8Array;
}

/** Numbers in a stroke under way before it is made simple: a fast pen tells far more places than a drawing needs. */
const LONGEST_LIVE = 512;

const keyOf = (source: ImageSource) => JSON.stringify(source);

/** The picture of the ELBO lab, which the denoise lab shares: drawn, taken from the examples, uploaded, or sent from another lab. */
export class PictureDesk {
  examples = $state.raw<Example[]>([]);
  /** The stroke that the pen is drawing. */
  live = $state.raw<Stroke | null>(null);
  /** What is on display, and which source it was made of; a live stroke has no name yet. */
  shown = $state.raw<{ key: string; levels: Uint8Array } | null>(null);
  /** Why the last file could not be taken. */
  error = $state.raw<Error | null>(null);
  /** A file is being decoded. */
  busy = $state(false);
  #past = $state.raw<ImageSource[]>([]);
  /** The source that the desk itself set last: another one has come by the address. */
  #own = '';
  /** Counts what was done to the picture: a file that comes late finds that something else was. */
  #deeds = 0;
  #strokes = $derived.by(() => {
    const { source } = this;
    return ('strokes' in source ? parseStrokes(source.strokes) : this.example?.strokes) ?? [];
  });

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
  ) {
    if (engine.missing.length > 0) return;
    this.#own = keyOf(this.source);
    $effect(() => {
      if (keyOf(this.source) !== this.#own) untrack(() => this.#follow());
    });
    $effect(() => {
      if (this.#wanted && this.examples.length === 0) void this.#loadExamples();
    });
    $effect(() => {
      if (this.#wanted) this.#render();
    });
  }

  /** The ELBO lab scores the picture; the denoise lab may start from it. */
  get #wanted(): boolean {
    const { lab, denoise } = this.page.state;
    return lab === 'elbo' || (lab === 'denoise' && denoise.from !== null);
  }

  get source(): ImageSource {
    return this.page.state.elbo.image;
  }

  get example(): Example | undefined {
    const { source } = this;
    if (!('example' in source)) return undefined;
    return this.examples.find(({ name }) => name === source.example) ?? this.examples[0];
  }

  /** Finished strokes; none where the picture came as pixels. */
  get strokes(): Stroke[] {
    return this.#strokes;
  }

  /** Whether the address can carry no further point. */
  get full(): boolean {
    return pointCount(this.strokes) + (this.live?.length ?? 0) / 2 >= MOST_POINTS;
  }

  get canUndo(): boolean {
    return this.#past.length > 0 || this.strokes.length > 0;
  }

  /** Pictures are scored when the pen is up. */
  get picture(): Picture | null {
    if (this.live || this.shown?.key !== keyOf(this.source)) return null;
    return this.shown.levels.some((level) => level > 0)
      ? { key: `elbo ${this.shown.key}`, levels: this.shown.levels }
      : null;
  }

  /** The pen comes down on, or moves to, a place of the grid. */
  draw(places: readonly number[]): void {
    if (this.full) return;
    this.#supersede();
    const room = MOST_POINTS - pointCount(this.strokes) - (this.live?.length ?? 0) / 2;
    const grown = [...(this.live ?? []), ...places.slice(0, 2 * room)];
    this.live = grown.length > LONGEST_LIVE ? simplify(grown) : grown;
  }

  lift(): void {
    const { live, strokes } = this;
    this.live = null;
    if (live) this.#change({ strokes: printStrokes([...strokes, simplify(live)]) });
  }

  undo(): void {
    this.#supersede();
    this.live = null;
    const last = this.#past.at(-1);
    this.#past = this.#past.slice(0, -1);
    this.#set(last ?? { strokes: printStrokes(this.strokes.slice(0, -1)) });
  }

  clear(): void {
    this.#change({ strokes: '' });
  }

  choose(example: Example): void {
    this.#change({ example: example.name });
  }

  take(levels: Uint8Array): void {
    this.#change({ pixels: printPixels(levels) });
  }

  /** Takes a file, unless something else is done to the picture before it is decoded. */
  async upload(file: Blob): Promise<void> {
    this.#supersede();
    const deed = this.#deeds;
    this.busy = true;
    try {
      const image = await readImage(file);
      const levels = await this.engine.decoder.client.call('digitFromPixels', image);
      if (deed === this.#deeds) this.take(levels);
    } catch (error) {
      if (deed === this.#deeds) this.error = asError(error);
    }
    if (deed === this.#deeds) this.busy = false;
  }

  /** Whatever is under way is not waited for any more. */
  #supersede(): void {
    this.#deeds++;
    this.busy = false;
    this.error = null;
  }

  #change(source: ImageSource): void {
    this.#supersede();
    this.live = null;
    if (keyOf(source) === keyOf(this.source)) return;
    this.#past = [...this.#past, $state.snapshot(this.source)];
    this.#set(source);
  }

  #set(source: ImageSource): void {
    this.#own = keyOf(source);
    this.page.state.elbo.image = source;
  }

  /** Another address has another picture, and no past. */
  #follow(): void {
    this.#supersede();
    this.live = null;
    this.#past = [];
    this.#own = keyOf(this.source);
  }

  async #loadExamples(): Promise<void> {
    const { client } = this.engine.decoder;
    try {
      const drawings = await client.call('examples', null);
      this.examples = await Promise.all(
        drawings.map(async (drawing) => {
          const strokes = fromShares(drawing.strokes);
          const levels = await client.call('renderDigit', { strokes: toShares(strokes) });
          return { ...drawing, strokes, levels };
        }),
      );
      this.#checkName();
    } catch (error) {
      this.engine.report(error);
    }
  }

  /** An address can name an example that there is not. */
  #checkName(): void {
    const { source } = this;
    if (!('example' in source) || source.example === '' || this.example?.name === source.example)
      return;
    this.page.reject('image', `example:${source.example}`);
    this.#set({ example: '' });
  }

  #render(): void {
    const { source, live, strokes, engine } = this;
    const key = live ? '' : keyOf(source);
    const { decoder } = engine;
    // A new worker renders what its predecessor may have left undone.
    void decoder.generation;
    if (!live && 'pixels' in source) {
      const levels = parsePixels(source.pixels);
      if (levels) this.shown = { key, levels };
      return;
    }
    if (!live && 'example' in source) {
      if (this.example) this.shown = { key, levels: this.example.levels };
      return;
    }
    const drawing = toShares(live ? [...strokes, live] : strokes);
    if (drawing.length === 0) {
      this.shown = { key, levels: new Uint8Array(PIXELS) };
      return;
    }
    untrack(() =>
      decoder.lane('digit').submit(() => decoder.client.call('renderDigit', { strokes: drawing })),
    ).then((levels) => (this.shown = { key, levels }), engine.report);
  }
}
