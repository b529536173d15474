import type { Engine, Obstacle } from '../../engine/engine.svelte.ts';
import { dimensionsOf, hasNullClass } from '../../../engine/facts.ts';
import type {
  ChainStart,
  DdpmEntry,
  FrameInfo,
  SamplerOptions,
  Schedules,
  ScheduleTable,
} from '../../../engine/protocol.ts';
import { randomSeed } from '../../../engine/seed.ts';
import { canGuide } from '../../models/classes.ts';
import { animate, reducedMotion } from '../../motion.ts';
import type { Page } from '../../page.svelte.ts';
import type { Offer } from '../module.ts';
import { labName } from '../names.ts';
import { classOf, fitChain, fromWithin, optionsOf } from './apart.ts';
import { Beside } from './beside.svelte.ts';
import { Chain, type Order } from './chain.svelte.ts';
import { chainLength, type ChainSettings } from './settings.ts';
import type { Displayed, KeyedImage } from '../../scoring/displayed.ts';

/** The controls that make another chain. */
export type ChainPart = Partial<Omit<ChainSettings, 'cell' | 'step' | 'speed'>>;

/** Where the picture is found that a chain may start from. */
interface Original {
  imageFor(entry: DdpmEntry): KeyedImage | null;
}

/**
 * The reverse chain, from pure noise or from a picture noised part of the way, computed ahead of playback; every step back, scrub and
 * replay shows stored frames of it. Beside it, where that is asked for, a second one.
 */
