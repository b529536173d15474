import { untrack } from 'svelte';
import type { Engine, Obstacle } from '../../engine/engine.svelte.ts';
import { hasNullClass, isDiffusion, isSameShape } from '../../../engine/facts.ts';
import { addressOf } from '../../../engine/own.ts';
import type {
  ChainStart,
  DdpmEntry,
  FrameInfo,
  ScheduleKind,
  Schedules,
  ScheduleTable,
} from '../../../engine/protocol.ts';
import { randomSeed } from '../../../engine/seed.ts';
import { canGuide } from '../../models/classes.ts';
import type { Page } from '../../page.svelte.ts';
import { SCHEDULES } from '../../schema/bound.ts';
import { SetApart } from '../apart.ts';
import {
  type Choices,
  fitChain,
  linkedStep,
  optionsOf,
  otherThan,
  settingsBeside,
  wayOf,
} from './apart.ts';
import { Chain, type Order } from './chain.svelte.ts';
import {
  APART,
  type Apart,
  type BesideSettings,
  chainLength,
  type ChainSettings,
  settings,
} from './settings.ts';

/** Frames of both chains whose pictures have one shape. */
export interface Pair {
  a: FrameInfo;
  b: FrameInfo;
}

/** What the second chain takes from the first. */
interface First {
  readonly entry: DdpmEntry | undefined;
  readonly ready: boolean;
  readonly active: boolean;
  readonly obstacle: Obstacle | null;
  readonly table: ScheduleTable | null;
  readonly shown: FrameInfo | null;
  readonly step: number;
  readonly byHand: boolean;
  /** What a chain of a model starts from at a timestep. */
  startOf(entry: DdpmEntry | undefined, from: number | null): ChainStart | null;
  startKeyOf(entry: DdpmEntry | undefined, from: number | null): string;
  /** Plays both from the start. */
  restart(): void;
}

/** The second chain, which follows the first in all that is not set apart. */
export class Beside implements Order {
  readonly chain: Chain;
  readonly apart: SetApart<typeof settings.besideChain, Apart>;
  /** Its canvases are on the page. */
  mounted = $state(false);
  /** The model of its own that the sampler holds, and by which of the sampler's workers. */
  #held = $state('');

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly lab: First,
  ) {
    this.chain = new Chain(engine, 'b', this);
    this.apart = new SetApart(settings.besideChain, APART, {
      state: () => this.#state,
      other: (part) => otherThan(this.#first, part, this.#choices),
      changed: () => this.lab.restart(),
    });
    if (engine.missing.length > 0) return;
    $effect(() => this.#ensureModel());
    $effect(() => {
      if (!this.on) untrack(() => this.chain.end());
    });
  }

  get on(): boolean {
    return this.#state.on;
  }

  get #state(): BesideSettings {
    return this.page.state.besideChain;
  }

  get #first(): ChainSettings {
    return this.page.state.denoise;
  }

  /** What it is set to: the first chain's settings but for those set apart, as far as its model has them. */
  readonly settings: ChainSettings = $derived.by(() => {
    const both = settingsBeside(this.#first, this.#state);
    fitChain(both, this.entry, this.schedules);
    return both;
  });

  get entry(): DdpmEntry | undefined {
    const { model } = this.#state;
    if (model === null) return this.lab.entry;
    return this.engine.entry('sampler', model);
  }

  get schedules(): Schedules | null {
    return this.engine.schedules.of(this.entry);
  }

  /** Whether "no class" is among what the model can be asked for. */
  get free(): boolean {
    return !this.entry || hasNullClass(this.entry);
  }

  get guidable(): boolean {
    return this.entry !== undefined && canGuide(this.entry);
  }

  get classes(): string[] {
    return this.entry?.classes ?? [];
  }

  get options() {
    return optionsOf(this.settings, this.guidable);
  }

  get start(): ChainStart | null {
    return this.lab.startOf(this.entry, this.settings.from);
  }

  get startKey(): string {
    return this.lab.startKeyOf(this.entry, this.settings.from);
  }

  get active(): boolean {
    return this.on && this.mounted && this.ready && this.lab.active;
  }

  get byHand(): boolean {
    return this.lab.byHand;
  }

  get steps(): number {
    return chainLength(this.settings);
  }

  /** The step that belongs to the one of the first chain. */
  get step(): number {
    return this.stepFor(this.lab.step);
  }

  stepFor(step: number): number {
    return linkedStep(
      step,
      wayOf(this.#first, this.lab.table),
      wayOf(this.settings, this.chain.table),
      this.#state.link,
    );
  }

  /** The last step of the first chain, no later than `most`, for which there is a frame here. */
  reach(most: number): number {
    let [low, high] = [-1, most];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.stepFor(middle) < this.chain.available) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  get ready(): boolean {
    const { entry, lab } = this;
    if (!entry || this.schedules === null) return false;
    return entry.id === lab.entry?.id ? lab.ready : this.#held === this.#place(entry);
  }

  get obstacle(): Obstacle | null {
    const { engine, entry } = this;
    if (engine.missing.length > 0 || !entry) return null;
    if (entry.id === this.lab.entry?.id) return this.lab.obstacle;
    const error = engine.loadError(entry.id);
    return error ? { failed: error } : engine.sampler.down ? { down: true } : null;
  }

  /** The frames on display, where they can be subtracted. */
  get pair(): Pair | null {
    const [a, b] = [this.lab.shown, this.chain.shown];
    return this.on && a && b && isSameShape(a.shape, b.shape) ? { a, b } : null;
  }

  /** Root mean square difference of the chosen sample's predicted picture from the original, in levels. */
  get distance(): number | null {
    return this.on ? (this.chain.shown?.rmsToOriginal?.[this.#first.cell] ?? null) : null;
  }

  /** Whether the pictures of the two chains have different shapes. */
  get shapesDiffer(): boolean {
    const [a, b] = [this.lab.entry?.image, this.entry?.image];
    return a !== undefined && b !== undefined && !isSameShape(a, b);
  }

  dice(): void {
    this.apart.change({ seed: randomSeed() });
  }

  /** Models that it can have, the first chain's too. */
  get models(): DdpmEntry[] {
    return (this.engine.manifest?.models ?? []).filter(isDiffusion);
  }

  get #choices(): Choices {
    const others = this.models.filter(({ id }) => id !== this.lab.entry?.id);
    const kinds: readonly ScheduleKind[] = this.schedules?.kinds ?? SCHEDULES;
    return { schedules: kinds, classes: this.classes.length, models: others.map(addressOf) };
  }

  /** Has the sampler hold a model of its own. */
  #ensureModel(): void {
    const { entry, lab, engine } = this;
    if (!this.on || !lab.active || !entry || entry.id === lab.entry?.id) return;
    const place = this.#place(entry);
    if (this.#held === place) return;
    engine.sampler
      .ensureModel(engine.files.of(entry.id))
      .then(() => {
        if (this.#place(entry) !== place) return;
        this.#held = place;
        engine.schedules.learn(entry);
      })
      .catch(engine.report);
  }

  #place({ id }: DdpmEntry): string {
    return `${id} ${this.engine.sampler.generation}`;
  }
}
