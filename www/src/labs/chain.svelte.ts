import { untrack } from 'svelte';
import type { Engine } from '../engine/engine.svelte.ts';
import type { FrameInfo, SamplerOptions, ScheduleTable } from '../engine/protocol.ts';
import { animate, reducedMotion } from '../motion.ts';
import type { Page } from '../page.svelte.ts';
import type { PageState } from '../state.ts';
import type { Picture } from './scoring.svelte.ts';

/** A dragged slider starts a chain when it rests, not at every value it passes. */
const SETTLE_MS = 120;

type Denoise = PageState['denoise'];
/** The controls that make another chain. */
export type ChainPart = Partial<Omit<Denoise, 'cell' | 'step' | 'speed'>>;

/**
 * The reverse chain: computed once, ahead of playback, in the sampler; every step back, scrub and replay shows stored
 * frames of it.
 */
export class ChainLab {
  /** Frames computed so far. */
  available = $state(0);
  shown = $state.raw<FrameInfo | null>(null);
  table = $state.raw<ScheduleTable | null>(null);
  playing = $state(false);
  /** Names of chains: the one the controls describe, the one the sampler holds, the one whose frame is shown. */
  #wanted = $derived.by(() => `${JSON.stringify(this.#options())} ${this.engine.sampler?.generation}`);
  #chain = $state('');
  #shownChain = $state('');
  #asked = '';

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
  ) {
    if (engine.missing.length > 0) return;
    $effect(() => this.#run());
    $effect(() => this.#show());
    $effect(() => (this.playing && this.#active ? this.#play() : undefined));
  }

  get #state(): Denoise {
    return this.page.state.denoise;
  }

  get ready(): boolean {
    return this.engine.sampler.loaded.ddpm;
  }

  get #active(): boolean {
    return this.ready && this.page.state.lab === 'denoise';
  }

  get #entry() {
    const entry = this.engine.entry('ddpm', this.page.state.ddpm);
    return entry?.kind === 'ddpm' ? entry : undefined;
  }

  get classes(): string[] {
    return this.#entry?.classes ?? [];
  }

  get step(): number {
    return this.#state.step;
  }

  get steps(): number {
    return this.#state.steps;
  }

  /** The frame asked for is not computed yet. */
  get waiting(): boolean {
    return this.step >= this.available;
  }

  get still(): boolean {
    return !this.playing && this.shown?.index === this.step && this.#shownChain === this.#wanted;
  }

  get picture(): Picture | null {
    if (!this.shown || !this.#entry) return null;
    const { cell } = this.#state;
    const { height, width } = this.#entry.image;
    const levels = this.shown.predictedX0.slice(cell * height * width, (cell + 1) * height * width);
    return { key: `denoise ${this.#shownChain} ${this.shown.index} ${cell}`, levels };
  }

  /** Another chain, which plays at once: a changed control asks to see what it does. */
  change(part: ChainPart): void {
    const still = reducedMotion();
    Object.assign(this.#state, part);
    this.#state.step = still ? this.#state.steps : 0;
    if (this.#state.cell >= this.#state.samples) this.#state.cell = 0;
    this.playing = !still;
  }

  async dice(): Promise<void> {
    try {
      this.change({ seed: await this.engine.sampler.client.call('randomSeed', null) });
    } catch (error) {
      this.engine.report(error);
    }
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

  #options(): SamplerOptions {
    const { digit, steps, method, eta, schedule, guidance, seed, samples } = this.#state;
    return {
      seed,
      class: digit,
      schedule,
      steps,
      method,
      eta: method === 'ddim' ? eta : 0,
      guidance: digit === null ? 0 : guidance,
      chains: samples,
    };
  }

  #run(): (() => void) | undefined {
    if (!this.#active) return undefined;
    const chain = this.#wanted;
    const options = untrack(() => this.#options());
    const held = untrack(() => this.#chain);
    const abort = new AbortController();
    if (chain !== held) this.available = 0;
    const delay = held && chain !== held ? SETTLE_MS : 0;
    const timer = setTimeout(() => void this.#compute(chain, options, abort.signal), delay);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }

  async #compute(chain: string, options: SamplerOptions, signal: AbortSignal): Promise<void> {
    const { client } = this.engine.sampler;
    try {
      if (chain !== this.#chain) {
        const { schedule: kind = 'cosine', steps = 0 } = options;
        this.table = await client.call('schedule', { kind, steps }, { signal });
        await client.call('chain', { options }, { signal });
        this.#chain = chain;
      }
      const onProgress = ({ available }: { available: number }) => (this.available = available);
      onProgress(await client.call('advance', null, { signal, onProgress }));
    } catch (error) {
      this.engine.report(error);
    }
  }

  #show(): void {
    const chain = this.#chain;
    const index = Math.min(this.step, this.available - 1);
    if (!this.#active || index < 0 || this.#asked === `${chain} ${index}`) return;
    this.#asked = `${chain} ${index}`;
    const { sampler } = this.engine;
    const call = {
      index,
      x: 'denoise-x',
      predictedX0: 'denoise-x0',
      columns: Math.sqrt(this.#state.samples),
      hold: !this.playing && !this.waiting,
    };
    sampler
      .lane('frame')
      .submit(() => sampler.client.call('frame', call))
      .then((frame) => {
        if (chain !== this.#chain) return;
        this.shown = frame;
        this.#shownChain = chain;
      }, this.engine.report);
  }

  #play(): () => void {
    let due = 0;
    return animate((seconds) => {
      // Frames that are not there yet are waited for, not skipped.
      due = Math.min(due + seconds * this.#state.speed, Math.max(0, this.available - 1 - this.step));
      const whole = Math.floor(due);
      if (whole > 0) {
        due -= whole;
        this.#state.step = Math.min(this.steps, this.step + whole);
      }
      if (this.step >= this.steps) this.playing = false;
    });
  }
}
