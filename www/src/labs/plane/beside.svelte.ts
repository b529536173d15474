import { untrack } from 'svelte';
import type { Engine } from '../../engine/engine.svelte.ts';
import type {
  PlaneLook,
  PlanePointResult,
  PlaneScores,
  PlaneSetup,
  PlaneView,
} from '../../../engine/protocol.ts';
import type { Page } from '../../page.svelte.ts';
import { following, SetApart } from '../apart.ts';
import {
  APART,
  type ApartPart,
  besideSettings,
  type BesideSettings,
  linkedTimestep,
  otherThan,
  planeSetup,
  type PlaneSettings,
} from './settings.ts';

/** What the second diffusion takes from the first. */
interface First {
  readonly settings: PlaneSettings;
  /** Steps of the network that is in use. */
  readonly version: number;
  readonly direction: -1 | 0 | 1;
  readonly look: PlaneLook | null;
  readonly small: PlaneLook | null;
  readonly scores: PlaneScores | null;
  readonly current: boolean;
  readonly point: PlanePointResult | null;
}

/** A diffusion of the same data from the same starting particles, beside the first, which it follows in all that is not set apart. */
export class BesidePlane {
  /** The state that was painted last. */
  view = $state.raw<PlaneView | null>(null);
  /** The smallest timestep that its samplers have reached; null before they begin. */
  reached = $state<number | null>(null);
  point = $state.raw<PlanePointResult | null>(null);
  scores = $state.raw<PlaneScores | null>(null);
  /** Its canvases are on the page. */
  mounted = $state(false);
  readonly apart: SetApart<typeof besideSettings, ApartPart>;
  /** What `point` is of. */
  #pointOf = $state('');

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly lab: First,
  ) {
    this.apart = new SetApart(besideSettings, APART, {
      state: () => this.#state,
      other: (part) => otherThan(this.settings, part),
      changed: () => undefined,
    });
    if (engine.missing.length > 0) return;
    $effect(() => this.#show());
    $effect(() => this.#advance());
    $effect(() => this.#evaluate());
  }

  get #state(): BesideSettings {
    return this.page.state.besidePlane;
  }

  get on(): boolean {
    return this.#state.on;
  }

  /** At the share of its steps that the first one has gone. */
  readonly settings: PlaneSettings = $derived.by(() => {
    const { on: _, ...own } = this.#state;
    const first = this.lab.settings;
    const both = following(first, own);
    return { ...both, t: linkedTimestep(first, both.steps) };
  });

  get active(): boolean {
    return this.on && this.mounted && this.page.state.lab === 'plane';
  }

  /** A network is that of the first, whatever the schedule. */
  get #setup(): PlaneSetup {
    const own = planeSetup(this.settings);
    return { ...own, network: own.network && planeSetup(this.lab.settings).network };
  }

  get #of() {
    const setup = this.#setup;
    return { place: 'b' as const, setup, version: setup.network ? this.lab.version : 0 };
  }

  /** Name of the diffusion that the settings describe: the same for every timestep. */
  readonly #diffusion: string = $derived.by(() => JSON.stringify(this.#of));

  /** Name of the picture that the settings describe. */
  get wish(): string {
    const { t, particle } = this.settings;
    return JSON.stringify([this.#diffusion, t, particle, this.lab.small]);
  }

  /** Whether its samplers have reached the timestep on display. */
  get arrived(): boolean {
    return this.reached !== null && this.reached <= this.settings.t;
  }

  /** Whether a play that comes to a timestep of the first need not wait for it; on the way to noise all frames are there. */
  readyFor(t: number): boolean {
    if (!this.active) return true;
    const wanted = linkedTimestep({ ...this.lab.settings, t }, this.settings.steps);
    const isThere = this.lab.direction > 0 || (this.reached ?? Infinity) <= wanted;
    return isThere && this.view?.asked === this.wish;
  }

  /** The bounds of the point of both, in nats; null while one is of something else. */
  get bounds(): { a: number; b: number; logP: number } | null {
    const [a, b] = [this.lab.point, this.point];
    const isCurrent = this.on && this.lab.current && this.#pointOf === this.#pointWish;
    if (!isCurrent || !a?.bound || !b?.bound) return null;
    return { a: a.bound.elbo, b: b.bound.elbo, logP: a.logP };
  }

  readonly #pointWish: string = $derived.by(() =>
    JSON.stringify([this.#diffusion, this.lab.settings.point]),
  );

  #show(): void {
    const { look, small } = this.lab;
    if (!this.active || !look || !small) return;
    const { fitter } = this.engine;
    const { generation } = fitter;
    // Painted again when the samplers arrive.
    void this.arrived;
    const { t, particle, point } = this.settings;
    const call = {
      ...this.#of,
      asked: this.wish,
      t,
      look,
      small,
      field: null,
      particle,
      point: [...point] as [number, number],
      hold: this.lab.direction === 0,
    };
    fitter
      .lane('planePaint-b')
      .submit(() => fitter.client.call('planePaint', call))
      .then((view) => {
        if (generation === fitter.generation) this.view = view;
      }, this.engine.report);
  }

  /** Whether the worker may be asked; another worker knows nothing of what the last one did. */
  get #client() {
    const { fitter } = this.engine;
    return this.active && this.lab.look && fitter.generation >= 0 ? fitter.client : null;
  }

  #advance(): (() => void) | undefined {
    const client = this.#client;
    const key = this.#diffusion;
    if (!client) return undefined;
    const of = untrack(() => this.#of);
    const controller = new AbortController();
    const { signal } = controller;
    untrack(() => {
      this.reached = null;
      this.scores = null;
    });
    const tell = ({ reached }: { reached: number }) => (this.reached = reached);
    client
      .call('planeAdvance', of, { signal, onProgress: tell })
      .then(async (end) => {
        if (signal.aborted) return;
        tell(end);
        if (end.reached > 0) return;
        const scores = await client.call('planeScores', of, { signal });
        if (key === this.#diffusion) this.scores = scores;
      })
      .catch(this.engine.report);
    return () => controller.abort();
  }

  #evaluate(): (() => void) | undefined {
    const client = this.#client;
    const wish = this.#pointWish;
    if (!client) return undefined;
    const { of, point } = untrack(() => ({ of: this.#of, point: this.settings.point }));
    const controller = new AbortController();
    const { signal } = controller;
    const tell = (result: PlanePointResult) => {
      if (!result.bound) return;
      this.point = result;
      this.#pointOf = wish;
    };
    client
      .call('planePoint', { ...of, point: [...point] }, { signal, onProgress: tell })
      .then((result) => (signal.aborted ? undefined : tell(result)), this.engine.report);
    return () => controller.abort();
  }
}
