import { type Catalog, catalogOf } from '../address/fit.ts';
import type { Engine } from '../engine/engine.svelte.ts';
import {
  type HostedEntries,
  hostOf,
  MODEL_HOSTS,
  type ModelHost,
  modelsFor,
} from '../engine/hosts.ts';
import { addressOf, filesOf, idOf, isOwn, nameIn } from '../../engine/own.ts';
import type { ModelEntry } from '../../engine/protocol.ts';
import { LABS } from '../labs/index.ts';
import { messages } from '../messages/index.ts';
import type { Page } from '../page.svelte.ts';
import type { Slot } from '../labs/define.ts';
import type { OwnLibrary, OwnModel } from './own.svelte.ts';

/** Places of labs that name a model beside those of all labs. */
const SLOTS = LABS.flatMap(({ slots = {} }) => Object.entries<Slot<never>>(slots)).map(
  ([place, slot]) => ({ place, ...slot }),
);
const isHost = (place: string): place is ModelHost => MODEL_HOSTS.some((host) => host === place);

/** A model that the address names, and that is not here. */
export interface Missing {
  /** The worker whose model it would be, or the name of a slot. */
  place: string;
  wanted: string;
  /** Empty where the address does not say. */
  name: string;
}

/** Whether a model of one's own is being opened, and which of all models the labs have. */
export class ModelChooser {
  open = $state(false);
  /** Files for the dialog. */
  given = $state.raw<readonly File[]>([]);
  /** What is to be said of the model that was opened last. */
  remark = $state<'notIt' | 'otherReading' | null>(null);
  #asked = $state.raw<Missing | null>(null);

  constructor(
    private readonly engine: Engine,
    private readonly page: Page,
    readonly library: OwnLibrary,
  ) {}

  readonly missing: Missing[] = $derived.by(() => {
    if (!this.library.settled) return [];
    const shared = MODEL_HOSTS.map((host) => ({ place: host, wanted: this.page.state[host] }));
    const slots = SLOTS.map(({ place, read }) => ({ place, wanted: read(this.#state) }));
    return [...shared, ...slots]
      .filter(({ wanted }) => isOwn(wanted) && !this.library.find(idOf(wanted)))
      .map(({ place, wanted }) => ({ place, wanted, name: nameIn(wanted) }));
  });

  /** What the dialog says first. */
  get asked(): string {
    const text = messages.ownModels.missing;
    return this.#asked ? `${text.title({ name: this.#asked.name })} ${text.ask}` : '';
  }

  /** All models that a worker can hold, those of the site first. */
  of<H extends ModelHost>(host: H): HostedEntries[H][] {
    return modelsFor(host, this.engine.manifest?.models ?? []);
  }

  current<H extends ModelHost>(host: H): HostedEntries[H] | undefined {
    return this.engine.entry(host, this.page.state[host]);
  }

  ask(missing: Missing | null = null): void {
    this.#asked = missing;
    this.given = [];
    this.open = true;
  }

  give(files: readonly File[]): void {
    if (files.length === 0) return;
    if (!this.open) this.#asked = null;
    this.given = files;
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
    const slot = SLOTS.find(({ place }) => place === asked?.place);
    const suits = slot ? slot.suits(entry) : hostOf(entry) === asked?.place;
    if (asked && suits && entry.id !== idOf(asked.wanted))
      this.remark = filesOf(entry.id) === filesOf(asked.wanted) ? 'otherReading' : 'notIt';
    this.close();
    const { state } = this.page;
    for (const { takes, write } of SLOTS) if (takes(entry)) write(this.#state, addressOf(entry));
    if (!slot) this.choose(entry);
    // Where the address had asked for it, it also says which lab.
    if (asked) return;
    state.lab = LABS.find(({ opens }) => opens?.(entry))?.id ?? state.lab;
  }

  choose(entry: ModelEntry): void {
    const host = hostOf(entry);
    if (!host) return;
    const isFirst = this.engine.entry(host, '')?.id === entry.id;
    this.page.choose(host, isFirst ? '' : addressOf(entry), this.#catalog);
  }

  /** The site's first model in place of one that is not here. */
  useShipped(place: string): void {
    this.remark = null;
    if (isHost(place)) this.page.choose(place, '', this.#catalog);
    else SLOTS.find((slot) => slot.place === place)?.write(this.#state, '');
  }

  async remove({ entry }: OwnModel): Promise<void> {
    const { id } = entry;
    const { state } = this.page;
    for (const host of MODEL_HOSTS) if (idOf(state[host]) === id) this.useShipped(host);
    for (const { place, read } of SLOTS) if (idOf(read(this.#state)) === id) this.useShipped(place);
    for (const lab of LABS) lab.forget?.(state, id);
    await this.library.remove(id);
    this.engine.forget(id);
  }

  /** As each slot takes it: of all parts of the state, a slot knows its own lab's. */
  get #state(): never {
    return this.page.state as never;
  }

  get #catalog(): Catalog {
    return catalogOf({ models: this.engine.manifest?.models ?? [] });
  }
}
