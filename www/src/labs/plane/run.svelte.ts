import { untrack } from 'svelte';
import type { Engine } from '../../engine/engine.svelte.ts';
import type {
  PlaneLook,
  PlanePointResult,
  PlaneScores,
  PlaneSetup,
  PlaneView,
} from '../../../engine/protocol.ts';
import type { PlaneSettings } from './settings.ts';

/** Where a diffusion is painted and kept by the worker: the one of the lab, and the one beside it. */
type Place = 'a' | 'b';

const LANES = { a: 'planePaint', b: 'planePaint-b' } as const;

/**
 * A diffusion in the worker, and what is on display of it: all of it follows from the settings. Particles and the numbers of the
 * point grow in the background, and a changed setting begins them anew.
 */
export abstract class PlaneRun {
  /** The state that was painted last. */
  view = $state.raw<PlaneView | null>(null);
  /** The smallest timestep that the samplers have reached; null before they begin. */
  reached = $state<number | null>(null);
  point = $state.raw<PlanePointResult | null>(null);
  /** Of the diffusion on display, once its samplers have ended. */
  scores = $state.raw<PlaneScores | null>(null);
  /** What `point` is of. */
  #pointOf = $state('');

  protected constructor(
    protected readonly engine: Engine,
    private readonly place: Place,
  ) {}

  abstract get settings(): PlaneSettings;
  /** Whether anything is to be computed. */
  protected abstract get active(): boolean;
  protected abstract get setup(): PlaneSetup;
  /** Steps of the network that is in use. */
  abstract get version(): number;
  /** Its canvases; null until the page has them. */
  abstract get look(): PlaneLook | null;
  abstract get small(): PlaneLook | null;
  protected abstract get field(): PlaneSettings['field'];
  abstract get direction(): -1 | 0 | 1;
  /** What becomes of the scores beyond their display. */
  protected abstract record(scores: PlaneScores): void;

  protected begin(): void {
    $effect(() => this.#show());
    $effect(() => this.#advance());
    $effect(() => this.#evaluate());
  }

  get #of() {
    return { place: this.place, setup: this.setup, version: this.version };
  }

  /** Name of the diffusion that the settings describe: the same for every timestep. */
  readonly #diffusion: string = $derived.by(() => JSON.stringify(this.#of));

  readonly #pointRequest: string = $derived.by(() =>
    JSON.stringify([this.#diffusion, this.settings.point]),
  );

  /** Name of the picture that the settings describe. */
  get request(): string {
    const { t, point, particle } = this.settings;
    const { field, look, small } = this;
    return JSON.stringify([this.#diffusion, t, field, point, particle, look, small]);
  }

  /** Whether the numbers of the point are those that the settings describe. */
  get current(): boolean {
    return this.#pointOf === this.#pointRequest;
  }

  /** Whether the samplers have reached the timestep on display. */
  get arrived(): boolean {
    return this.reached !== null && this.reached <= this.settings.t;
  }

  /** The worker, where it may be asked; another worker knows nothing of what the last one did. */
  protected get client() {
    const { fitter } = this.engine;
    return this.active && this.look && fitter.generation >= 0 ? fitter.client : null;
  }

  #show(): void {
    const { look, small, field } = this;
    if (!this.active || !look || !small) return;
    const { fitter } = this.engine;
    const { generation } = fitter;
    // Painted again when the samplers arrive.
    void this.arrived;
    const { t, particle, point } = this.settings;
    const call = {
      ...this.#of,
      asked: this.request,
      t,
      look,
      small,
      field: field === 'none' ? null : field,
      particle,
      point: [...point] as [number, number],
      hold: this.direction === 0,
    };
    fitter
      .queue(LANES[this.place])
      .submit(() => fitter.client.call('planePaint', call))
      .then((view) => {
        if (generation === fitter.generation) this.view = view;
      }, this.engine.report);
  }

  #advance(): (() => void) | undefined {
    const { client } = this;
    const diffusion = this.#diffusion;
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
        if (diffusion !== this.#diffusion) return;
        this.scores = scores;
        this.record(scores);
      })
      .catch(this.engine.report);
    return () => controller.abort();
  }

  #evaluate(): (() => void) | undefined {
    const { client } = this;
    const request = this.#pointRequest;
    if (!client) return undefined;
    const { of, point } = untrack(() => ({ of: this.#of, point: this.settings.point }));
    const controller = new AbortController();
    const { signal } = controller;
    const tell = (result: PlanePointResult) => {
      // What is known of the last point stays until there is as much of this one.
      if (!result.bound) return;
      this.point = result;
      this.#pointOf = request;
    };
    client
      .call('planePoint', { ...of, point: [...point] }, { signal, onProgress: tell })
      .then((result) => (signal.aborted ? undefined : tell(result)), this.engine.report);
    return () => controller.abort();
  }
}
