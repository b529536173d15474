import type { Engine } from '../../engine/engine.svelte.ts';
import type { InferenceView, PlaneLook } from '../../../engine/protocol.ts';
import { randomSeed } from '../../../engine/seed.ts';
import type { Page } from '../../page.svelte.ts';
import { following, SetApart } from '../apart.ts';
import {
  APART,
  type ApartPart,
  besideSettings,
  type BesideSettings,
  fitStart,
  type InferenceSettings,
  otherThan,
  setupOf,
} from './settings.ts';

/** What the second run takes from the first. */
interface First {
  readonly settings: InferenceSettings;
  readonly view: InferenceView | null;
  readonly look: PlaneLook | null;
  /** Shows both from the start. */
  restart(): void;
}

/** How the two fits of one target differ after as many iterations, B - A, in nats. */
export interface FitDifference {
  elbo: number;
  /** KL(q||p): what the ELBO loses it gains, since log Z is the same. */
  reverse: number;
  /** KL(p||q). */
  forward: number;
}

/** A second run on the same target, at the same iteration; it follows the first in all that is not set apart. */
export class BesideFit {
  /** The state that was shown last. */
  view = $state.raw<InferenceView | null>(null);
  /** Its canvas is on the page. */
  mounted = $state(false);
  readonly apart: SetApart<typeof besideSettings, ApartPart>;
  #asked = $state('');

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly lab: First,
  ) {
    this.apart = new SetApart(besideSettings, APART, {
      state: () => this.#state,
      other: (part) => otherThan(this.settings, part),
      changed: () => this.lab.restart(),
    });
    if (engine.missing.length > 0) return;
    $effect(() => this.#show());
  }

  get #state(): BesideSettings {
    return this.page.state.besideFit;
  }

  get on(): boolean {
    return this.#state.on;
  }

  /** A q that was set by hand belongs to its family. */
  readonly settings: InferenceSettings = $derived.by(() => {
    const { on: _, ...own } = this.#state;
    const both = following(this.lab.settings, own);
    fitStart(both);
    return both;
  });

  get active(): boolean {
    return this.on && this.mounted && this.page.state.lab === 'inference';
  }

  /** Name of the state that the settings describe. */
  get request(): string {
    return JSON.stringify([setupOf(this.settings), this.settings.iterations]);
  }

  /** Whether what is shown is what the settings describe. */
  get current(): boolean {
    return this.view !== null && this.#asked === this.request && this.view.asked === this.request;
  }

  /** Whether a play need not wait for it. */
  get ready(): boolean {
    return !this.active || this.current;
  }

  /** Null while the two are not at one iteration. */
  get difference(): FitDifference | null {
    const [a, b] = [this.lab.view?.state, this.on ? this.view?.state : undefined];
    if (!a || a.iteration !== b?.iteration) return null;
    return {
      elbo: b.elbo - a.elbo,
      reverse: b.gap - a.gap,
      forward: b.forwardKl - a.forwardKl,
    };
  }

  dice(): void {
    this.apart.change({ seed: randomSeed() });
  }

  #show(): void {
    const { look } = this.lab;
    if (!this.active || !look) return;
    const { fitter } = this.engine;
    const { request } = this;
    // Another worker has other canvases, and is asked again.
    const { generation } = fitter;
    const { iterations } = this.settings;
    const call = {
      place: 'b' as const,
      asked: request,
      setup: setupOf(this.settings),
      iterations,
      look,
    };
    this.#asked = request;
    fitter
      .queue('fit-b')
      .submit(() => fitter.client.call('fit', call))
      .then((view) => {
        if (generation === fitter.generation) this.view = view;
      }, this.engine.report);
  }
}
