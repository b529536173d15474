import { untrack } from 'svelte';
import type { Engine } from '../../engine/engine.svelte.ts';
import { hostOf, modelsFor } from '../../engine/hosts.ts';
import {
  boundLack,
  classesOf,
  datasetOf,
  datasetsOf,
  evaluationOf,
  formatKey,
  formatOf,
  isLatent,
  type LatentEntry,
  type Task,
  taskOf,
} from '../../../engine/facts.ts';
import { KINDS } from '../../../engine/kinds/index.ts';
import { isOwn } from '../../../engine/own.ts';
import type {
  Diffused,
  Estimate,
  JobKind,
  Jobs,
  ModelEntry,
  ScheduleKind,
} from '../../../engine/protocol.ts';
import { randomSeed } from '../../../engine/seed.ts';
import { fitClass } from '../../models/classes.ts';
import { fitSchedule, mostSteps } from '../../models/fit.ts';
import type { Page } from '../../page.svelte.ts';
import { SCHEDULES } from '../../schema/bound.ts';
import { tab } from '../../tab.svelte.ts';
import { JobView, type NamedTask, namedTask, type TaskOf } from '../../scoring/job-view.svelte.ts';
import type { KeyedImage } from '../../scoring/displayed.ts';
import { BesideBounds } from './beside.svelte.ts';
import { type Experience, experienceOf } from './experience.ts';
import { ORDERS, OWNER } from './orders.ts';
import { ImageInput } from '../input/image-input.svelte.ts';
import { isOfChain } from './surprise.svelte.ts';
import { MOST_MODELS } from './settings.ts';

/** A model with latents, and its bound. */
export interface LatentModel {
  entry: LatentEntry;
  bound: JobView<'latent'>;
}

/** The bound of one chain of the comparison over T. */
export interface SweepPoint {
  schedule: ScheduleKind;
  steps: number;
  bound: JobView<'diffusion'>;
}

const STILL_MS = 300;
/** Fewer samples do not know their own standard error. */
const FEWEST = 30;
/** Chain lengths that are compared, and how many timesteps of each are evaluated. */
export const SWEEP_STEPS = [10, 30, 100, 300, 1000, 3000] as const;
const SWEEP_TIMESTEPS = 64;

