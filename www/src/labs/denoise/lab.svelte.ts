import { untrack } from 'svelte';
import type { Engine, Obstacle } from '../../engine/engine.svelte.ts';
import type { CallOptions, WorkerClient } from '../../engine/client.ts';
import type { Station } from '../../engine/station.svelte.ts';
import { assist, type Share, sharesOf } from '../../engine/grid.ts';
import { dimensionsOf } from '../../engine/facts.ts';
import type {
  ChainStart,
  DdpmEntry,
  FilmFrames,
  FrameInfo,
  SamplerOptions,
  Schedules,
  ScheduleTable,
} from '../../engine/protocol.ts';
import { canGuide, fitClass, hasNullClass } from '../../models/classes.ts';
import { fitSchedule, mostSteps } from '../../models/fit.ts';
import { animate, reducedMotion } from '../../motion.ts';
import type { Page } from '../../page.svelte.ts';
import type { Offer } from '../module.ts';
import { labName } from '../names.ts';
import { chainLength, type ChainSettings, STEP_COUNTS } from './settings.ts';
import type { Displayed, Picture } from '../../scoring/scoring.svelte.ts';

/** A dragged slider starts a chain when it rests, not at every value it passes. */
const SETTLE_MS = 120;

/** The controls that make another chain. */
export type ChainPart = Partial<Omit<ChainSettings, 'cell' | 'step' | 'speed'>>;

interface ChainTask {
  /** Its name. */
  chain: string;
  model: string;
  options: SamplerOptions;
  start: ChainStart | null;
}

/** Where the picture is found that a chain may start from. */
interface Original {
  pictureFor(entry: DdpmEntry): Picture | null;
}

/**
 * The reverse chain, from pure noise or from a picture noised part of the way: computed once, ahead of playback, in the sampler; every step back, scrub and replay shows stored
 * frames of it.
 */
