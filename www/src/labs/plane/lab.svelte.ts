import { untrack } from 'svelte';
import type { Engine } from '../../engine/engine.svelte.ts';
import type {
  PlaneLook,
  PlaneScores,
  PlaneSetup,
  PlaneTraining,
} from '../../../engine/protocol.ts';
import { randomSeed } from '../../../engine/seed.ts';
import { animate, reducedMotion } from '../../motion.ts';
import type { Page } from '../../page.svelte.ts';
import { BesidePlane } from './beside.svelte.ts';
import { PlaneRun } from './run.svelte.ts';
import {
  defaultPlane,
  type Dot,
  MAX_POINTS,
  MAX_TRAINING,
  type PlaneSettings,
  planeSetup,
  snapCoordinate,
  snapDot,
} from './settings.ts';

/** Steps at which a training can be paused. */
const PAUSES = 500;

/** A chain of any length goes by in this time. */
const SECONDS = 6;

/** The controls that make another diffusion. */
type SettingsPart = Partial<Omit<PlaneSettings, 't' | 'steps' | 'point' | 'points' | 'particle'>>;

/** What a model scores, as long as data and chain stay the same. */
export interface Scored {
  /** The model, and a network's weighting and steps. */
  key: string;
  model: PlaneSettings['model'];
  weighting: PlaneSettings['weighting'] | null;
  trained: number;
  blur: number;
  scores: PlaneScores;
}

/** The diffusion of the lab: what is set, played and trained. */
export class PlaneLab extends PlaneRun {
  training = $state.raw<PlaneTraining | null>(null);
  /** Whether the network is being trained. */
  busy = $state(false);
  scored = $state.raw<Scored[]>([]);
  readonly beside: BesidePlane;
  /** The Gaussian of one's own data that has been taken last. */
  chosen = $state(0);
  /** 1: to noise, -1: back, 0: at rest. */
  override direction = $state<-1 | 0 | 1>(0);
  /** Set by the components that know the canvases. */
  override look = $state.raw<PlaneLook | null>(null);
  override small = $state.raw<PlaneLook | null>(null);
  /** Steps of the network that is in use; another number takes it anew. */
  #version = $state(0);
  #until = 0;
  #begun = false;
  #scoredOf = '';