/** Every model's bound of one picture, each growing in the pool while the lab is on display. */
export class ElboLab {
  latent = $state.raw<LatentModel[]>([]);
  readonly bound: JobView<'diffusion'>;
  readonly classes: JobView<'classes'>;
  readonly beside: BesideBounds;
  readonly sweep: SweepPoint[];
  /** Whether chains of several lengths are compared: many evaluations, so only when asked. */
  sweeping = $state(false);
  /** The picture under the playhead. */
  diffused = $state.raw<Diffused | null>(null);
  /** In each of the formats that models want, by their keys. */
  #resting = $state.raw<ReadonlyMap<string, KeyedImage>>(new Map());

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    readonly imageInput = new ImageInput(engine, page),
  ) {
    this.bound = new JobView(engine, ORDERS.bound);
    this.classes = new JobView(engine, ORDERS.bound);
    this.sweep = SCHEDULES.flatMap((schedule) =>
      SWEEP_STEPS.map((steps) => ({
        schedule,
        steps,
        bound: new JobView<'diffusion'>(engine, ORDERS.sweep),
      })),
    );
    this.beside = new BesideBounds(engine, page, this);
    if (engine.missing.length > 0) return;
    $effect(() => this.#fit());
    $effect(() => this.#find());
    $effect(() => engine.pool.suspend(OWNER, tab.hidden || page.state.lab !== 'elbo'));
    $effect(() => {
      if (page.state.lab === 'elbo') void engine.evaluation.load();
    });
    $effect(() => this.#rest());
    $effect(() => this.#scoreLatent());
    $effect(() => this.#scoreDiffusion());
    $effect(() => this.#classify());
    $effect(() => this.#sweepSteps());
    $effect(() => this.#diffuse());
  }

  get #state() {
    return this.page.state.elbo;
  }

  get ddpm() {
    return this.engine.entry('sampler', this.page.state.sampler);
  }

  /** Nothing here answers any more: neither pictures nor bounds, of which either is nothing without the other. */
  get down(): boolean {
    return this.engine.decoder.down || this.engine.poolDown;
  }

  /** The picture on display once it rests. */
  get picture(): KeyedImage | null {
    return this.#resting.get(formatKey(this.imageInput.format)) ?? null;
  }

  /** The same as a model wants it. */
  imageFor(entry: ModelEntry): KeyedImage | null {
    return this.#resting.get(formatKey(formatOf(entry))) ?? null;
  }

  /** Whether the models have been tested on anything like the picture. */
  get experience(): Experience {
    const models = this.engine.evaluation.models;
    const bounds: { entry: ModelEntry; elbo: Estimate | null }[] = this.latent.map(
      ({ entry, bound: { result, current } }) => ({
        entry,
        elbo: current && result && result.samples >= FEWEST ? result.elbo : null,
      }),
    );
    if (this.ddpm) {
      const { result, current } = this.bound;
      const chain = evaluationOf(models, this.ddpm)?.chain;
      // The bound of another chain is not to be set beside those of the test images.
      if (!result || isOfChain(result, chain))
        bounds.push({
          entry: this.ddpm,
          elbo: current && result && result.evaluations >= FEWEST ? result.elbo : null,
        });
    }
    return experienceOf(
      bounds.flatMap(({ entry, elbo }) => {
        const evaluated = evaluationOf(models, entry);
        return evaluated ? [{ entry, evaluated, elbo }] : [];
      }),
    );
  }

  dice(): void {
    this.#state.seed = randomSeed();
  }

  of(task: Task): LatentModel[] {
    return this.latent.filter(({ entry }) => taskOf(entry) === task);
  }

  /** Those of the site. */
  get shipped(): ModelEntry[] {
    return (this.engine.manifest?.models ?? []).filter(({ id }) => !isOwn(id));
  }

  /** One model of each data set that the lab can be about: a diffusion model, or else one with latents. */
  get leaders(): ModelEntry[] {
    const diffusion = modelsFor('sampler', this.shipped);
    const all = diffusion.length > 0 ? diffusion : modelsFor('decoder', this.shipped);
    return datasetsOf(all).flatMap((dataset) => all.find((e) => datasetOf(e) === dataset) ?? []);
  }

  /** The data set whose models are compared: that of the sampler's model, or of the decoder's where it has none. */
  get dataset(): string {
    const [first] = this.leaders;
    const host = first && hostOf(first);
    if (!host) return '';
    const chosen = this.engine.entry(host, this.page.state[host]);
    return datasetOf(chosen && !isOwn(chosen.id) ? chosen : first);
  }

  /** Models with latents of that data set and of the visitor's own, whether they are compared or not. */
  get candidates(): LatentEntry[] {
    const { dataset } = this;
    const isApart = this.leaders.length > 1;
    return (this.engine.manifest?.models ?? [])
      .filter(isLatent)
      .filter((entry) => !isApart || isOwn(entry.id) || datasetOf(entry) === dataset);
  }

  isCompared(entry: LatentEntry): boolean {
    return !this.#state.without.includes(entry.id);
  }

  compare({ id }: LatentEntry, whether: boolean): void {
    const others = this.#state.without.filter((other) => other !== id);
    this.#state.without = whether ? others : [...others, id].slice(-MOST_MODELS);
  }

  /** Class and chain that the diffusion model does not have give way to those that it has. */
  #fit(): void {
    const { ddpm } = this;
    const known = this.engine.schedules.of(ddpm);
    const state = this.#state;
    const { bound } = this.page.state;
    if (ddpm) state.given = fitClass(ddpm, state.given);
    if (!known) return;
    fitSchedule(bound, known);
    state.steps = Math.min(state.steps, mostSteps(known, bound.schedule));
    state.t = Math.min(state.t, state.steps);
  }

  #find(): void {
    const { without } = this.#state;
    const found = this.candidates.filter(({ id }) => !without.includes(id));
    const rank = ({ kind }: ModelEntry) => KINDS.findIndex(({ id }) => id === kind);
    found.sort((a, b) => rank(a) - rank(b));
    const before = untrack(() => this.latent);
    for (const { entry, bound } of before) if (!found.includes(entry)) bound.set(null);
    // What a model has computed stays when another one comes or goes.
    this.latent = found.map(
      (entry) =>
        before.find((model) => model.entry === entry) ?? {
          entry,
          bound: new JobView<'latent'>(this.engine, ORDERS.bound),
        },
    );
  }

  #rest(): (() => void) | undefined {
    if (this.page.state.lab !== 'elbo') return undefined;
    const { pictures } = this.imageInput;
    const timer = setTimeout(() => (this.#resting = pictures), pictures.size > 0 ? STILL_MS : 0);
    return () => clearTimeout(timer);
  }

  /** A task about the picture, as the model wants it. */
  named<K extends JobKind>(entry: ModelEntry, task: TaskOf<K>): NamedTask<K> | null {
    return namedTask<K>(this.imageFor(entry), entry, task);
  }

  /** What the bound of a model is asked for. */
  optionsOf(entry: LatentEntry): Jobs['latent']['options'] {
    const { samples, proposal, seed } = this.#state;
    return { samples, proposal, seed, ...this.classOf(entry) };
  }

  /** The same of the diffusion model. */
  get chainOptions(): Jobs['diffusion']['options'] {
    const { steps, given, seed } = this.#state;
    const { schedule, timesteps } = this.page.state.bound;
    return { schedule, steps, timesteps, class: given, seed, consistency: true };
  }

  #scoreLatent(): void {
    for (const { entry, bound } of this.latent) {
      if (boundLack(entry)) continue;
      const options = this.optionsOf(entry);
      const named = this.named<'latent'>(entry, { kind: 'latent', options });
      untrack(() => bound.set(named));
    }
  }

  /** That of the latent lab, where a model is conditioned on one. */
  classOf(entry: LatentEntry): { class?: number | null } {
    if (classesOf(entry).length === 0) return {};
    return { class: fitClass(entry, this.page.state.latent.class) };
  }

  /** Whether the chain of the settings is one that the model has. */
  get #hasChain(): boolean {
    const known = this.engine.schedules.of(this.ddpm);
    return known?.kinds.includes(this.page.state.bound.schedule) === true;
  }

  /** Whether the chains that are compared are among those that the model has. */
  get canSweep(): boolean {
    const known = this.engine.schedules.of(this.ddpm);
    return SCHEDULES.every((schedule) => known?.kinds.includes(schedule));
  }

  #scoreDiffusion(): void {
    if (!this.ddpm || !this.#hasChain) return;
    const options = this.chainOptions;
    const named = this.named<'diffusion'>(this.ddpm, { kind: 'diffusion', options });
    untrack(() => this.bound.set(named));
  }

  #classify(): void {
    if (!this.ddpm || !this.#hasChain) return;
    if (this.ddpm.classes.length < 2) {
      untrack(() => this.classes.set(null));
      return;
    }
    const { perClass: evaluationsPerClass, seed, steps } = this.#state;
    const options = { schedule: this.page.state.bound.schedule, steps, evaluationsPerClass, seed };
    const named = this.named<'classes'>(this.ddpm, { kind: 'classes', options });
    untrack(() => this.classes.set(named));
  }

  #sweepSteps(): void {
    const { given, seed } = this.#state;
    const { ddpm } = this;
    const sweeping = this.sweeping && this.canSweep;
    for (const { schedule, steps, bound } of this.sweep) {
      const options = { schedule, steps, timesteps: SWEEP_TIMESTEPS, class: given, seed };
      const named =
        ddpm && sweeping ? this.named<'diffusion'>(ddpm, { kind: 'diffusion', options }) : null;
      untrack(() => bound.set(named));
    }
  }

  #diffuse(): void {
    const picture = this.ddpm ? this.imageFor(this.ddpm) : null;
    const { sampler } = this.engine;
    const { t, steps, given, seed } = this.#state;
    const { schedule } = this.page.state.bound;
    if (!picture || this.page.state.lab !== 'elbo') return;
    if (!this.ddpm || !this.#hasChain || !sampler.holds(this.ddpm)) return;
    const call = {
      model: this.ddpm.id,
      image: picture.levels,
      options: { t: Math.min(t, steps), schedule, steps, class: given, seed },
    };
    untrack(() => sampler.queue('diffuse').submit(() => sampler.client.call('diffuse', call))).then(
      (diffused) => (this.diffused = diffused),
      this.engine.report,
    );
  }
}
