import { AbsentError, Asset } from './asset.svelte.ts';
import { hasLatents } from '../../engine/facts.ts';
import { isOfKnownKind } from '../../engine/kinds/index.ts';
import { chooseModel, type FetchOptions, modelBytes } from '../../engine/loader.ts';
import { isOwn, type OwnModels } from '../../engine/own.ts';
import type { Manifest, ModelEntry } from '../../engine/protocol.ts';
import { ModelFetcher } from '../../engine/model-fetcher.ts';
import type { FileStore } from '../../engine/store.ts';
import type { StoredModel } from '../../engine/pool-services.ts';
import { type HostedEntries, MODEL_HOSTS, type ModelHost, modelsFor } from './hosts.ts';

const isDecoder = (role: string) => role === 'decoder' || role === 'decoderData';

/** Where the files of models come from. */
export interface Sources {
  /** Of the site's models. */
  base: URL;
  /** Keeps them between visits. */
  store: FileStore;
  /** The validated list of the site's models. */
  manifest: Asset<Manifest>;
  own: OwnModels;
  /** The model ids that the page's state asks for at the start. */
  wanted: Record<ModelHost, string>;
  /** The entry of a model in the list that is known now. */
  entry: (host: ModelHost, id: string) => ModelEntry | undefined;
  /** The labs have the first model for a worker. */
  onChosen: (host: ModelHost, id: string) => void;
}

/** The files of the site's models and of the visitor's own, each fetched once for all who ask. */
export class ModelFiles {
  /** The decoder alone of a model with latents, for the first picture. */
  readonly decoder: Asset<StoredModel>;
  /** The rest of that model, and the decoder again. */
  readonly encoder: Asset<StoredModel>;
  readonly sampler: Asset<StoredModel>;
  /** Models beyond those of the labs, fetched when they are needed. */
  extras = $state.raw<Asset<StoredModel>[]>([]);
  #fetcher: ModelFetcher;
  /** The manifest as it came: enough to fetch by, before the crate is there to validate it. */
  #draft: Pick<Manifest, 'models'> | null = null;
  #onDraft: (() => void)[] = [];

  constructor(private readonly sources: Sources) {
    this.#fetcher = new ModelFetcher(sources.base, sources.store);
    this.decoder = new Asset('decoder', (onBytes, fresh) =>
      this.#fetchFirst('decoder', { onBytes, fresh }, isDecoder),
    );
    this.encoder = new Asset('encoder', (onBytes, fresh) => this.#fetchEncoder({ onBytes, fresh }));
    this.sampler = new Asset('sampler', (onBytes, fresh) =>
      this.#fetchFirst('sampler', { onBytes, fresh }),
    );
  }

  isAbsent(host: ModelHost): boolean {
    return this[host].status === 'absent';
  }

  /** Drops files of models that the site no longer has. */
  prune(models: Manifest['models']): void {
    void this.#fetcher.prune(models);
  }

  /** Fetches by the manifest as it came. */
  announce(json: string): void {
    let models: unknown;
    try {
      ({ models } = JSON.parse(json) as Manifest);
    } catch {
      return; // The crate will say what is wrong with it.
    }
    // An entry in it may turn out to be invalid.
    const draft = { models: Array.isArray(models) ? models.filter(isOfKnownKind) : [] };
    for (const host of MODEL_HOSTS) {
      try {
        this.#announceBytes(host, draft.models);
      } catch {
        continue;
      }
    }
    this.#draft = draft;
    for (const tell of this.#onDraft.splice(0)) tell();
  }

  #announceBytes(host: ModelHost, models: ModelEntry[]): void {
    const entry = chooseModel<ModelEntry>(modelsFor(host, models), this.sources.wanted[host]);
    if (!entry) return;
    const bytes = modelBytes(entry);
    const first = hasLatents(entry) ? (entry.files.decoder.bytes ?? 0) : bytes;
    this[host].total = first;
    if (host === 'decoder') this.encoder.total = bytes - first;
  }

  /** The files of a model, if somebody has asked for them. */
  find(id: string): Asset<StoredModel> | undefined {
    const { wanted, entry } = this.sources;
    for (const host of MODEL_HOSTS) {
      if (!this.isAbsent(host) && entry(host, wanted[host])?.id === id)
        return host === 'decoder' ? this.encoder : this.sampler;
    }
    return this.extras.find(({ name }) => name === id);
  }

  /** The files of any model. */
  of(id: string): Asset<StoredModel> {
    const known = this.find(id);
    if (known) return known;
    const asset = new Asset<StoredModel>(id, async (onBytes, fresh) => {
      const entry = await this.entryOf(id);
      asset.total = modelBytes(entry);
      return { id, files: await this.#filesOf(entry, { onBytes, fresh }) };
    });
    this.extras = [...this.extras, asset];
    return asset;
  }

  /** A model is gone; the files that there were of it. */
  forget(id: string): Asset<StoredModel> | undefined {
    const asset = this.extras.find(({ name }) => name === id);
    this.extras = this.extras.filter((other) => other !== asset);
    return asset;
  }

  async entryOf(id: string): Promise<ModelEntry> {
    const { own, manifest } = this.sources;
    const models = isOwn(id) ? own.entries : (await manifest.get()).models;
    const entry = models.find((model) => model.id === id);
    if (!entry) throw new Error(`there is no model ${id}`);
    return entry;
  }

  async #fetchFirst(
    host: ModelHost,
    options: FetchOptions,
    wanted?: (role: string) => boolean,
  ): Promise<StoredModel> {
    if (!this.#draft) await new Promise<void>((resolve) => this.#onDraft.push(resolve));
    const drafted = await this.#choose(host, this.#draft?.models ?? []);
    // On their way while the engine is, which then says whether the entry is valid.
    const early = drafted && this.#filesOf(drafted, options, wanted);
    early?.catch(() => undefined);
    const { models } = await this.sources.manifest.get();
    const entry = await this.#choose(host, models);
    if (!entry) throw new AbsentError(`the manifest has no model for the ${host}`);
    this.sources.onChosen(host, entry.id);
    const files = entry.id === drafted?.id ? early : this.#filesOf(entry, options, wanted);
    return { id: entry.id, files: (await files) ?? {} };
  }

  /** The model that the page's state asks for at the start. */
  async #choose<H extends ModelHost>(
    host: H,
    models: ModelEntry[],
  ): Promise<HostedEntries[H] | undefined> {
    const { wanted, own } = this.sources;
    const id = wanted[host];
    const shipped = modelsFor(host, models);
    if (!isOwn(id)) return chooseModel(shipped, id);
    await own.ready;
    // Where it is not there, the lab asks for it, and has something to go on with meanwhile.
    return chooseModel(modelsFor(host, own.entries), id) ?? shipped[0];
  }

  async #filesOf(
    entry: ModelEntry,
    options: FetchOptions,
    wanted: (role: string) => boolean = () => true,
  ): Promise<Record<string, Uint8Array>> {
    if (!isOwn(entry.id)) return this.#fetcher.model(entry, options, wanted);
    const all = Object.entries(await this.sources.own.files(entry.id));
    const files = all.filter(([role]) => wanted(role));
    for (const [, bytes] of files) options.onBytes?.(bytes.length);
    return Object.fromEntries(files);
  }

  async #fetchEncoder(options: FetchOptions): Promise<StoredModel> {
    const rest = this.#fetchFirst('decoder', options, (role) => !isDecoder(role));
    const [decoder, others] = await Promise.all([this.decoder.get(), rest]);
    return { id: decoder.id, files: { ...decoder.files, ...others.files } };
  }
}
