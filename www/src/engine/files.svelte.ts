import { AbsentError, Asset } from './asset.svelte.ts';
import { chooseModel, type FetchOptions, modelBytes } from '../../engine/loader.ts';
import { isOwn, type OwnModels } from '../../engine/own.ts';
import type { Manifest, ModelEntry } from '../../engine/protocol.ts';
import { ModelFetcher } from '../../engine/model-fetcher.ts';
import type { FileStore } from '../../engine/store.ts';
import type { StoredModel } from '../../engine/pool-services.ts';
import type { ModelKind } from './worker-host.svelte.ts';

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
  wanted: Record<ModelKind, string>;
  /** The entry of a model in the list that is known now. */
  entry: (kind: ModelKind, id: string) => ModelEntry | undefined;
  /** The labs have the first model of a kind. */
  onChosen: (kind: ModelKind, id: string) => void;
}

/** The files of the site's models and of the visitor's own, each fetched once for all who ask. */
export class ModelFiles {
  /** The decoder alone, for the first picture. */
  readonly vae: Asset<StoredModel>;
  /** The rest of it, and the decoder again. */
  readonly encoder: Asset<StoredModel>;
  readonly ddpm: Asset<StoredModel>;
  /** Models beyond those of the labs, fetched when they are needed. */
  extras = $state.raw<Asset<StoredModel>[]>([]);
  #fetcher: ModelFetcher;
  /** The manifest as it came: enough to fetch by, before the crate is there to validate it. */
  #draft: Pick<Manifest, 'models'> | null = null;
  #onDraft: (() => void)[] = [];

  constructor(private readonly sources: Sources) {
    this.#fetcher = new ModelFetcher(sources.base, sources.store);
    this.vae = new Asset('vae', (onBytes, fresh) =>
      this.#fetchFirst('vae', { onBytes, fresh }, isDecoder),
    );
    this.encoder = new Asset('encoder', (onBytes, fresh) => this.#fetchEncoder({ onBytes, fresh }));
    this.ddpm = new Asset('ddpm', (onBytes, fresh) => this.#fetchFirst('ddpm', { onBytes, fresh }));
  }

  isAbsent(kind: ModelKind): boolean {
    return this[kind].status === 'absent';
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
    const draft = { models: Array.isArray(models) ? (models as ModelEntry[]) : [] };
    for (const kind of ['vae', 'ddpm'] as const) {
      try {
        const entry = chooseModel(draft, kind, this.sources.wanted[kind]);
        if (entry?.kind === 'vae') {
          const decoder = entry.files.decoder.bytes ?? 0;
          this.vae.total = decoder;
          this.encoder.total = modelBytes(entry) - decoder;
        } else if (entry) this[kind].total = modelBytes(entry);
      } catch {
        continue;
      }
    }
    this.#draft = draft;
    for (const tell of this.#onDraft.splice(0)) tell();
  }

  /** The files of a model, if somebody has asked for them. */
  find(id: string): Asset<StoredModel> | undefined {
    const { wanted, entry } = this.sources;
    for (const kind of ['vae', 'ddpm'] as const) {
      if (!this.isAbsent(kind) && entry(kind, wanted[kind])?.id === id)
        return kind === 'vae' ? this.encoder : this.ddpm;
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
    kind: ModelKind,
    options: FetchOptions,
    wanted?: (role: string) => boolean,
  ): Promise<StoredModel> {
    if (!this.#draft) await new Promise<void>((resolve) => this.#onDraft.push(resolve));
    const drafted = await this.#choose(kind, this.#draft?.models ?? []);
    // On their way while the engine is, which then says whether the entry is valid.
    const early = drafted && this.#filesOf(drafted, options, wanted);
    early?.catch(() => undefined);
    const { models } = await this.sources.manifest.get();
    const entry = await this.#choose(kind, models);
    if (!entry) throw new AbsentError(`the manifest has no model of kind ${kind}`);
    this.sources.onChosen(kind, entry.id);
    const files = entry.id === drafted?.id ? early : this.#filesOf(entry, options, wanted);
    return { id: entry.id, files: (await files) ?? {} };
  }

  /** The model that the page's state asks for at the start. */
  async #choose(kind: ModelKind, models: ModelEntry[]): Promise<ModelEntry | undefined> {
    const { wanted, own } = this.sources;
    const id = wanted[kind];
    if (!isOwn(id)) return chooseModel({ models }, kind, id);
    await own.ready;
    // Where it is not there, the lab asks for it, and has something to go on with meanwhile.
    return chooseModel({ models: [...own.entries] }, kind, id) ?? chooseModel({ models }, kind, '');
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
    const rest = this.#fetchFirst('vae', options, (role) => !isDecoder(role));
    const [decoder, others] = await Promise.all([this.vae.get(), rest]);
    return { id: decoder.id, files: { ...decoder.files, ...others.files } };
  }
}
