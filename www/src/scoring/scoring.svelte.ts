import { untrack } from 'svelte';
import { asError, isCancelled } from '../../engine/client.ts';
import type { Engine } from '../engine/engine.svelte.ts';
import { boundLack } from '../../engine/facts.ts';
import type { BoundOptions, BoundProgress, Pixels, VaeElbo } from '../../engine/protocol.ts';
import { fitClass } from '../models/classes.ts';
import { fitSchedule } from '../models/fit.ts';
import type { ModelKind } from '../engine/station.svelte.ts';
import type { Page } from '../page.svelte.ts';

/** One picture; equal keys mean equal pictures. */
export interface Picture extends Pixels {
  key: string;
}

/** What a lab shows. */
export interface Displayed {
  picture: Picture | null;
  /** Whether nothing is playing or being computed that would change it. */
  still: boolean;
  /** The kind of model that makes it. */
  from: ModelKind;
  /** The class that it was asked of. */
  class: number | null;
  /** Its log SNR, where it is a frame of a chain. */
  logSnr: number | null;
}

const pixelsOf = ({ levels, shape }: Pixels): Pixels => ({ levels, shape });

type ScoreStatus = 'idle' | 'running' | 'paused' | 'done' | 'failed';

/** A score is of the picture that was still; it stays, marked as old, until the next one has come. */
export interface Score<T> {
  status: ScoreStatus;
  value: T | null;
  current: boolean;
  error: Error | null;
}

const EMPTY = { status: 'idle', value: null, current: false, error: null } as const;

const STILL_MS = 400;
const VAE_SAMPLES = 64;
const BOUND_STEPS = 1000;
/** Fixed, so that the same picture gets the same numbers on every machine. */
const SEED = 0;

/** Scores the picture on display under both models once it rests, and stops as soon as it changes. */
export class Scoring {
  vae = $state.raw<Score<VaeElbo>>(EMPTY);
  ddpm = $state.raw<Score<BoundProgress>>(EMPTY);
  readonly seed = SEED;
  #resting = $state.raw<Picture | null>(null);
  #abort: AbortController | null = null;
  #ticket = 0;
  #key = $derived.by(() => (this.shown?.still ? (this.displayed?.key ?? '') : ''));

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly ofLab: () => Displayed | undefined,
  ) {
    if (engine.missing.length > 0) return;
    $effect(() => this.#fit());
    $effect(() => this.#rest());
    $effect(() => this.#scoreVae());
    $effect(() => this.#scoreDdpm());
  }

  #fit(): void {
    const entry = this.engine.entry('ddpm', this.page.state.ddpm);
    const known = entry?.kind === 'ddpm' ? this.engine.schedulesOf(entry) : null;
    if (known) fitSchedule(this.page.state.bound, known);
  }

  get boundSteps(): number {
    const { ddpm, bound } = this.page.state;
    const entry = this.engine.entry('ddpm', ddpm);
    const known = entry?.kind === 'ddpm' ? this.engine.schedulesOf(entry) : null;
    const most = bound.schedule === 'trained' ? known?.trainedSteps : null;
    return Math.min(BOUND_STEPS, most ?? BOUND_STEPS);
  }

  /** What the lab above shows. */
  get shown(): Displayed | undefined {
    return this.ofLab();
  }

  get displayed(): Picture | null {
    return this.shown?.picture ?? null;
  }

  get hasPicture(): boolean {
    return this.displayed !== null;
  }

  get class(): number | null {
    const asked = this.shown?.class ?? null;
    const entry = this.engine.entry('ddpm', this.page.state.ddpm);
    return entry?.kind === 'ddpm' ? fitClass(entry, asked) : asked;
  }

  pause(): void {
    this.#abort?.abort();
    this.ddpm = { ...this.ddpm, status: 'paused' };
  }

  resume(): void {
    const entry = this.engine.entry('ddpm', this.page.state.ddpm);
    if (this.#resting && entry && this.ddpm.status === 'paused')
      void this.#continue(entry.id, pixelsOf(this.#resting), this.options);
  }

  #rest(): (() => void) | undefined {
    if (this.#key === '') return undefined;
    const timer = setTimeout(() => (this.#resting = this.displayed), STILL_MS);
    return () => {
      clearTimeout(timer);
      this.#resting = null;
    };
  }

  #scoreVae(): (() => void) | undefined {
    const picture = this.#resting;
    const { scorer } = this.engine;
    const entry = this.engine.entry('vae', this.page.state.vae);
    if (!picture || !entry || boundLack(entry) || !scorer.holds('vae', entry)) return undefined;
    const abort = new AbortController();
    const params = {
      model: entry.id,
      image: pixelsOf(picture),
      samples: VAE_SAMPLES,
      seed: SEED,
      class: this.page.state.latent.class,
      surface: 'elbo-binarized',
    };
    this.vae = {
      status: 'running',
      value: untrack(() => this.vae.value),
      current: false,
      error: null,
    };
    scorer.client.call('scoreVae', params, { signal: abort.signal }).then(
      (value) => (this.vae = { status: 'done', value, current: true, error: null }),
      (error: unknown) => {
        if (!isCancelled(error)) this.vae = { ...EMPTY, status: 'failed', error: asError(error) };
      },
    );
    return () => {
      abort.abort();
      this.vae = { status: 'idle', value: this.vae.value, current: false, error: null };
    };
  }

  get options(): BoundOptions {
    const { schedule, timesteps } = this.page.state.bound;
    return { schedule, timesteps, steps: this.boundSteps, class: this.class, seed: SEED };
  }

  #scoreDdpm(): (() => void) | undefined {
    const picture = this.#resting;
    const { options } = this;
    const entry = this.engine.entry('ddpm', this.page.state.ddpm);
    if (!picture || entry?.kind !== 'ddpm' || !this.engine.scorer.holds('ddpm', entry))
      return undefined;
    if (!this.engine.schedulesOf(entry)?.kinds.includes(options.schedule)) return undefined;
    this.#ticket++;
    void this.#continue(entry.id, pixelsOf(picture), options);
    return () => {
      this.#abort?.abort();
      this.ddpm = { status: 'idle', value: this.ddpm.value, current: false, error: null };
    };
  }

  async #continue(model: string, image: Pixels, options: BoundOptions): Promise<void> {
    const abort = (this.#abort = new AbortController());
    // Until the first pass is complete, the terms of the picture before stay, marked as old.
    const show = (status: ScoreStatus, value: BoundProgress) => {
      const result = value.result ?? this.ddpm.value?.result ?? null;
      this.ddpm = {
        status,
        value: { ...value, result },
        current: value.result !== null,
        error: null,
      };
    };
    const params = { model, ticket: this.#ticket, image, options };
    try {
      const onProgress = (value: BoundProgress) => show('running', value);
      show(
        'done',
        await this.engine.scorer.client.call('scoreDdpm', params, {
          signal: abort.signal,
          onProgress,
        }),
      );
    } catch (error) {
      if (!isCancelled(error)) this.ddpm = { ...EMPTY, status: 'failed', error: asError(error) };
    }
  }
}
