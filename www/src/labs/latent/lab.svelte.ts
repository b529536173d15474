import { untrack } from 'svelte';
import type { Engine, Obstacle } from '../../engine/engine.svelte.ts';
import { hasLatents, isSameShape } from '../../../engine/facts.ts';
import type { LatentPoint, LatentSource, Pixels, VaeEntry } from '../../../engine/protocol.ts';
import { randomSeed } from '../../../engine/seed.ts';
import { toLatentGrid } from '../../../engine/latent-grid.ts';
import { animate } from '../../motion.ts';
import { fitClass } from '../../models/classes.ts';
import { messages } from '../../messages/index.ts';
import type { Page } from '../../page.svelte.ts';
import type { Displayed, KeyedImage } from '../../scoring/displayed.ts';
import type { Offer } from '../module.ts';
import { labName } from '../names.ts';
import { MapLab } from './map/lab.svelte.ts';
import type { PathMode, Point, LatentPosition } from './settings.ts';

export const STRIP_FRAMES = 9;
/** From A to B and back. */
export const ROUND_TRIP_SECONDS = 6;

export type End = 'a' | 'b';

/** Decodes points for pictures that leave the page. */
export type Decode = (sources: LatentSource[]) => Promise<Pixels>;

/** What the latent lab shows and does; its state is the page's, its pictures come from the decoder. */
export class LatentLab {
  /** The point on display and its picture. */
  shown = $state.raw<({ z: number[]; by: string } & Pixels) | null>(null);
  playing = $state(false);
  /** Where the path's slider stands while the picture is not on the path. */
  #parked = $state(0);
  /** Names what was asked for last as the digit. */
  #asked = '';

