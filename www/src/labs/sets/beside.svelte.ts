import { untrack } from 'svelte';
import type { Engine } from '../../engine/engine.svelte.ts';
import { isDiffusion, isSameShape, taskOf } from '../../../engine/facts.ts';
import { isOwn } from '../../../engine/own.ts';
import type { ModelEntry, ScheduleKind } from '../../../engine/protocol.ts';
import { randomSeed } from '../../../engine/seed.ts';
import type { Page } from '../../page.svelte.ts';
import { SCHEDULES } from '../../schema/bound.ts';
import { following, SetApart } from '../apart.ts';
import type { KeptSet, SetLibrary } from './library.svelte.ts';
import { type Scored, scoredWith } from './scored.ts';
import {
  APART,
  type ApartPart,
  besideSettings,
  type BesideSettings,
  otherThan,
  type SetsSettings,
} from './settings.ts';
import { givenOf, setupOf } from './setup.ts';

/** What a second scoring takes from the lab. */
interface First {
  readonly set: KeptSet | undefined;
  readonly model: ModelEntry | undefined;
  readonly models: readonly ModelEntry[];
  readonly library: SetLibrary;
}

const LATENT = ['model', 'draws', 'proposal', 'seed'] as const satisfies readonly ApartPart[];
const DIFFUSION = [
  'model',
  'schedule',
  'timesteps',
  'seed',
] as const satisfies readonly ApartPart[];

/** A second scoring of the images on display, beside the first, which it follows in all that is not set apart. */
export class BesideScores {
  /** null while there is none, or where nothing is set apart. */
  scored = $state.raw<Scored | null>(null);
  readonly apart: SetApart<typeof besideSettings, ApartPart>;

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly lab: First,
  ) {
    this.apart = new SetApart(besideSettings, APART, {
      state: () => this.#state,
      other: (part) => this.#other(part),
      changed: () => undefined,
    });
    if (engine.missing.length > 0) return;
    $effect(() => this.#check());
    $effect(() => this.#follow());
  }

  get #state(): BesideSettings {
    return this.page.state.besideSets;
  }

  get on(): boolean {
    return this.#state.on;
  }

  /** Models whose values are of the same data as those of the first, itself too. */
  get partners(): ModelEntry[] {
    const { model, models } = this.lab;
    if (!model) return [];
    return models.filter(
      (entry) => taskOf(entry) === taskOf(model) && isSameShape(entry.image, model.image),
    );
  }

  get model(): ModelEntry | undefined {
    const { model } = this.#state;
    return this.partners.find(({ id }) => id === model) ?? this.lab.model;
  }

  /** What can be set apart of a scoring with its model. */
  get parts(): readonly ApartPart[] {
    return this.model && isDiffusion(this.model) ? DIFFUSION : LATENT;
  }

  readonly settings: SetsSettings = $derived.by(() => {
    const { on: _, ...own } = this.#state;
    return following(this.page.state.sets, { ...own, model: null });
  });

  get given(): number | null {
    return givenOf(this.model, this.page.state.latent.class);
  }

  schedulesOf(entry: ModelEntry | undefined): readonly ScheduleKind[] {
    const known = entry && isDiffusion(entry) ? this.engine.schedules.of(entry) : null;
    return known?.kinds ?? SCHEDULES;
  }

  setModel(id: string): void {
    this.#state.model = id === this.lab.model?.id ? null : id;
  }

  dice(): void {
    this.#state.seed = randomSeed();
  }

  /** With another model beside the first, where there is one. */
  toggle(): void {
    this.apart.toggle(this.apart.canBe('model') ? 'model' : 'seed');
  }

  /** The model of the first is another: where that of the second scores other data, it gives way. */
  refit(): void {
    if (this.model?.id !== this.#state.model) this.#state.model = null;
  }

  #other(part: ApartPart): Partial<BesideSettings> | undefined {
    const first = this.page.state.sets;
    if (part === 'model') {
      const other = this.partners.find(({ id }) => id !== this.lab.model?.id);
      return other && { model: other.id };
    }
    if (part !== 'schedule') return otherThan(first, part);
    const other = this.schedulesOf(this.model).find((schedule) => schedule !== first.schedule);
    return other && { schedule: other };
  }

  /** A model that is not there, or that scores other data, gives way. */
  #check(): void {
    const { model } = this.#state;
    if (!this.engine.manifest || !this.lab.model || model === null || isOwn(model)) return;
    if (this.partners.some(({ id }) => id === model)) return;
    this.page.reject('vs.setModel', model);
    this.#state.model = null;
  }

  #follow(): void {
    const { model, lab } = this;
    const { set, model: first } = lab;
    const { sets, latent } = this.page.state;
    const setup =
      this.on && model ? setupOf(this.settings, model, this.given, sets.seed) : undefined;
    const same = first && setupOf(sets, first, givenOf(first, latent.class)).key;
    const wanted = setup?.key === same ? undefined : setup;
    untrack(() => {
      this.scored = scoredWith(this.scored, set, wanted, this.engine, lab.library);
    });
  }
}
