import { type Catalog, catalogOf } from '../address/fit.ts';
import type { Engine } from '../engine/engine.svelte.ts';
import { addressOf, filesOf, idOf, isOwn, nameIn } from '../engine/own.ts';
import type { ModelEntry, ScheduleKind } from '../engine/protocol.ts';
import type { ModelKind } from '../engine/station.svelte.ts';
import { messages } from '../messages/index.ts';
import type { Page } from '../page.svelte.ts';
import { STEP_COUNTS } from '../labs/denoise/settings.ts';
import type { OwnLibrary, OwnModel } from './own.svelte.ts';
import { fitClass } from './classes.ts';

/** What has a model of its own in the address. */
type Place = ModelKind | 'map';

/** A model that the address names, and that is not here. */
export interface Missing {
  place: Place;
  wanted: string;
  /** Empty where the address does not say. */
  name: string;
}

/** Whether a model of one's own is being opened, and which of all models the labs have. */
export class ModelDesk {
  open = $state(false);
  /** Files for the dialog. */
  given = $state.raw<File[]>([]);
  /** What is to be said of the model that was opened last. */
  remark = $state<'notIt' | 'otherReading' | null>(null);
  #asked = $state.raw<Missing | null>(null);

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    readonly library: OwnLibrary,
  ) {
    if (engine.missing.length > 0) return;
    $effect(() => this.#fitChain());
    $effect(() => this.#fitLatent());
  }

  readonly missing: Missing[] = $derived.by(() => {
    if (!this.library.settled) return [];
    const { vae, ddpm, map } = this.page.state;
    return Object.entries({ vae, ddpm, map: map.model }).flatMap(([place, wanted]) => {
      if (!isOwn(wanted) || this.library.find(idOf(wanted))) return [];
      return [{ place: place as Place, wanted, name: nameIn(wanted) }];
    });
  });

  /** What the dialog says first. */
  get asked(): string {
    const text = messages.ownModels.missing;
    return this.#asked ? `${text.title(this.#asked.name)} ${text.ask}` : '';
  }

  /** All models of a kind, those of the site first. */
  of(kind: ModelKind): ModelEntry[] {
    return (this.engine.manifest?.models ?? []).filter((entry) => entry.kind === kind);
  }

  current(kind: ModelKind): ModelEntry | undefined {
    return this.engine.entry(kind, this.page.state[kind]);
  }

  ask(missing: Missing | null = null): void {
    this.#asked = missing;
    this.given = [];
    this.open = true;
  }

  give(files: FileList | null | undefined): void {
    // Pictures that miss the place for them are no models.
    if (!files || ![...files].some(({ type }) => !type.startsWith('image/'))) return;
    if (!this.open) this.#asked = null;
    this.given = [...files];
    this.open = true;
  }

  close(): void {
    this.open = false;
    this.given = [];
    this.#asked = null;
  }

  /** Has the labs take a model of the visitor's, and shows it. */
  use({ entry }: OwnModel): void {
    const asked = this.#asked;
    this.remark = null;
    const kind = asked?.place === 'map' ? 'vae' : asked?.place;
    if (asked && kind === entry.kind && entry.id !== idOf(asked.wanted))
      this.remark = filesOf(entry.id) === filesOf(asked.wanted) ? 'otherReading' : 'notIt';
    this.close();
    const { state } = this.page;
    if (entry.kind === 'vae' && entry.latents.count === 2) state.map.model = addressOf(entry);
    if (asked?.place !== 'map') this.choose(entry);
    // Where the address had asked for it, it also says which lab.
    if (asked) return;
    state.lab = entry.kind === 'hvae' ? 'elbo' : entry.kind === 'ddpm' ? 'denoise' : 'latent';
  }

  choose(entry: ModelEntry): void {
    if (entry.kind === 'hvae') return;
    const { kind } = entry;
    const isFirst = this.engine.entry(kind, '')?.id === entry.id;
    this.page.choose(kind, isFirst ? '' : addressOf(entry), this.#catalog);
  }

  /** The site's first model in place of one that is not here. */
  useShipped(place: Place): void {
    this.remark = null;
    if (place === 'map') this.page.state.map.model = '';
    else this.page.choose(place, '', this.#catalog);
  }

  async remove({ entry }: OwnModel): Promise<void> {
    const { kind, id } = entry;
    const { state } = this.page;
    if (kind !== 'hvae' && idOf(state[kind]) === id) this.useShipped(kind);
    if (idOf(state.map.model) === id) this.useShipped('map');
    state.elbo.without = state.elbo.without.filter((other) => other !== id);
    await this.library.remove(id);
    this.engine.forget(id);
  }

  /** Schedules, steps and classes that the diffusion model does not have give way to those that it has. */
  #fitChain(): void {
    const entry = this.current('ddpm');
    if (entry?.kind !== 'ddpm') return;
    const { denoise, bound, elbo } = this.page.state;
    denoise.digit = fitClass(entry, denoise.digit);
    elbo.given = fitClass(entry, elbo.given);
    const known = this.engine.schedulesOf(entry);
    const [first] = known?.kinds ?? [];
    if (!known || !first) return;
    if (!known.kinds.includes(denoise.schedule)) denoise.schedule = first;
    if (!known.kinds.includes(bound.schedule)) bound.schedule = first;
    const most = (schedule: ScheduleKind) =>
      schedule === 'trained' ? (known.trainedSteps ?? Infinity) : Infinity;
    const steps = STEP_COUNTS.findLast((count) => count <= most(denoise.schedule));
    if (steps !== undefined && denoise.steps > steps) {
      denoise.steps = steps;
      denoise.step = Math.min(denoise.step, steps);
      if (denoise.from !== null) denoise.from = Math.min(denoise.from, steps);
    }
    elbo.steps = Math.min(elbo.steps, most(bound.schedule));
    elbo.t = Math.min(elbo.t, elbo.steps);
  }

  #fitLatent(): void {
    const entry = this.current('vae');
    const { latent } = this.page.state;
    if (entry?.kind === 'vae') latent.class = fitClass(entry, latent.class);
  }

  get #catalog(): Catalog {
    return catalogOf({ models: this.engine.manifest?.models ?? [] });
  }
}