export class ChainLab implements Order {
  playing = $state(false);
  readonly chain: Chain;
  readonly beside: Beside;

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly original: Original,
  ) {
    this.chain = new Chain(engine, 'a', this);
    this.beside = new Beside(engine, page, this);
    if (engine.missing.length > 0) return;
    $effect(() => fitChain(this.#state, this.entry, this.schedules));
    $effect(() => (this.playing && this.#runs ? this.#play() : undefined));
  }

  get #state(): ChainSettings {
    return this.page.state.denoise;
  }

  get obstacle(): Obstacle | null {
    const { engine } = this;
    return engine.missing.length > 0 ? null : engine.obstacle('sampler', this.page.state.sampler);
  }

  get ready(): boolean {
    return (
      this.engine.sampler.holds(this.entry) &&
      this.schedules?.kinds.includes(this.#state.schedule) === true
    );
  }

  /** Whether the lab is on display, and the model there. */
  get #runs(): boolean {
    return this.ready && this.page.state.lab === 'denoise';
  }

  get active(): boolean {
    return this.#runs && !this.lacksImage;
  }

  get byHand(): boolean {
    return !this.playing;
  }

  /** Frames computed so far. */
  get available(): number {
    return this.chain.available;
  }

  get shown(): FrameInfo | null {
    return this.chain.shown;
  }

  get table(): ScheduleTable | null {
    return this.chain.table;
  }

  /** The model whose chain it is. */
  get entry() {
    return this.engine.entry('sampler', this.page.state.sampler);
  }

  /** Those of the model; null until it is known. */
  get schedules(): Schedules | null {
    return this.engine.schedules.of(this.entry);
  }

  /** Whether "no class" is among what the model can be asked for, and so whether it can be guided. */
  get free(): boolean {
    return !this.entry || hasNullClass(this.entry);
  }

  get guidable(): boolean {
    return this.entry !== undefined && canGuide(this.entry);
  }

  get classes(): string[] {
    return this.entry?.classes ?? [];
  }

  get step(): number {
    return this.#state.step;
  }

  /** Steps that the chain goes. */
  get steps(): number {
    return chainLength(this.#state);
  }

  /** Steps of the whole chain, and how many of them lie above the start. */
  get total(): number {
    return this.#state.steps;
  }

  get skipped(): number {
    return this.total - this.steps;
  }

  /** Whether the chain starts from a picture. */
  get own(): boolean {
    return this.#state.from !== null;
  }

  get #original(): KeyedImage | null {
    return this.#originalFor(this.entry);
  }

  #originalFor(entry: DdpmEntry | undefined): KeyedImage | null {
    return entry ? this.original.imageFor(entry) : null;
  }

  /** What a chain of a model starts from at a timestep; null for pure noise. */
  startOf(entry: DdpmEntry | undefined, from: number | null): ChainStart | null {
    const picture = this.#originalFor(entry);
    return from !== null && picture ? { image: picture.levels, t: from } : null;
  }

  startKeyOf(entry: DdpmEntry | undefined, from: number | null): string {
    return from === null ? '' : `${from} ${this.#originalFor(entry)?.key}`;
  }

  get start(): ChainStart | null {
    return this.startOf(this.entry, this.#state.from);
  }

  get startKey(): string {
    return this.startKeyOf(this.entry, this.#state.from);
  }

  /** There is no picture to start from. */
  get lacksImage(): boolean {
    return this.own && this.#original === null;
  }

  /** Root mean square difference of the chosen sample's predicted picture from the original, in levels. */
  get distance(): number | null {
    return this.shown?.rmsToOriginal?.[this.#state.cell] ?? null;
  }

  /** The frame asked for is not computed yet. */
  get waiting(): boolean {
    return this.step >= this.available;
  }

  get still(): boolean {
    return !this.playing && this.chain.still;
  }

  get displayed(): Displayed {
    const { picture, still } = this;
    const logSnr = this.shown?.logSnr ?? null;
    const { cell } = this.#state;
    const given = classOf(this.#state, cell, this.classes.length);
    return { image: picture, still, from: 'sampler', class: given, logSnr };
  }

  get offers(): Offer[] {
    const { picture } = this;
    return picture ? [{ name: labName('denoise'), image: picture }] : [];
  }

  /** Nothing here answers any more. */
  get down(): boolean {
    return this.engine.sampler.down;
  }

  get moving(): boolean {
    return this.playing;
  }

  pause(): void {
    this.playing = false;
  }

  receive(): void {
    this.startFrom('picture');
  }

  get picture(): KeyedImage | null {
    const { shown } = this;
    if (!shown) return null;
    const { cell } = this.#state;
    const { shape } = shown;
    const size = dimensionsOf(shape);
    const levels = shown.predictedX0.slice(cell * size, (cell + 1) * size);
    return { key: `denoise ${this.chain.name} ${shown.index} ${cell}`, levels, shape };
  }

  /** Another chain, which plays at once: a changed control asks to see what it does. */
  change(part: ChainPart): void {
    const state = this.#state;
    // In a chain of another length, as far down the way.
    const from = part.steps ? { from: fromWithin(state, part.steps) } : {};
    Object.assign(state, from, part);
    if (state.cell >= state.samples) state.cell = 0;
    this.restart();
  }

  /** Plays from the start; shows the end to who wants no movement. */
  restart(): void {
    const still = reducedMotion();
    this.#state.step = still ? this.steps : 0;
    this.playing = !still;
  }

  /** From the picture of the ELBO lab, half-way noised at first, and whatever it shows; or from pure noise. */
  startFrom(place: 'picture' | 'noise'): void {
    if (place === 'noise') this.change({ from: null });
    else if (!this.own)
      this.change({
        from: Math.round(this.#state.steps / 2),
        ...(this.free ? { digit: null } : {}),
      });
  }

  /** Draws the chains as paths of their predictions; or not. */
  togglePaths(): void {
    this.#state.paths = this.#state.paths === null ? 'x0' : null;
  }

  dice(): void {
    this.change({ seed: randomSeed() });
  }

  toggle(): void {
    if (this.playing) this.playing = false;
    else if (this.step >= this.steps) this.replay();
    else this.playing = true;
  }

  replay(): void {
    this.#state.step = 0;
    this.playing = true;
  }

  /** Only frames that are there: a scrub never asks for computing. */
  scrub(index: number): void {
    this.playing = false;
    this.#state.step = Math.max(0, Math.min(index, this.steps, this.available - 1));
  }

  /** The end may be asked for before it is computed; it is shown when it is there. */
  toEnd(): void {
    this.playing = false;
    this.#state.step = this.steps;
  }

  /** What the sampler is asked for. */
  get options(): SamplerOptions {
    return optionsOf(this.#state, this.guidable);
  }

  #play(): () => void {
    let due = 0;
    return animate((seconds) => {
      // Frames that are not there yet are waited for, not skipped.
      due = Math.min(due + seconds * this.#state.speed, Math.max(0, this.#reach - this.step));
      const whole = Math.floor(due);
      if (whole > 0) {
        due -= whole;
        this.#state.step = Math.min(this.steps, this.step + whole);
      }
      if (this.step >= this.steps) this.playing = false;
    });
  }

  /** Steps for which both chains have their frames. */
  get #reach(): number {
    const { available, beside } = this;
    return beside.active ? beside.reach(available - 1) : available - 1;
  }
}
