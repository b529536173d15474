import { untrack } from 'svelte';
import { simplify, type Stroke } from '../../../drawing/strokes.ts';
import type { Engine } from '../../../engine/engine.svelte.ts';
import { latentsOf } from '../../../../engine/facts.ts';
import type {
  ClassRegion,
  LatentSource,
  ModelEntry,
  Pixels,
  VaeEntry,
} from '../../../../engine/protocol.ts';
import { randomSeed } from '../../../../engine/seed.ts';
import { addressOf, idOf } from '../../../../engine/own.ts';
import { fitClass } from '../../../models/classes.ts';
import { animate, reducedMotion } from '../../../motion.ts';
import type { Page } from '../../../page.svelte.ts';
import { LATENT_RANGE } from '../../../../engine/latent-grid.ts';
import type { PageState } from '../../../state.ts';
import type { KeyedImage } from '../../../scoring/displayed.ts';
import { MOST_CORNERS } from '../settings.ts';
import { GRIDS, type PlanePoint, SHARES, STRIP_FRAMES, toCoordinates, toPlace } from './plane.ts';

/** From one end of the path to the other. */
export const WAY_SECONDS = 5;

const hasPlane = (entry: ModelEntry): entry is VaeEntry => latentsOf(entry)?.count === 2;

/** The map of a VAE with two latents: its plane, its classes, the point on display and the path through it. */
export class MapLab {
  /** Whether the map has come into sight: only then its model is fetched. */
  seen = $state(false);
  /** The point on display and its picture. */
  shown = $state.raw<({ z: [number, number] } & Pixels) | null>(null);
  regions = $state.raw<ClassRegion[]>([]);
  /** The share of the plane that is painted. */
  painted = $state(0);
  playing = $state(false);
  /** What the pointer hovers over; shown in place of the chosen point until it leaves. */
  hovered = $state.raw<PlanePoint | null>(null);
  /** The path that is being drawn. */
  live = $state.raw<Stroke | null>(null);
  /** The worker that holds the model, by its number, and the model. */
  #ensured = $state('');

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
  ) {
    if (engine.missing.length > 0) return;
    $effect(() => this.#ensureModel());
    $effect(() => this.#paintPlane());
    $effect(() => this.#findRegions());
    $effect(() => this.#paintDigit());
    $effect(() => this.#paintStrip());
    $effect(() => (this.playing && this.#active ? this.#travel() : undefined));
  }

  /** VAEs with two latents. */
  get entries(): VaeEntry[] {
    return (this.engine.manifest?.models ?? []).filter(hasPlane);
  }

  /** The one that is asked for, or the first; those whose classes are known come before others. */
  get entry(): VaeEntry | undefined {
    const { entries } = this;
    const asked = entries.find(({ id }) => id === idOf(this.state.model));
    return asked ?? entries.find(({ files }) => files.density) ?? entries[0];
  }

  /** Whether it is known where the images of each class lie. */
  get hasClasses(): boolean {
    return this.entry?.files.density !== undefined;
  }

  choose(entry: ModelEntry): void {
    this.state.model = addressOf(entry);
  }

  get ready(): boolean {
    const { decoder } = this.engine;
    return !decoder.down && this.#ensured === `${decoder.generation} ${this.entry?.id}`;
  }

  get #active(): boolean {
    return this.page.state.lab === 'latent';
  }

  get state(): PageState['map'] {
    return this.page.state.map;
  }

  get position(): number {
    const { at } = this.state;
    return 'position' in at ? at.position : 0;
  }

  get onPath(): boolean {
    return 'position' in this.state.at;
  }

  get hasPath(): boolean {
    return this.state.path.length > 2;
  }

  /** The chosen point; null until the decoder has said where a position lies. */
  get z(): PlanePoint | null {
    const { at } = this.state;
    return 'z' in at ? at.z : (this.shown?.z ?? null);
  }

  get picture(): KeyedImage | null {
    const { shown } = this;
    if (!shown) return null;
    return { key: `map ${shown.z.join(',')}`, levels: shown.levels, shape: shown.shape };
  }

  isHidden(index: number): boolean {
    return this.state.hidden.includes(index);
  }

  toggle(index: number): void {
    const { hidden } = this.state;
    this.state.hidden = this.isHidden(index)
      ? hidden.filter((other) => other !== index)
      : [...hidden, index].sort((a, b) => a - b);
  }

  /** All classes, or none where all are shown. */
  toggleAll(): void {
    this.state.hidden = this.state.hidden.length > 0 ? [] : this.regions.map((_, index) => index);
  }

  moveTo(z: PlanePoint): void {
    this.playing = false;
    this.state.at = { z: [...z] };
  }

  goTo(position: number): void {
    if (this.hasPath) this.state.at = { position: Math.round(position * 100) / 100 };
  }

  async random(): Promise<void> {
    try {
      const { z } = await this.#decode([{ seed: randomSeed() }], 'map-digit');
      const [x = 0, y = 0] = z[0] ?? [];
      this.moveTo([x, y]);
    } catch (error) {
      this.engine.report(error);
    }
  }

  /** The pointer comes down on, or moves to, points of a new path. */
  draw(points: readonly PlanePoint[]): void {
    this.playing = false;
    this.live = [...(this.live ?? []), ...points.flatMap(toPlace)];
  }

  /** A finished path plays at once. A single dot is not a path. */
  lift(): void {
    const { live } = this;
    this.live = null;
    if (!live) return;
    const path = thin(live);
    if (path.length < 4) return;
    this.state.path = path;
    this.state.at = { position: 0 };
    this.playing = !reducedMotion();
  }

  /** One more corner, at the chosen point. */
  addCorner(): void {
    const { z } = this;
    if (!z || this.state.path.length >= 2 * MOST_CORNERS) return;
    const place = toPlace(z);
    // On the path, the chosen point would go with it.
    this.moveTo(z);
    this.state.path = [...this.state.path, ...place];
  }

  removeCorner(): void {
    if (this.z) this.moveTo(this.z);
    this.state.path = this.state.path.slice(0, -2);
  }

  clearPath(): void {
    if (this.z) this.moveTo(this.z);
    this.live = null;
    this.state.path = [];
  }

  /** A position of the path, whether or not the picture is there. */
  sourceAt(position: number): LatentSource {
    return { path: toCoordinates($state.snapshot(this.state.path)), position };
  }

  decode(sources: LatentSource[]): Promise<Pixels> {
    const { client } = this.engine.decoder;
    const model = this.entry?.id ?? '';
    return client.call('decode', { model, sources, class: this.given, surface: null });
  }

  #decode(sources: LatentSource[], surface: string) {
    const { decoder } = this.engine;
    const model = this.entry?.id ?? '';
    const given = this.given;
    return decoder
      .queue(surface)
      .submit(() => decoder.client.call('decode', { model, sources, class: given, surface }));
  }

  /** The class that its decoder is given, if it is conditioned on one. */
  get given(): number | null {
    return this.entry ? fitClass(this.entry, this.page.state.latent.class) : null;
  }

  /** After the lab's own model, so that the first picture does not wait. */
  #ensureModel(): void {
    const { entry, engine } = this;
    const { decoder } = engine;
    const { generation } = decoder;
    if (!this.seen || !entry || !decoder.loaded) return;
    untrack(() => decoder.ensureModel(engine.files.of(entry.id))).then(
      () => (this.#ensured = `${generation} ${entry.id}`),
      engine.report,
    );
  }

  #paintPlane(): (() => void) | undefined {
    const { entry, engine } = this;
    if (!this.ready || !entry) return undefined;
    const abort = new AbortController();
    this.painted = 0;
    const call = {
      model: entry.id,
      surface: 'map-plane',
      range: LATENT_RANGE,
      grids: GRIDS,
      class: this.given,
    };
    const onProgress = (share: number) => (this.painted = share);
    engine.decoder.client
      .call('plane', call, { signal: abort.signal, onProgress })
      .catch(engine.report);
    return () => abort.abort();
  }

  #findRegions(): void {
    const { entry, engine } = this;
    this.regions = [];
    if (!this.ready || !entry || !this.hasClasses) return;
    engine.decoder.client
      .call('classRegions', { model: entry.id, shares: SHARES })
      .then((regions) => (this.regions = regions), engine.report);
  }

  #paintDigit(): void {
    if (!this.ready) return;
    const { hovered } = this;
    const { at, path } = $state.snapshot(this.state);
    const source: LatentSource = hovered
      ? { z: [...hovered] }
      : 'z' in at
        ? { z: at.z }
        : { path: toCoordinates(path), position: at.position };
    this.#decode([source], 'map-digit').then(({ z: [z], levels, shape }) => {
      if (z) this.shown = { z: [z[0] ?? 0, z[1] ?? 0], levels, shape };
    }, this.engine.report);
  }

  #paintStrip(): void {
    if (!this.ready || !this.hasPath) return;
    const path = toCoordinates(this.state.path);
    const sources = Array.from({ length: STRIP_FRAMES }, (_, i) => ({
      path,
      position: i / (STRIP_FRAMES - 1),
    }));
    this.#decode(sources, 'map-strip').catch(this.engine.report);
  }

  #travel(): () => void {
    let phase = untrack(() => (this.onPath && this.position < 1 ? this.position : 0));
    return animate((seconds) => {
      phase = Math.min(1, phase + seconds / WAY_SECONDS);
      this.goTo(phase);
      if (phase >= 1) this.playing = false;
    });
  }
}

/** A drawn path with no more corners than it needs, and than an address can carry. */
function thin(path: Stroke): Stroke {
  const simple = simplify(path);
  const corners = simple.length / 2;
  if (corners <= MOST_CORNERS) return simple;
  const kept = Array.from({ length: MOST_CORNERS }, (_, i) =>
    Math.round((i * (corners - 1)) / (MOST_CORNERS - 1)),
  );
  return kept.flatMap((corner) => simple.slice(2 * corner, 2 * corner + 2));
}
