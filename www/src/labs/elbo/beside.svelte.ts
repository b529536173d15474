import { untrack } from 'svelte';
import type { Engine } from '../../engine/engine.svelte.ts';
import {
  boundLack,
  formatKey,
  formatOf,
  isDiffusion,
  isSameShape,
  type LatentEntry,
  latentsOf,
  taskOf,
} from '../../../engine/facts.ts';
import { kindOf } from '../../../engine/kinds/index.ts';
import { isOwn } from '../../../engine/own.ts';
import type { Jobs, ModelEntry, ScheduleKind } from '../../../engine/protocol.ts';
import { fitClass } from '../../models/classes.ts';
import { mostSteps } from '../../models/fit.ts';
import type { Page } from '../../page.svelte.ts';
import { SCHEDULES } from '../../schema/bound.ts';
import { standardOf } from '../../schema/rows.ts';
import { JobView, namedTask, type NamedTask } from '../../scoring/job-view.svelte.ts';
import type { KeyedImage } from '../../scoring/displayed.ts';
import { ORDERS } from './orders.ts';
import {
  type Draws,
  drawsOf,
  type Paired,
  pairedOf,
  pairedTimesteps,
  type PairedKind,
  passesOf,
} from './paired.ts';
import type { ImageInput } from '../input/image-input.svelte.ts';
import { keyOf } from '../input/source.ts';
import { CHAIN_STEPS, settings } from './settings.ts';

/** What the comparison takes from the lab. */
interface First {
  readonly imageInput: ImageInput;
  readonly latent: readonly { entry: LatentEntry }[];
  imageFor(entry: ModelEntry): KeyedImage | null;
  classOf(entry: LatentEntry): { class?: number | null };
}

/** What the bounds of diffusion models are of. */
export interface Chain {
  schedule: ScheduleKind;
  steps: number;
}

/** What of the chain of B can differ from that of A. */
export const CHAIN_PARTS = ['schedule', 'steps'] as const;
export type ChainPart = (typeof CHAIN_PARTS)[number];

/**
 * Two bounds from draws with the same noise: of two models, of two pictures, or of two chains of a diffusion model. Draws
 * are of q(z|x), or passes over the timesteps.
 */
