import { untrack } from 'svelte';
import { Bitmap } from '../../drawing/pixels.ts';
import {
  Drawing,
  MOST_POINTS,
  pointCount,
  simplify,
  type Stroke,
  toShares,
} from '../../drawing/strokes.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import {
  dimensionsOf,
  formatKey,
  formatOf,
  isSameShape,
  MNIST_SHAPE,
} from '../../../engine/facts.ts';
import type { Calls } from '../../../engine/calls.ts';
import type { Format, ImageShape, ModelEntry, Pixels } from '../../../engine/protocol.ts';
import type { Edits } from '../../edits/edits.svelte.ts';
import type { Page } from '../../page.svelte.ts';
import type { KeyedImage } from '../../scoring/displayed.ts';
import { type Example, Examples } from './examples.svelte.ts';
import { ImageFiles, type Read } from './image-files.svelte.ts';
import { KeptImages, ImageStore } from './kept-images.svelte.ts';
import { Placement, type Placing } from './placement.svelte.ts';
import { type ImageSource, keyOf } from './source.ts';
import { Waiting } from './waiting.svelte.ts';

/** A picture as pixels, or as strokes. */
interface Content {
  image?: Pixels;
  strokes?: readonly Stroke[];
}

/** Numbers in a stroke under way before it is made simple: a fast pen tells far more places than a drawing needs. */
const LONGEST_LIVE = 512;
/** What the first models of the page want; before the manifest is there. */
const STANDARD: Format = { shape: MNIST_SHAPE, digit: true };

