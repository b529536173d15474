import type { Engine } from '../engine/engine.svelte.ts';
import { boundLack, isSameShape } from '../../engine/facts.ts';
import type { DdpmEntry, JobKind, Jobs, ModelEntry, VaeEntry } from '../../engine/protocol.ts';
import { fitClass } from '../models/classes.ts';
import { fitSchedule } from '../models/fit.ts';
import type { Page } from '../page.svelte.ts';
import { tab } from '../tab.svelte.ts';
import { JobView, namedTask, type TaskOf } from './job-view.svelte.ts';
import type { Displayed, KeyedImage } from './displayed.ts';

const STILL_MS = 400;
const VAE_SAMPLES = 64;
const BOUND_STEPS = 1000;
/** Fixed, so that the same image gets the same numbers on every machine. */
const SEED = 0;
const OWNER = 'panel';

/** Scores the image on display under both models once it rests, and stops as soon as it changes. */
export class Scoring {
  /** Few evaluations: they need not wait for the many of the other. */
  readonly vae: JobView<'latent'>;
  readonly ddpm: JobView<'diffusion'>;
  readonly seed = SEED;
  /** The image as the VAE takes it. */
  fitted = $state.raw<KeyedImage | null>(null);
  #resting = $state.raw<KeyedImage | null>(null);
  #key = $derived.by(() => (this.shown?.still ? (this.displayed?.key ?? '') : ''));

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly ofLab: () => Displayed | undefined,
  ) {
    this.vae = new JobView(engine, { owner: OWNER, rank: 0 });
    this.ddpm = new JobView(engine, { owner: OWNER, rank: 1 });
    if (engine.missing.length > 0) return;
    $effect(() => engine.pool.suspend(OWNER, tab.hidden));
    $effect(() => this.#fit());
    $effect(() => this.#rest());
    $effect(() => this.#scoreVae());
    $effect(() => this.#scoreDdpm());
  }

  get #vae(): VaeEntry | undefined {
    return this.engine.entry('decoder', this.page.state.decoder);
  }

  get #ddpm(): DdpmEntry | undefined {
    return this.engine.entry('sampler', this.page.state.sampler);
  }

  #fit(): void {
    const known = this.engine.schedules.of(this.#ddpm);
    if (known) fitSchedule(this.page.state.bound, known);
  }

  get boundSteps(): number {
    const known = this.engine.schedules.of(this.#ddpm);
    const most = this.page.state.bound.schedule === 'trained' ? known?.trainedSteps : null;
    return Math.min(BOUND_STEPS, most ?? BOUND_STEPS);
  }

  /** What the lab above shows. */
  get shown(): Displayed | undefined {
    return this.ofLab();
  }

  get displayed(): KeyedImage | null {
    return this.shown?.image ?? null;
  }

  get hasImage(): boolean {
    return this.displayed !== null;
  }

  get class(): number | null {
    const asked = this.shown?.class ?? null;
    return this.#ddpm ? fitClass(this.#ddpm, asked) : asked;
  }

  /** What the bound of the VAE is asked for. */
  get vaeOptions(): Jobs['latent']['options'] {
    const given = this.page.state.latent.class;
    return { samples: VAE_SAMPLES, proposal: 'posterior', seed: SEED, class: given };
  }

  /** The same of the diffusion model. */
  get options(): Jobs['diffusion']['options'] {
    const { schedule, timesteps } = this.page.state.bound;
    return { schedule, timesteps, steps: this.boundSteps, class: this.class, seed: SEED };
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
    const entry = this.#vae;
    if (!entry || boundLack(entry)) return undefined;
    const task = { kind: 'latent', options: this.vaeOptions } as const;
    return this.#score(this.vae, entry, task, (image) => (this.fitted = image));
  }

  #scoreDdpm(): (() => void) | undefined {
    const entry = this.#ddpm;
    const { options } = this;
    if (!entry || !this.engine.schedules.of(entry)?.kinds.includes(options.schedule ?? 'cosine'))
      return undefined;
    return this.#score(this.ddpm, entry, { kind: 'diffusion', options });
  }

  /** Begins with the image that rests, and returns how to end it. */
  #score<K extends JobKind>(
    bound: JobView<K>,
    entry: ModelEntry,
    task: TaskOf<K>,
    onFitted?: (image: KeyedImage) => void,
  ): (() => void) | undefined {
    const image = this.#resting;
    if (!image) return undefined;
    let ended = false;
    this.#fitTo(entry, image).then((fitted) => {
      if (ended) return;
      onFitted?.(fitted);
      bound.set(namedTask(fitted, entry, task));
    }, this.engine.report);
    return () => {
      ended = true;
      bound.set(null);
    };
  }

  /** The image in the shape of the model. */
  async #fitTo({ image: shape }: ModelEntry, image: KeyedImage): Promise<KeyedImage> {
    if (isSameShape(image.shape, shape)) return image;
    const { decoder } = this.engine;
    // A new worker does what its predecessor may have left undone.
    void decoder.generation;
    const of = { image: { levels: image.levels, shape: image.shape } };
    const levels = await decoder.client.call('prepare', { of, format: { shape, digit: false } });
    return { key: image.key, levels, shape };
  }
}