  readonly map: MapLab;

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
  ) {
    this.map = new MapLab(engine, page);
    if (engine.missing.length > 0) return;
    $effect(() => {
      if (this.entry) this.#state.class = fitClass(this.entry, this.#state.class);
    });
    $effect(() => this.#paintDigit());
    $effect(() => this.#paintEnd('a'));
    $effect(() => this.#paintEnd('b'));
    $effect(() => this.#paintStrip());
    $effect(() => (this.playing && this.page.state.lab === 'latent' ? this.#travel() : undefined));
  }

  get #state() {
    return this.page.state.latent;
  }

  get entry() {
    return this.engine.entry('decoder', this.page.state.decoder);
  }

  /** Models under the same sliders: others with as many latents, whose pictures have the same shape. */
  get partners(): VaeEntry[] {
    const { entry } = this;
    if (!entry) return [];
    return (this.engine.manifest?.models ?? [])
      .filter(hasLatents)
      .filter(
        (other) =>
          other.id !== entry.id &&
          other.latents.count === entry.latents.count &&
          isSameShape(other.image, entry.image),
      );
  }

  /** Shows the first model of those beside this one; or none. */
  toggleModel(): void {
    const state = this.#state;
    state.beside = state.beside === null ? (this.partners[0]?.id ?? null) : null;
  }

  /** Shows the ends of the path beside each other; or not. */
  togglePoints(): void {
    this.#state.points = !this.#state.points;
  }

  get obstacle(): Obstacle | null {
    const { engine } = this;
    return engine.missing.length > 0 ? null : engine.obstacle('decoder', this.page.state.decoder);
  }

  get ready(): boolean {
    return this.engine.decoder.holds(this.entry);
  }

  /** The sliders' values; null until the decoder has said what a seed or a position stands for. */
  get z(): number[] | null {
    const { at } = this.#state;
    const count = this.entry?.latents.count;
    if ('z' in at && at.z.length === count) return at.z;
    const { shown } = this;
    return shown && shown.z.length === count ? shown.z : null;
  }

  get position(): number {
    const { at } = this.#state;
    return 'position' in at ? at.position : this.#parked;
  }

  get onPath(): boolean {
    return 'position' in this.#state.at;
  }

  /** The class that the decoder is given. */
  get class(): number | null {
    return this.#state.class;
  }

  set class(given: number | null) {
    this.#state.class = given;
  }

  get mode(): PathMode {
    return this.#state.mode;
  }

  set mode(mode: PathMode) {
    this.#state.mode = mode;
  }

  get displayed(): Displayed {
    const { picture, playing } = this;
    return { image: picture, still: !playing, from: 'decoder', class: null, logSnr: null };
  }

  get offers(): Offer[] {
    const { picture, map } = this;
    return [
      ...(picture ? [{ name: labName('latent'), image: picture }] : []),
      ...(map.picture ? [{ name: messages.latent.map.short, image: map.picture }] : []),
    ];
  }

  /** Nothing here answers any more. */
  get down(): boolean {
    return this.engine.decoder.down;
  }

  get moving(): boolean {
    return this.playing || this.map.playing;
  }

  pause(): void {
    this.playing = false;
    this.map.playing = false;
  }

  get picture(): KeyedImage | null {
    const { shown } = this;
    if (!shown) return null;
    return {
      key: `latent ${shown.by} ${shown.z.join(',')}`,
      levels: shown.levels,
      shape: shown.shape,
    };
  }

  setLatent(index: number, value: number): void {
    if (this.z) this.#moveTo({ z: this.z.with(index, toLatentGrid(value)) });
  }

  reset(): void {
    const count = this.entry?.latents.count;
    if (count) this.#moveTo({ z: Array<number>(count).fill(0) });
  }

  random(): void {
    this.#moveTo({ seed: randomSeed() });
  }

  randomEnd(end: End): void {
    this.#state[end] = { seed: randomSeed() };
  }

  keepAs(end: End): void {
    if (this.z) this.#state[end] = { z: [...this.z] };
  }

  load(end: End): void {
    this.#moveTo($state.snapshot(this.#state[end]));
  }

  goTo(position: number): void {
    this.#show({ position: Math.round(position * 100) / 100 });
  }

  #moveTo(point: Point): void {
    this.#parked = this.position;
    this.playing = false;
    this.#show(point);
  }

  /** The picture is asked for at once: what else the page shows of the change takes as long as the decoder does, beside it. */
  #show(at: LatentPosition): void {
    this.#state.at = at;
    this.#paintDigit();
  }

  #sourceOf(at: LatentPosition): LatentSource {
    if (!('position' in at)) return at;
    const { a, b, mode } = this.#state;
    return { a: $state.snapshot(a), b: $state.snapshot(b), mode, position: at.position };
  }

  /** A position of the path, whether or not the picture is there. */
  sourceAt(position: number): LatentSource {
    return this.#sourceOf({ position });
  }

  decode(sources: LatentSource[]): Promise<Pixels> {
    const { client } = this.engine.decoder;
    const model = this.entry?.id ?? '';
    return client.call('decode', { model, sources, class: this.#state.class, surface: null });
  }

  #decode(sources: LatentSource[], surface: string) {
    const { decoder } = this.engine;
    const model = this.entry?.id ?? '';
    const given = this.#state.class;
    return decoder
      .queue(surface)
      .submit(() => decoder.client.call('decode', { model, sources, class: given, surface }));
  }

  #paintDigit(): void {
    if (!this.ready) return;
    const source = $state.snapshot(this.#sourceOf(this.#state.at));
    const by = `${this.entry?.id} ${this.#state.class}`;
    // Another worker has another canvas.
    const asked = `${this.engine.decoder.generation} ${by} ${JSON.stringify(source)}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    void this.#decodeDigit(source, by);
  }

  async #decodeDigit(source: LatentSource, by: string): Promise<void> {
    try {
      const {
        z: [z],
        levels,
        shape,
      } = await this.#decode([source], 'latent-digit');
      if (z) this.shown = { z, by, levels, shape };
    } catch (error) {
      this.engine.report(error);
    }
  }

  #paintEnd(end: End): void {
    if (!this.ready) return;
    const point: LatentPoint = $state.snapshot(this.#state[end]);
    this.#decode([point], `latent-${end}`).catch(this.engine.report);
  }

  #paintStrip(): void {
    if (!this.ready) return;
    const { a, b, mode } = this.#state;
    const ends = { a: $state.snapshot(a), b: $state.snapshot(b), mode };
    const sources = Array.from({ length: STRIP_FRAMES }, (_, i) => ({
      ...ends,
      position: i / (STRIP_FRAMES - 1),
    }));
    this.#decode(sources, 'latent-strip').catch(this.engine.report);
  }

  #travel(): () => void {
    // A phase in [0, 2): there in the first half, back in the second.
    let phase = untrack(() => this.position);
    return animate((seconds) => {
      phase = (phase + (2 * seconds) / ROUND_TRIP_SECONDS) % 2;
      this.goTo(phase <= 1 ? phase : 2 - phase);
    });
  }
}