  constructor(
    engine: Engine,
    private readonly page: Page,
  ) {
    super(engine, 'a');
    this.beside = new BesidePlane(engine, page, this);
    if (engine.missing.length > 0) return;
    $effect(() => this.#enter());
    this.begin();
    $effect(() => this.#train());
    $effect(() => (this.direction !== 0 && this.active ? this.#play() : undefined));
  }

  override get settings(): PlaneSettings {
    return this.page.state.plane;
  }

  /** Nothing here answers any more. */
  get down(): boolean {
    return this.engine.fitter.down;
  }

  override get version(): number {
    return this.#version;
  }

  protected override get active(): boolean {
    return this.page.state.lab === 'plane';
  }

  protected override get setup(): PlaneSetup {
    return planeSetup(this.settings);
  }

  protected override get field(): PlaneSettings['field'] {
    return this.settings.field;
  }

  change(part: SettingsPart): void {
    Object.assign(this.settings, part);
    if (this.settings.model !== 'network') this.#pauseTraining();
  }

  /** Another T: the timestep stays at its share of the chain. */
  setSteps(steps: number): void {
    const { settings } = this;
    const t = Math.round((settings.t / settings.steps) * steps);
    Object.assign(settings, { steps, t });
  }

  scrub(t: number): void {
    this.direction = 0;
    this.settings.t = Math.min(this.settings.steps, Math.max(0, t));
  }

  play(direction: -1 | 1): void {
    const { settings } = this;
    if (this.direction === direction) {
      this.direction = 0;
      return;
    }
    const end = direction < 0 ? 0 : settings.steps;
    if (settings.t === end) settings.t = settings.steps - end;
    this.#until = end;
    this.direction = direction;
  }

  get moving(): boolean {
    return this.direction !== 0 || this.busy;
  }

  pause(): void {
    this.direction = 0;
    this.#pauseTraining();
  }

  setPoint([x, y]: readonly [number, number]): void {
    this.settings.point = [snapCoordinate(x), snapCoordinate(y)];
  }

  setDot(index: number, part: Partial<Dot>): void {
    this.settings.points = this.settings.points.map((dot, i) =>
      i === index ? snapDot({ ...dot, ...part }) : dot,
    );
  }

  addDot(dot: Dot): void {
    if (this.settings.points.length >= MAX_POINTS) return;
    this.settings.points = [...this.settings.points, snapDot(dot)];
  }

  /** One Gaussian always stays. */
  removeDot(index: number): void {
    if (this.settings.points.length < 2) return;
    this.settings.points = this.settings.points.filter((_, i) => i !== index);
  }

  dice(): void {
    this.change({ seed: randomSeed() });
  }

  /** Goes on with the training to its end, or pauses it. */
  toggleTraining(): void {
    if (this.busy) this.#pauseTraining();
    else if (this.settings.trained < MAX_TRAINING) this.busy = true;
  }

  resetTraining(): void {
    this.busy = false;
    this.settings.trained = 0;
  }

  /** The worker is ahead of what it has told: the training stops at the next step of a coarse grid. */
  #pauseTraining(): void {
    if (!this.busy) return;
    this.busy = false;
    const { trained } = this.settings;
    this.settings.trained = Math.min(MAX_TRAINING, PAUSES * Math.ceil((trained + 400) / PAUSES));
  }

  #enter(): void {
    if (!this.active || this.#begun) return;
    this.#begun = true;
    untrack(() => {
      this.#open();
      void this.engine.fitter.begin();
    });
  }

  /** The first look at an untouched lab shows the way from noise to where it then stands. */
  #open(): void {
    const { settings } = this;
    const standard = defaultPlane();
    if (JSON.stringify(settings) !== JSON.stringify(standard) || reducedMotion()) return;
    this.#until = standard.t;
    settings.t = settings.steps;
    this.direction = -1;
  }

  protected override record(scores: PlaneScores): void {
    const { data, points, schedule, steps, eta, seed, model, blur, weighting } = this.settings;
    const common = JSON.stringify([data, data === 'own' && points, schedule, steps, eta, seed]);
    const others = common === this.#scoredOf ? this.scored : [];
    this.#scoredOf = common;
    const network = model === 'network';
    const row: Scored = {
      key: network ? `${model} ${weighting}` : model,
      model,
      weighting: network ? weighting : null,
      trained: this.#version,
      blur,
      scores,
    };
    this.scored = [...others.filter((other) => other.key !== row.key), row];
  }

  /** Brings the network to as many steps as the settings say, and on while it is being trained. */
  #train(): (() => void) | undefined {
    const { client } = this;
    const { network } = this.setup;
    if (!client) return undefined;
    if (!network) {
      untrack(() => {
        this.training = null;
        this.#version = 0;
      });
      return undefined;
    }
    const { busy } = this;
    // While it goes on, the settings follow it.
    const wanted = busy ? MAX_TRAINING : this.settings.trained;
    const controller = new AbortController();
    const { signal } = controller;
    const tell = (training: PlaneTraining) => {
      this.training = training;
      if (busy) this.settings.trained = training.steps;
      // The network in use is taken anew when all that is shown of the last one has come.
      if (this.reached === 0 && this.current && this.#version !== training.steps)
        this.#version = training.steps;
    };
    client
      .call('planeTrain', { network, steps: wanted }, { signal, onProgress: tell })
      .then((training) => {
        if (signal.aborted) return;
        this.training = training;
        this.#version = training.steps;
        this.settings.trained = training.steps;
        this.busy = false;
      }, this.engine.report);
    return () => controller.abort();
  }

  #play(): () => void {
    let due = 0;
    return animate((seconds) => {
      const { settings, direction } = this;
      due += (Math.min(seconds, 0.25) * settings.steps) / SECONDS;
      // What has not been painted yet is waited for, not skipped.
      if (this.view?.asked !== this.request) return;
      const left = Math.abs(this.#until - settings.t);
      const next = direction < 0 ? settings.t - Math.floor(due) : settings.t;
      const reached = direction > 0 || (this.reached ?? Infinity) <= next;
      if (!reached || !this.beside.readyFor(next)) return void (due = Math.min(due, 2));
      const whole = Math.min(Math.floor(due), left);
      due -= Math.floor(due);
      if (whole > 0) settings.t += direction * whole;
      if (settings.t === this.#until) this.direction = 0;
    });
  }
}
