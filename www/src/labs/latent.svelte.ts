import { untrack } from 'svelte';
import type { Engine } from '../engine/engine.svelte.ts';
import type { LatentPoint, LatentSource } from '../engine/protocol.ts';
import { toLatentGrid } from '../latent-grid.ts';
import { animate } from '../motion.ts';
import type { Page } from '../page.svelte.ts';
import type { PathMode, Point, Whereabouts } from '../state.ts';
import type { Picture } from './scoring.svelte.ts';

export const STRIP_FRAMES = 9;
/** From A to B and back. */
const ROUND_TRIP_SECONDS = 6;

export type End = 'a' | 'b';

/** What the latent lab shows and does; its state is the page's, its pictures come from the decoder. */
export class LatentLab {
  /** The point on display and its picture. */
  shown = $state.raw<{ z: number[]; levels: Uint8Array } | null>(null);
  playing = $state(false);
  /** Where the path's slider stands while the picture is not on the path. */
  #parked = $state(0);
  /** What has been sent to the decoder already, so that the effect that follows need not. */
  #sent: Whereabouts | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
  ) {
    if (engine.missing.length > 0) return;
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
    const entry = this.engine.entry('vae', this.page.state.vae);
    return entry?.kind === 'vae' ? entry : undefined;
  }

  get ready(): boolean {
    return this.engine.decoder.loaded.vae;
  }

  /** The sliders' values; null until the decoder has said what a seed or a position stands for. */
  get z(): number[] | null {
    const { at } = this.#state;
    return 'z' in at && at.z.length === this.entry?.latents.count ? at.z : (this.shown?.z ?? null);
  }

  get position(): number {
    const { at } = this.#state;
    return 'position' in at ? at.position : this.#parked;
  }

  get onPath(): boolean {
    return 'position' in this.#state.at;
  }

  get mode(): PathMode {
    return this.#state.mode;
  }

  set mode(mode: PathMode) {
    this.#state.mode = mode;
  }

  get picture(): Picture | null {
    return this.shown && { key: `latent ${this.shown.z.join(',')}`, levels: this.shown.levels };
  }

  setLatent(index: number, value: number): void {
    if (!this.z) return;
    this.#moveTo({ z: this.z.with(index, toLatentGrid(value)) });
  }

  reset(): void {
    const count = this.entry?.latents.count;
    if (count) this.#moveTo({ z: Array<number>(count).fill(0) });
  }

  async random(): Promise<void> {
    const seed = await this.#seed();
    if (seed !== undefined) this.#moveTo({ seed });
  }

  async randomEnd(end: End): Promise<void> {
    const seed = await this.#seed();
    if (seed !== undefined) this.#state[end] = { seed };
  }

  keepAs(end: End): void {
    if (this.z) this.#state[end] = { z: [...this.z] };
  }

  load(end: End): void {
    this.#moveTo($state.snapshot(this.#state[end]) as Point);
  }

  goTo(position: number): void {
    this.#show({ position: Math.round(position * 100) / 100 });
  }

  #moveTo(point: Point): void {
    this.#parked = this.position;
    this.playing = false;
    this.#show(point);
  }

  /** First to the decoder, which works while the page follows the change: that takes as long. */
  #show(at: Whereabouts): void {
    if (this.ready) this.#decodeDigit(this.#sourceOf(at));
    this.#state.at = at;
    this.#sent = this.ready ? this.#state.at : null;
  }

  #seed(): Promise<number | undefined> {
    return this.engine.decoder.client.call('randomSeed', null).catch((error) => {
      this.engine.report(error);
      return undefined;
    });
  }

  #sourceOf(at: Whereabouts): LatentSource {
    if (!('position' in at)) return at;
    const { a, b, mode } = this.#state;
    return { a: $state.snapshot(a), b: $state.snapshot(b), mode, position: at.position };
  }

  #decode(sources: LatentSource[], surface: string) {
    const { decoder } = this.engine;
    return decoder.lane(surface).submit(() => decoder.client.call('decode', { sources, surface }));
  }

  #paintDigit(): void {
    const sent = this.#sent;
    this.#sent = null;
    if (!this.ready) return;
    const { at } = this.#state;
    const source = this.#sourceOf(at);
    if (sent !== at) this.#decodeDigit($state.snapshot(source));
  }

  #decodeDigit(source: LatentSource): void {
    this.#decode([source], 'latent-digit').then(({ z: [z], levels }) => {
      if (z) this.shown = { z, levels };
    }, this.engine.report);
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
    const sources = Array.from({ length: STRIP_FRAMES }, (_, i) => ({ ...ends, position: i / (STRIP_FRAMES - 1) }));
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