/** The picture of the ELBO lab, which the denoise lab shares: drawn, taken from the examples, uploaded, or sent from another lab. */
export class ImageInput {
  /** The stroke that the pen is drawing. */
  live = $state.raw<Stroke | null>(null);
  /** The address named a picture that is not in this browser. */
  lost = $state(false);
  /** Lets a file be chosen; set by the card on display. */
  pick = $state.raw<(() => void) | null>(null);
  /** How pixels stand among MNIST's digits. */
  readonly placement: Placement;
  readonly files: ImageFiles;
  /** Files that came together with the last one. */
  readonly waiting = new Waiting((file) => void this.files.upload(file));
  readonly #examples: Examples;
  readonly #kept: KeptImages;
  /** The picture as each format wants it, and which source it was made of; a live stroke has no name yet. */
  #made = $state.raw<ReadonlyMap<string, { key: string; picture: Pixels }>>(new Map());
  /** The format that was chosen by hand. */
  #chosen = $state('');
  /** The source that the image input itself set last: another one has come by the address, or by the history. */
  #own = '';
  #content = $derived.by(() => this.contentOf(this.source));
  #strokes = $derived.by(() => this.#content?.strokes ?? []);
  #pixels = $derived.by(() => this.#content?.image ?? null);
  #formats = $derived.by((): Format[] => {
    const models = this.engine.manifest?.models ?? [];
    const { state } = this.page;
    const decoder = this.engine.entry('decoder', state.decoder);
    const sampler = this.engine.entry('sampler', state.sampler);
    const first = state.lab === 'denoise' ? (sampler ?? decoder) : (decoder ?? sampler);
    const all = [...(first ? [first] : []), ...models].map(formatOf);
    const distinct = new Map(all.map((format) => [formatKey(format), format]));
    return distinct.size > 0 ? [...distinct.values()] : [STANDARD];
  });
  #format = $derived.by((): Format => {
    const chosen = this.#formats.find((format) => formatKey(format) === this.#chosen);
    const own = this.#pixels?.shape;
    const same = own && this.#formats.find(({ shape }) => isSameShape(shape, own));
    return chosen ?? same ?? this.#formats[0] ?? STANDARD;
  });

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    kept = new KeptImages(page.host.keeps === null ? null : new ImageStore(page.host.keeps)),
  ) {
    this.#kept = kept;
    this.placement = new Placement(engine, () => this.source);
    this.files = new ImageFiles({
      format: () => this.#format,
      key: () => keyOf(this.source),
      read: (of, format, whole) => engine.decoder.client.call('read', { of, format, whole }),
      show: (reading, { shape }) => this.#takeReading(reading, shape),
      begin: () => this.#supersede(),
    });
    this.#examples = new Examples(engine, () => this.#checkName());
    if (engine.missing.length > 0) return;
    this.#own = keyOf(this.source);
    $effect(() => {
      if (keyOf(this.source) !== this.#own) untrack(() => this.#follow());
    });
    $effect(() => {
      const { source } = this;
      if ('kept' in source && this.#kept.find(source.kept) === null) untrack(() => this.#lose());
    });
    $effect(() => {
      if (this.wanted) this.#examples.load(this.#format);
    });
    $effect(() => {
      if (this.wanted) this.#render();
    });
    $effect(() => {
      const pixels = this.#pixels;
      const isDigit = this.#format.digit && pixels && isSameShape(pixels.shape, MNIST_SHAPE);
      if (this.wanted && isDigit) this.placement.compare(pixels);
    });
  }

  /** The ELBO lab scores the picture; the denoise lab may start from it. */
  get wanted(): boolean {
    const { lab, denoise } = this.page.state;
    return lab === 'elbo' || (lab === 'denoise' && denoise.from !== null);
  }

  /** The history of the page, in which each stroke is an entry. */
  get edits(): Edits {
    return this.page.edits;
  }

  get source(): ImageSource {
    return this.page.state.elbo.image;
  }

  get examples(): readonly Example[] {
    return this.#examples.list;
  }

  get example(): Example | undefined {
    return this.#exampleOf(this.source);
  }

  #exampleOf(source: ImageSource): Example | undefined {
    if (!('example' in source)) return undefined;
    return this.examples.find(({ name }) => name === source.example) ?? this.examples[0];
  }

  /** What a source stands for; undefined while it is being looked for, null where it is not in this browser. */
  contentOf(source: ImageSource): Content | null | undefined {
    if ('kept' in source) {
      const image = this.#kept.find(source.kept);
      return image && { image };
    }
    if ('pixels' in source) return { image: source.pixels };
    if ('strokes' in source) return source.strokes;
    return this.#exampleOf(source);
  }

  /** Levels of a picture in a format. */
  async levelsOf({ image, strokes = [] }: Content, format: Format, queue: string) {
    const { shape } = format;
    if (image && isSameShape(image.shape, shape)) return image.levels;
    if (!image && strokes.length === 0) return new Uint8Array(dimensionsOf(shape));
    const of = image ? { image } : { strokes: toShares(strokes) };
    return this.engine.decoder
      .queue(`${queue} ${formatKey(format)}`)
      .submit(() => this.#prepare(of, format));
  }

  /** Finished strokes; none where the picture came as pixels. */
  get strokes(): readonly Stroke[] {
    return this.#strokes;
  }

  /** What the models of the site want, each format once: first what the lab's own model wants. */
  get formats(): readonly Format[] {
    return this.#formats;
  }

  /** The format on display, in which files are taken. */
  get format(): Format {
    return this.#format;
  }

  set format(format: Format) {
    this.#chosen = formatKey(format);
  }

  /** What is on display. */
  get shown(): Pixels | null {
    return this.#made.get(formatKey(this.#format))?.picture ?? null;
  }

  /** What is on display, as a model wants it. */
  shownFor(entry: Pick<ModelEntry, 'image' | 'dataset'>): Pixels | null {
    return this.#made.get(formatKey(formatOf(entry)))?.picture ?? null;
  }

  /** Whether nothing is drawn, nor being drawn. */
  get empty(): boolean {
    return 'strokes' in this.source && this.strokes.length === 0 && !this.live;
  }

  /** Whether the address can carry no further point. */
  get full(): boolean {
    return pointCount(this.strokes) + (this.live?.length ?? 0) / 2 >= MOST_POINTS;
  }

  /** Whether the picture came as pixels. */
  get isPixels(): boolean {
    return 'pixels' in this.source || 'kept' in this.source;
  }

  /** Where a picture is that is larger than an address can carry; null for others. */
  get keeping(): 'browser' | 'page' | null {
    const { source } = this;
    if (!('kept' in source)) return null;
    return this.#kept.isKept(source.kept) ? 'browser' : 'page';
  }

  /** What is on display, for being scored. */
  get picture(): KeyedImage | null {
    return this.#imageAs(this.#format);
  }

  /** The picture as a model wants it. */
  imageFor(entry: Pick<ModelEntry, 'image' | 'dataset'>): KeyedImage | null {
    return this.#imageAs(formatOf(entry));
  }

  /** The picture in all its formats, by their keys. */
  get pictures(): ReadonlyMap<string, KeyedImage> {
    const found = this.#formats.flatMap((format) => {
      const picture = this.#imageAs(format);
      return picture ? [[formatKey(format), picture] as const] : [];
    });
    return new Map(found);
  }

  /** The shape that the picture had before it was resampled for a model; null where it was made for it. */
  foreignShape({ image }: Pick<ModelEntry, 'image'>): ImageShape | null {
    const shape = this.#pixels?.shape;
    return shape && !isSameShape(shape, image) ? shape : null;
  }

  /** Pictures are scored when the pen is up. */
  #imageAs(format: Format): KeyedImage | null {
    const made = this.#made.get(formatKey(format));
    if (this.live || made?.key !== keyOf(this.source)) return null;
    return made.picture.levels.some((level) => level > 0)
      ? { key: `elbo ${made.key}`, ...made.picture }
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
    if (live) this.#change({ strokes: new Drawing([...strokes, simplify(live)]) });
  }

  clear(): void {
    this.#change({ strokes: new Drawing([]) });
  }

  choose(example: Example): void {
    this.#change({ example: example.name });
  }

  take({ levels, shape }: Pixels): void {
    this.#chosen = '';
    this.#change(this.#sourceOf({ levels, shape }));
  }

  #sourceOf(picture: Pixels): ImageSource {
    const pixels = new Bitmap(picture);
    return pixels.fits ? { pixels } : { kept: this.#kept.add(picture) };
  }

  /** The address names a picture that is not in this browser. */
  #lose(): void {
    this.#set({ example: '' });
    this.lost = true;
  }

  /** Shows the picture as it came, or placed as MNIST's digits are. */
  place(way: Placing): void {
    const source = this.placement.placed(way);
    if (source) this.#change(source);
  }

  /** Shows what a file was read as, and returns the names of all that it can be shown as. */
  #takeReading({ levels, kept }: Read, shape: ImageShape): readonly string[] {
    if (!levels) return [];
    const centred = this.#sourceOf({ levels, shape });
    const other = kept && this.#sourceOf({ levels: kept, shape });
    if (other) this.placement.pair(other, centred);
    this.#chosen = '';
    this.#change(centred);
    return [centred, ...(other ? [other] : [])].map(keyOf);
  }

  #prepare(of: Calls['prepare']['params']['of'], format: Format): Promise<Uint8Array> {
    return this.engine.decoder.client.call('prepare', { of, format });
  }

  /** Whatever is under way is not waited for any more. */
  #supersede(): void {
    this.files.supersede();
    this.lost = false;
  }

  #change(source: ImageSource): void {
    this.#supersede();
    this.live = null;
    if (keyOf(source) !== keyOf(this.source)) this.#set(source);
  }

  #set(source: ImageSource): void {
    this.#own = keyOf(source);
    this.page.state.elbo.image = source;
  }

  /** Another picture has come by an address, or by the history. */
  #follow(): void {
    this.#supersede();
    this.live = null;
    this.#own = keyOf(this.source);
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
    // A new worker renders what its predecessor may have left undone.
    void engine.decoder.generation;
    if (!live && 'example' in source && !this.example) return;
    if (!live && 'kept' in source && !this.#pixels) return;
    const content = live ? { strokes: [...strokes, live] } : (this.#content ?? { strokes });
    // While the pen draws, only what is on display.
    for (const format of live ? [this.#format] : this.#formats)
      untrack(() => void this.#make(key, content, format).catch(engine.report));
  }

  async #make(key: string, content: Content, format: Format): Promise<void> {
    const levels = await this.levelsOf(content, format, 'prepare');
    // What was asked for later has been shown already.
    if (key !== (this.live ? '' : keyOf(this.source))) return;
    const picture = { levels, shape: format.shape };
    this.#made = new Map(this.#made).set(formatKey(format), { key, picture });
  }
}
