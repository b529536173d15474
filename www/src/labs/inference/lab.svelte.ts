import type { Look } from '../shared/look.ts';
import { untrack } from 'svelte';
import type { CallOptions } from '../../../engine/client.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import type { InferenceView } from '../../../engine/protocol.ts';
import { randomSeed } from '../../../engine/seed.ts';
import { animate, reducedMotion } from '../../motion.ts';
import type { Page } from '../../page.svelte.ts';
import { BesideFit } from './beside.svelte.ts';
import {
  type Component,
  type InferenceSettings,
  MAX_ITERATIONS,
  type Observation,
  setupOf,
  snapComponent,
  snapInput,
} from './settings.ts';

/** Iterations that a fit runs by itself after a control has changed. */
const SHOW_ITERATIONS = 400;

/** Settings whose change makes another fit. */
export type SettingsPart = Partial<Omit<InferenceSettings, 'iterations' | 'pace'>>;

/**
 * A fit is described by its settings and its number of iterations; the worker computes the missing iterations of the
 * requested state. So a run, a reset, a drag and an address are the same request.
 */
export class InferenceLab {
  /** The state that was shown last. */
  view = $state.raw<InferenceView | null>(null);
  playing = $state(false);
  /** Set by the component that knows the canvas. */
  look = $state.raw<Look | null>(null);
  readonly beside: BesideFit;
  /** Iteration at which a run pauses. */
  #until = MAX_ITERATIONS;
  #begun = false;
  #asked = '';

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
  ) {
    this.beside = new BesideFit(engine, page, this);
    if (engine.missing.length > 0) return;
    const { settings } = this;
    // The first look at an untouched lab shows it at work.
    const untouched = settings.iterations === 0 && !settings.start && !page.state.tour;
    if (untouched && !reducedMotion()) {
      this.#until = SHOW_ITERATIONS;
      this.playing = true;
    }
    $effect(() => this.#begin());
    $effect(() => this.#show());
    $effect(() => (this.playing && this.#active ? this.#play() : undefined));
  }

  /** Whether the worker of this lab crashed too often to be restarted. */
  get down(): boolean {
    return this.engine.fitter.down;
  }

  get moving(): boolean {
    return this.playing;
  }

  pause(): void {
    this.playing = false;
  }

  get settings(): InferenceSettings {
    return this.page.state.inference;
  }

  get #active(): boolean {
    return this.page.state.lab === 'inference';
  }

  /** Whether q or the data were set by hand. */
  get byHand(): boolean {
    return this.settings.start !== null || this.settings.data !== null;
  }

  /** Whether what is shown is what the settings describe. */
  get current(): boolean {
    return this.view !== null && this.#asked === this.request && this.view.asked === this.request;
  }

  /** q as it is shown, on the grid of what can be set by hand. */
  get q(): Component[] {
    return (this.view?.state.q ?? []).map(snapComponent);
  }

  get data(): Observation[] {
    return this.settings.data ?? this.view?.data ?? [];
  }

  /** Another fit, which runs at once: a changed control asks to see what it does. */
  change(part: SettingsPart): void {
    const { settings } = this;
    Object.assign(settings, part);
    // A q that was set by hand belongs to the target and the family it was set for.
    if ('target' in part || 'family' in part || 'components' in part) settings.start = null;
    this.restart();
  }

  /** Runs from the start; shows only the end to visitors who prefer reduced motion. */
  restart(): void {
    const still = reducedMotion();
    this.settings.iterations = still ? SHOW_ITERATIONS : 0;
    this.#until = SHOW_ITERATIONS;
    this.playing = !still;
  }

  dice(): void {
    this.change({ seed: randomSeed() });
  }

  toggle(): void {
    this.#until = MAX_ITERATIONS;
    this.playing = !this.playing && this.settings.iterations < MAX_ITERATIONS;
  }

  step(n: number): void {
    this.playing = false;
    this.settings.iterations = Math.min(MAX_ITERATIONS, this.settings.iterations + n);
  }

  reset(): void {
    this.playing = false;
    this.settings.iterations = 0;
  }

  /** Discards q and data that were set by hand. */
  restore(): void {
    this.playing = false;
    Object.assign(this.settings, { start: null, data: null, iterations: 0 });
  }

  /** q by hand: the one shown, with one component changed, is the new start. A run goes on from there. */
  setComponent(index: number, part: Partial<Component>): void {
    const start = this.q.map((component, k) =>
      k === index ? snapComponent({ ...component, ...part }) : component,
    );
    if (start.length === 0) return;
    Object.assign(this.settings, { start, iterations: 0 });
  }

  /** An observation by hand: q stays, and its fit starts anew. */
  setObservation(index: number, part: Partial<Observation>): void {
    const data = this.data.map((observation, i) => {
      const moved = i === index ? { ...observation, ...part } : observation;
      return { x: snapInput(moved.x), label: moved.label };
    });
    Object.assign(this.settings, { data, start: this.q, iterations: 0 });
  }

  /** The fit on display after each of so many iterations, painted anew, as RGBA bytes of squares. */
  frames(
    iterations: number[],
    size: number,
    options: CallOptions<'fitFrames'>,
  ): Promise<Uint8ClampedArray<ArrayBuffer>[]> {
    const { look } = this;
    if (!look) return Promise.resolve([]);
    const call = {
      setup: setupOf($state.snapshot(this.settings)),
      iterations,
      look: { ...look, size, pixelRatio: 1 },
    };
    return this.engine.fitter.client.call('fitFrames', call, options);
  }

  /** Name of the state that the settings describe. */
  get request(): string {
    return JSON.stringify([setupOf(this.settings), this.settings.iterations]);
  }

  #begin(): void {
    if (!this.#active || this.#begun) return;
    this.#begun = true;
    void untrack(() => this.engine.fitter.begin());
  }

  #show(): void {
    const { look } = this;
    if (!this.#active || !look) return;
    const { fitter } = this.engine;
    const request = this.request;
    // Another worker has other canvases, and is asked again.
    const { generation } = fitter;
    const call = {
      place: 'a' as const,
      asked: request,
      setup: setupOf(this.settings),
      iterations: this.settings.iterations,
      look,
    };
    this.#asked = request;
    fitter
      .queue('fit')
      .submit(() => fitter.client.call('fit', call))
      .then((view) => {
        if (generation !== fitter.generation) return;
        this.view = view;
        if (!view.state.diverged || view.asked !== this.request) return;
        // A fit that diverged has fewer iterations than were asked for.
        this.playing = false;
        this.settings.iterations = view.state.iteration;
      }, this.engine.report);
  }

  #play(): () => void {
    let due = 0;
    return animate((seconds) => {
      const { settings } = this;
      // Waits for iterations that are not computed yet, and skips none.
      if (!this.current || !this.beside.ready) return;
      due += Math.min(seconds, 0.25) * settings.pace;
      const whole = Math.min(Math.floor(due), this.#until - settings.iterations);
      if (whole > 0) {
        due -= whole;
        settings.iterations += whole;
      }
      if (settings.iterations >= this.#until) this.playing = false;
    });
  }
}