export class BesideBounds {
  readonly a: JobView<PairedKind>;
  readonly b: JobView<PairedKind>;
  /** B's own picture, in the format of its model. */
  #made = $state.raw<KeyedImage | null>(null);

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    private readonly lab: First,
  ) {
    this.a = new JobView(engine, ORDERS.beside);
    this.b = new JobView(engine, ORDERS.beside);
    if (engine.missing.length > 0) return;
    $effect(() => this.#check());
    $effect(() => this.#make());
    $effect(() => this.#score());
  }

  get #state() {
    return this.page.state.besideBounds;
  }

  get on(): boolean {
    return this.#state.a !== null;
  }

  /** Models that have a bound. */
  get choices(): ModelEntry[] {
    const models = this.engine.manifest?.models ?? [];
    return models.filter((entry) => boundLack(entry) === null);
  }

  get first(): ModelEntry | undefined {
    return this.choices.find(({ id }) => id === this.#state.a);
  }

  get kind(): PairedKind {
    return this.first ? kindOf(this.first).bound : 'latent';
  }

  /** What may stand beside the first: models whose draws are of the same kind and task, itself too. */
  get partners(): ModelEntry[] {
    const { first } = this;
    if (!first) return [];
    return this.choices.filter((entry) =>
      isDiffusion(first) || isDiffusion(entry)
        ? entry.kind === first.kind && isSameShape(entry.image, first.image)
        : taskOf(entry) === taskOf(first),
    );
  }

  get second(): ModelEntry | undefined {
    const { b } = this.#state;
    return b === null ? this.first : this.partners.find(({ id }) => id === b);
  }

  /** The chain of A, which is that of the lab, as far as its model has it. */
  get chainA(): Chain | null {
    const { schedule } = this.page.state.bound;
    return this.#chainOf(this.first, { schedule, steps: this.page.state.elbo.steps });
  }

  get chainB(): Chain | null {
    const { chainA: a } = this;
    const { schedule, steps } = this.#state;
    return (
      a && this.#chainOf(this.second, { schedule: schedule ?? a.schedule, steps: steps ?? a.steps })
    );
  }

  /** What there is to choose from for the chain of B. */
  get schedules(): readonly ScheduleKind[] {
    return this.#knownOf(this.second)?.kinds ?? SCHEDULES;
  }

  get mostSteps(): number {
    const { chainB } = this;
    const known = this.#knownOf(this.second);
    return Math.min(
      CHAIN_STEPS.max,
      known && chainB ? mostSteps(known, chainB.schedule) : Infinity,
    );
  }

  #knownOf(entry: ModelEntry | undefined) {
    return entry && isDiffusion(entry) ? this.engine.schedules.of(entry) : null;
  }

  #chainOf(entry: ModelEntry | undefined, { schedule, steps }: Chain): Chain | null {
    if (!entry || !isDiffusion(entry)) return null;
    const known = this.#knownOf(entry);
    const kind = known && !known.kinds.includes(schedule) ? (known.kinds[0] ?? schedule) : schedule;
    return { schedule: kind, steps: Math.min(steps, known ? mostSteps(known, kind) : steps) };
  }

  /** What of the chain of B is set apart from that of A. */
  readonly apart = {
    is: (part: ChainPart): boolean => this.#state[part] !== null,
    canBe: (part: ChainPart): boolean => this.apart.is(part) || this.#other(part) !== null,
    set: (part: ChainPart, own: boolean): void => {
      Object.assign(this.#state, { [part]: own ? this.#other(part) : null });
    },
  };

  /** A value that makes a difference; null where there is no other. */
  #other(part: ChainPart): Chain[ChainPart] | null {
    const { chainA: a, schedules } = this;
    if (!a) return null;
    if (part === 'steps') return a.steps === 100 ? Math.min(1000, this.mostSteps) : 100;
    const next = schedules[(schedules.indexOf(a.schedule) + 1) % schedules.length];
    return next === a.schedule ? null : (next ?? null);
  }

  setChain(change: Partial<Chain>): void {
    Object.assign(this.#state, change);
  }

  /** Whether B has a picture of its own. */
  get hasImage(): boolean {
    return this.#state.image !== null;
  }

  /** The picture that B scores. */
  get picture(): KeyedImage | null {
    const { second } = this;
    if (!second) return null;
    return this.hasImage ? this.#made : this.lab.imageFor(second);
  }

  /** The terms of both from the draws that both have; null while either is of something else. */
  readonly paired: Paired | null = $derived.by(() => {
    const [a, b] = [this.a, this.b].map(drawn);
    return a && b ? pairedOf(a, b) : null;
  });

  /** Whether the noise of both is one and the same: it has as many entries, and passes visit the same timesteps. */
  get sameNoise(): boolean {
    const { first: a, second: b, chainA, chainB } = this;
    if (chainA && chainB)
      return chainA.schedule === chainB.schedule && chainA.steps === chainB.steps;
    const [latentsA, latentsB] = [latentsOf(a), latentsOf(b)];
    if (latentsA && latentsB) return latentsA.count === latentsB.count;
    return a !== undefined && a.id === b?.id;
  }

  /** Shows the first model of the lab beside another of its task; or ends it and all that is set apart in it. */
  toggle(): void {
    if (this.on) Object.assign(this.#state, standardOf(settings.besideBounds));
    else {
      const { choices } = this;
      const shown = this.lab.latent.find(({ entry }) => choices.includes(entry))?.entry;
      const first = shown ?? choices[0];
      if (first) this.setFirst(first.id);
    }
  }

  setFirst(id: string): void {
    this.#state.a = id;
    const others = this.partners.filter((other) => other.id !== id);
    const stays = others.some((other) => other.id === this.#state.b);
    if (!stays && !this.hasImage) this.#state.b = others[0]?.id ?? null;
    else if (!stays) this.#state.b = null;
    if (this.kind === 'latent') Object.assign(this.#state, { schedule: null, steps: null });
  }

  setSecond(id: string): void {
    this.#state.b = id === this.#state.a ? null : id;
  }

  /** B goes on with the picture on display, whatever is drawn after it. */
  keepPicture(): void {
    this.#state.image = { ...this.page.state.elbo.image };
  }

  samePicture(): void {
    this.#state.image = null;
  }

  /** Models that are not there, and a picture that is not in this browser, give way. */
  #check(): void {
    if (!this.engine.manifest) return;
    const { a, b, image } = this.#state;
    if (a !== null && !isOwn(a) && !this.first) {
      this.page.reject('vs.a', a);
      Object.assign(this.#state, standardOf(settings.besideBounds));
    } else if (this.first && b !== null && !isOwn(b) && !this.second) {
      this.page.reject('vs.b', b);
      this.#state.b = null;
    } else if (image && this.lab.imageInput.contentOf(image) === null) {
      this.page.reject('vs.image', settings.besideBounds.image.codec.print(image));
      this.#state.image = null;
    } else this.#checkChain();
  }

  #checkChain(): void {
    const { first, second, chainB } = this;
    if (!first || !second) return;
    for (const part of CHAIN_PARTS) {
      const value = this.#state[part];
      if (value === null || chainB?.[part] === value) continue;
      this.page.reject(settings.besideBounds[part].key, String(value));
      this.#state[part] = null;
    }
  }

  #make(): void {
    const { second } = this;
    const { image } = this.#state;
    const { imageInput } = this.lab;
    if (!image || !second || this.page.state.lab !== 'elbo') return;
    // A new worker renders what its predecessor may have left undone.
    void this.engine.decoder.generation;
    const content = imageInput.contentOf(image);
    if (!content) return;
    const format = formatOf(second);
    const key = `elbo ${keyOf(image)}`;
    const wanted = () =>
      this.#state.image === image && this.second && formatKey(formatOf(this.second));
    untrack(() => imageInput.levelsOf(content, format, 'beside')).then((levels) => {
      if (wanted() !== formatKey(format)) return;
      const isEmpty = levels.every((level) => level === 0);
      this.#made = isEmpty ? null : { key, levels, shape: format.shape };
    }, this.engine.report);
  }

  #score(): void {
    const { first, second } = this;
    const taskOf = (
      entry: ModelEntry | undefined,
      picture: KeyedImage | null,
      chain: Chain | null,
    ) => (entry && second ? this.#task(entry, picture, chain) : null);
    const a = taskOf(first, first ? this.lab.imageFor(first) : null, this.chainA);
    const b = taskOf(second, this.picture, this.chainB);
    untrack(() => {
      this.a.set(a);
      this.b.set(b);
    });
  }

  #task(
    entry: ModelEntry,
    picture: KeyedImage | null,
    chain: Chain | null,
  ): NamedTask<PairedKind> | null {
    const { samples, seed, given } = this.page.state.elbo;
    if (isDiffusion(entry)) {
      if (!chain) return null;
      const timesteps = pairedTimesteps(this.page.state.bound.timesteps, chain.steps);
      const options: Jobs['diffusion']['options'] = {
        ...chain,
        timesteps,
        class: fitClass(entry, given),
        seed,
      };
      return namedTask<PairedKind>(picture, entry, { kind: 'diffusion', options });
    }
    const options = { samples, proposal: 'posterior', seed, ...this.lab.classOf(entry) } as const;
    return namedTask<PairedKind>(picture, entry, { kind: 'latent', options });
  }
}

/** What a job has drawn; null while that is of something else. */
function drawn({ current, result, values }: JobView<PairedKind>): Draws | null {
  if (!current || !result) return null;
  return 'perPass' in result ? passesOf(result) : drawsOf(values, result);
}
