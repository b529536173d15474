import type { Engine } from '../../engine/engine.svelte.ts';
import type { PlaneLook, PlaneSetup } from '../../../engine/protocol.ts';
import type { Page } from '../../page.svelte.ts';
import { following, SetApart } from '../apart.ts';
import { PlaneRun } from './run.svelte.ts';
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

/** A diffusion of the same data from the same starting particles, beside the first, which it follows in all that is not set apart. */
export class BesidePlane extends PlaneRun {
  /** Its canvases are on the page. */
  mounted = $state(false);
  readonly apart: SetApart<typeof besideSettings, ApartPart>;

  constructor(
    engine: Engine,
    private readonly page: Page,
    private readonly lab: PlaneRun,
  ) {
    super(engine, 'b');
    this.apart = new SetApart(besideSettings, APART, {
      state: () => this.#state,
      other: (part) => otherThan(this.settings, part),
      changed: () => undefined,
    });
    if (engine.missing.length === 0) this.begin();
  }

  get #state(): BesideSettings {
    return this.page.state.besidePlane;
  }

  get on(): boolean {
    return this.#state.on;
  }

  /** At the share of its steps that the first one has gone. */
  override readonly settings: PlaneSettings = $derived.by(() => {
    const { on: _, ...own } = this.#state;
    const first = this.lab.settings;
    const both = following(first, own);
    return { ...both, t: linkedTimestep(first, both.steps) };
  });

  override get active(): boolean {
    return this.on && this.mounted && this.page.state.lab === 'plane';
  }

  /** A network is that of the first, whatever the schedule. */
  protected override get setup(): PlaneSetup {
    const own = planeSetup(this.settings);
    return { ...own, network: own.network && planeSetup(this.lab.settings).network };
  }

  override get version(): number {
    return this.setup.network ? this.lab.version : 0;
  }

  override get look(): PlaneLook | null {
    return this.lab.look;
  }

  override get small(): PlaneLook | null {
    return this.lab.small;
  }

  protected override get field(): PlaneSettings['field'] {
    return 'none';
  }

  override get direction(): -1 | 0 | 1 {
    return this.lab.direction;
  }

  protected override record(): void {
    // They stand beside those of the first.
  }

  /** Whether a play that comes to a timestep of the first need not wait for it; on the way to noise all frames are there. */
  readyFor(t: number): boolean {
    if (!this.active) return true;
    const wanted = linkedTimestep({ ...this.lab.settings, t }, this.settings.steps);
    const isThere = this.lab.direction > 0 || (this.reached ?? Infinity) <= wanted;
    return isThere && this.view?.asked === this.request;
  }

  /** The bounds of the point of both, in nats; null while one is of something else. */
  get bounds(): { a: number; b: number; logP: number } | null {
    const [a, b] = [this.lab.point, this.point];
    const isCurrent = this.on && this.lab.current && this.current;
    if (!isCurrent || !a?.bound || !b?.bound) return null;
    return { a: a.bound.elbo, b: b.bound.elbo, logP: a.logP };
  }
}