export class ChainLab {
  /** Frames computed so far. */
  available = $state(0);
  shown = $state.raw<FrameInfo | null>(null);
  table = $state.raw<ScheduleTable | null>(null);
  playing = $state(false);
  /** Names of chains: the one the controls describe, the one the sampler holds, the one whose frame is shown. */
  #wanted = $derived.by(() => {
    const start = this.own ? `${this.#state.from} ${this.#original?.key}` : '';
    return `${this.entry?.id} ${JSON.stringify(this.options)} ${(this.engine.sampler as Station | undefined)?.generation ?? 0} ${start}`;
  });
  #chain = $state('');
  /** Whether the chain that the sampler holds starts from a picture. */
  #fromPicture = $state(false);
  /** Shares of a grid's chains that other workers compute. */
  #helped: Share[] = [];
  #shownChain = $state('');
  #asked = '';

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly original: Original,
  ) {
    if (engine.missing.length > 0) return;
    $effect(() => this.#fit());
    $effect(() => this.#run());
    $effect(() => this.#show());
    $effect(() => (this.playing && this.#active ? this.#play() : undefined));
  }

  /** Class, schedule and steps that the model does not have give way to those that it has. */
  #fit(): void {
    const { entry, schedules } = this;
    const state = this.#state;
    if (entry) state.digit = fitClass(entry, state.digit);
    if (!schedules) return;
    fitSchedule(state, schedules);
    const most = mostSteps(schedules, state.schedule);
    const steps = STEP_COUNTS.findLast((count) => count <= most);
    if (steps === undefined || state.steps <= steps) return;
    state.steps = steps;
    state.step = Math.min(state.step, steps);
    if (state.from !== null) state.from = Math.min(state.from, steps);
  }

  get #state(): ChainSettings {
    return this.page.state.denoise;
  }

  get obstacle(): Obstacle | null {
    const { engine } = this;
    return engine.missing.length > 0
      ? null
      : engine.obstacle('ddpm', this.page.state.ddpm, engine.sampler);
  }

  get ready(): boolean {
    return (
      this.engine.sampler.holds('ddpm', this.entry) &&
      this.schedules?.kinds.includes(this.#state.schedule) === true
    );
  }

  get #active(): boolean {
    return this.ready && this.page.state.lab === 'denoise';
  }

  /** The model whose chain it is. */
  get entry() {
    const entry = this.engine.entry('ddpm', this.page.state.ddpm);
    return entry?.kind === 'ddpm' ? entry : undefined;
  }

  /** Those of the model; null until it is known. */
  get schedules(): Schedules | null {
    return this.engine.schedulesOf(this.entry);
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

  get #original(): Picture | null {
    return this.entry ? this.original.pictureFor(this.entry) : null;
  }

  /** There is no picture to start from. */
  get lacksPicture(): boolean {
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
    return !this.playing && this.shown?.index === this.step && this.#shownChain === this.#wanted;
  }

  get displayed(): Displayed {
    const { picture, still } = this;
    const logSnr = this.shown?.logSnr ?? null;
    return { picture, still, from: 'ddpm', class: this.#state.digit, logSnr };
  }

  get offers(): Offer[] {
    const { picture } = this;
    return picture ? [{ name: labName('denoise'), image: picture }] : [];
  }

  /** Nothing here answers any more. */
  get down(): boolean {
    return this.engine.sampler.down;
  }

  pause(): void {
    this.playing = false;
  }

  receive(): void {
    this.startFrom('picture');
  }

  get picture(): Picture | null {
    const { shown } = this;
    if (!shown) return null;
    const { cell } = this.#state;
    const { shape } = shown;
    const size = dimensionsOf(shape);
    const levels = shown.predictedX0.slice(cell * size, (cell + 1) * size);
    return { key: `denoise ${this.#shownChain} ${shown.index} ${cell}`, levels, shape };
  }

  /** Another chain, which plays at once: a changed control asks to see what it does. */
  change(part: ChainPart): void {
    const still = reducedMotion();
    const state = this.#state;
    const { from, steps } = state;
    Object.assign(state, part);
    // In a chain of another length, as far down the way.
    if (from !== null && part.steps)
      state.from = Math.max(1, Math.round((from * part.steps) / steps));
    state.step = still ? this.steps : 0;
    if (this.#state.cell >= this.#state.samples) this.#state.cell = 0;
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

  /** Stored frames, for what leaves the page. */
  frames(indices: number[], options: CallOptions<'frames'> = {}): Promise<FilmFrames> {
    return this.engine.sampler.client.call('frames', { indices }, options);
  }

  /** What the sampler is asked for. */
  get options(): SamplerOptions {
    const { digit, steps, method, eta, schedule, guidance, seed, samples } = this.#state;
    return {
      seed,
      class: digit,
      schedule,
      steps,
      method,
      eta: method === 'ddim' ? eta : 0,
      guidance: digit === null || !this.guidable ? 0 : guidance,
      chains: samples,
    };
  }

  #run(): (() => void) | undefined {
    if (!this.#active || this.lacksPicture) return undefined;
    const chain = this.#wanted;
    const model = this.entry?.id ?? '';
    const options = untrack(() => this.options);
    const start = untrack(() => this.#start());
    const held = untrack(() => this.#chain);
    const abort = new AbortController();
    if (chain !== held) this.available = 0;
    const delay = held && chain !== held ? SETTLE_MS : 0;
    const timer = setTimeout(
      () => void this.#compute({ chain, model, options, start }, abort.signal),
      delay,
    );
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }

  #start(): ChainStart | null {
    const { from } = this.#state;
    const picture = this.#original;
    return from !== null && picture ? { image: picture.levels, t: from } : null;
  }

  async #compute({ chain, model, options, start }: ChainTask, signal: AbortSignal): Promise<void> {
    const { client } = this.engine.sampler;
    try {
      if (chain !== this.#chain) {
        const { schedule: kind = 'cosine', steps = 0 } = options;
        this.table = await client.call('schedule', { model, kind, steps }, { signal });
        const [own = {}, ...shares] = await this.#shares(options.chains ?? 1);
        await client.call(
          'chain',
          { model, options: { ...options, ...own }, start, shares: shares.length },
          { signal },
        );
        this.#chain = chain;
        this.#helped = shares;
        this.#fromPicture = start !== null;
      }
      const onAvailable = (available: number) =>
        (this.available = Math.max(this.available, available));
      const onProgress = ({ available }: { available: number }) => onAvailable(available);
      await Promise.all([
        client.call('advance', null, { signal, onProgress }).then(onProgress),
        ...this.#helped.map((part, share) => {
          // Where memory ended meanwhile, workers take more than one share, the sampler itself at last.
          const lend = async () => {
            const helpers = await this.#helpers();
            return helpers[share % helpers.length] ?? client;
          };
          return assist(client, lend, {
            model,
            grid: chain,
            options: { ...options, ...part },
            start,
            share,
            signal,
            onAvailable,
          });
        }),
      ]);
    } catch (error) {
      this.engine.report(error);
    }
  }

  #helpers(): Promise<WorkerClient[]> {
    return this.entry ? this.engine.helpers(this.entry.id) : Promise.resolve([]);
  }

  /** How the chains of a grid are shared out: first the sampler's own. */
  async #shares(chains: number): Promise<Share[]> {
    return sharesOf(chains, chains > 1 ? 1 + (await this.#helpers()).length : 1);
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
      start: this.#fromPicture ? 'denoise-start' : null,
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
      due = Math.min(
        due + seconds * this.#state.speed,
        Math.max(0, this.available - 1 - this.step),
      );
      const whole = Math.floor(due);
      if (whole > 0) {
        due -= whole;
        this.#state.step = Math.min(this.steps, this.step + whole);
      }
      if (this.step >= this.steps) this.playing = false;
    });
  }
}
