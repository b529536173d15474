import wasmUrl from '../../pkg/elbo_room_bg.wasm?url';
import { AbsentError, Asset } from './asset.svelte.ts';
import { asError, isCancelled, type LossCause, type OnLost, type WorkerClient } from './client.ts';
import { markFirstPicture } from './first.ts';
import {
  chooseModel,
  fetchBytes,
  fetchModule,
  type FetchOptions,
  LoadError,
  modelBytes,
} from './loader.ts';
import { isOwn, NO_MODELS, type OwnModels } from './own.ts';
import { isMissingPart, parts } from './outage.svelte.ts';
import { Pool, poolSize, type SuppliedModel } from './pool.ts';
import type { DdpmEntry, EvaluatedModel, Manifest, ModelEntry, Schedules } from './protocol.ts';
import { Shelf } from './shelf.ts';
import {
  type Crew,
  type ModelKind,
  type ModelPackage,
  type Role,
  spawn,
  Station,
  type Supplies,
} from './station.svelte.ts';
import { missingFeatures } from './support.ts';

/** Why a lab has no model: there is none, it could not be loaded, or its worker has crashed too often. */
export type Obstacle = { absent: ModelKind } | { failed: Error } | { down: true };

export interface Loss {
  role: Crew;
  reason: string;
  restarting: boolean;
}

/** In gigabytes, rounded; only some browsers tell. */
const deviceMemory = () => (navigator as { deviceMemory?: number }).deviceMemory;

/** Faults that are worth reading. */
const MOST_FAULTS = 5;

const base = new URL(document.baseURI);
const models = new URL('models/', base);

/** A network that is told the log SNR knows every noise level. */
const takesAllSchedules = ({ network }: DdpmEntry) =>
  (network?.time?.form ?? 'log-snr') === 'log-snr';
const ANY_SCHEDULE: Schedules = {
  kinds: ['cosine', 'linear', 'log-snr-linear'],
  trainedSteps: null,
};

const isDecoder = (role: string) => role === 'decoder' || role === 'decoderData';

/**
 * Workers with the same code: one decodes, one samples, one scores what those two show, and a pool shares the bounds of
 * the ELBO lab. Every file is fetched once, kept here, and given to each worker that needs it.
 */
export class Engine {
  readonly missing = missingFeatures();
  /** The models of the site, and those that the visitor has opened. */
  manifest = $derived.by<Manifest | null>(() => {
    const shipped = this.#shipped;
    return shipped && { ...shipped, models: [...shipped.models, ...this.own.entries] };
  });
  #shipped = $state.raw<Manifest | null>(null);
  /** The scores of the test set, where they have been computed. */
  evaluation = $state.raw<{ json: string; models: EvaluatedModel[] } | null>(null);
  losses = $state.raw<Loss[]>([]);
  /** How many workers of the pool there is memory for, where that is not all. */
  shrunk = $state.raw<{ size: number; most: number } | null>(null);
  /** All workers of the pool are lost, and too many were to replace them without being asked. */
  poolDown = $state(false);
  #schedules = $state.raw<Record<string, Schedules>>({});
  /** Errors of single calls that the visitor should know of. */
  faults = $state.raw<Error[]>([]);
  readonly assets: {
    runtime: Asset<WebAssembly.Module>;
    manifest: Asset<Manifest>;
    /** The decoder alone, for the first picture. */
    vae: Asset<ModelPackage>;
    /** The rest of it, and the decoder again. */
    encoder: Asset<ModelPackage>;
    ddpm: Asset<ModelPackage>;
  };
  /** Models beyond those of the labs, fetched when they are needed. */
  extras = $state.raw<Asset<ModelPackage>[]>([]);
  readonly pool!: Pool;
  readonly decoder!: Station;
  readonly sampler!: Station;
  readonly scorer!: Station;
  /** Needs no model, and begins when its lab is first seen. */
  readonly fitter!: Station;
  #leader!: Station;
  #problemsRead = $state(false);
  #shelf = new Shelf(models);
  #most = 1;
  #wanted: Record<ModelKind, string>;
  /** The models that the labs have now. */
  #using: Partial<Record<ModelKind, string>> = {};
  #asked = false;
  /** Whether the site has scores of the test set, as far as is known. */
  evaluated = $state(__EVALUATED__);
  /** Whose script did not come. */
  #unstarted = new Set<Crew>();
  /** The manifest as it came: enough to fetch by, before the crate is there to validate it. */
  #draft: Pick<Manifest, 'models'> | null = null;
  #onDraft: (() => void)[] = [];

  /** `wanted` are the model ids that the page's state asks for, `first` the kind that its first picture needs. */
  constructor(
    wanted: Record<ModelKind, string>,
    first: ModelKind,
    readonly own: OwnModels = NO_MODELS,
  ) {
    this.#wanted = { ...wanted };
    this.assets = {
      runtime: new Asset('runtime', (onBytes, fresh) => this.#fetchRuntime(onBytes, fresh)),
      manifest: new Asset('manifest', (onBytes, fresh) =>
        this.#fetchManifest(wanted, onBytes, fresh),
      ),
      vae: new Asset('vae', (onBytes, fresh) =>
        this.#fetchFirst('vae', { onBytes, fresh }, isDecoder),
      ),
      encoder: new Asset('encoder', (onBytes, fresh) => this.#fetchEncoder({ onBytes, fresh })),
      ddpm: new Asset('ddpm', (onBytes, fresh) => this.#fetchFirst('ddpm', { onBytes, fresh })),
    };
    if (this.missing.length > 0) {
      markFirstPicture();
      return;
    }
    const { runtime, vae, encoder, ddpm } = this.assets;
    const entry = (id: string) => this.#entryOf(id);
    const station = (role: Role, needs: Supplies['models']) =>
      new Station(role, { runtime, entry, models: needs }, (...loss) => this.#lost(...loss));
    this.decoder = station('decoder', { vae });
    this.sampler = station('sampler', { ddpm });
    this.scorer = station('scorer', { vae: encoder, ddpm });
    this.fitter = station('fitter', {});
    const most = poolSize(navigator.hardwareConcurrency, deviceMemory());
    this.#most = most;
    this.pool = new Pool(most, {
      spawn: (onLost) => spawn('pool', onLost),
      runtime: () => this.assets.runtime.get(),
      model: (id) => this.#supply(id),
      reject: (id, supply, error) => this.model(id).reject(supply, error),
      blame: (id, supply, error) => this.model(id).blame(supply, error),
      onLost: (reason, left, cause) => this.#lost('pool', reason, left > 0, cause),
      onShrunk: (size) => (this.shrunk = { size, most }),
    });
    this.#leader = first === 'vae' ? this.decoder : this.sampler;
    this.#start(first);
    $effect(() => this.#askSchedules());
  }

  /** Schedules that a diffusion model can be used with; null until its worker has said. */
  schedulesOf(entry: DdpmEntry | undefined): Schedules | null {
    if (!entry) return null;
    return takesAllSchedules(entry) ? ANY_SCHEDULE : (this.#schedules[entry.id] ?? null);
  }

  #askSchedules(): void {
    const model = this.sampler.held.ddpm;
    const entry = this.manifest?.models.find(({ id }) => id === model);
    if (entry?.kind !== 'ddpm' || this.schedulesOf(entry)) return;
    this.sampler.client
      .call('schedules', { model: entry.id })
      .then((known) => (this.#schedules = { ...this.#schedules, [entry.id]: known }), this.report);
  }

  /** For `catch`: what was cancelled or died with its worker is not an error of the call. */
  report = (error: unknown): void => {
    if (isCancelled(error)) return;
    const fault = asError(error);
    if (isMissingPart(fault)) {
      void parts.missed();
      return;
    }
    // One bad canvas fails at every step of a slider.
    const others = this.faults.filter(({ message }) => message !== fault.message);
    this.faults = [...others, fault].slice(-MOST_FAULTS);
  };

  /** Entries of the manifest that were left out, until the visitor has read of them. */
  get problems(): Manifest['problems'] {
    return this.#problemsRead ? [] : (this.#shipped?.problems ?? []);
  }

  dismiss(): void {
    this.#problemsRead = true;
    this.losses = this.losses.filter(({ restarting }) => !restarting);
    this.faults = [];
    this.shrunk = null;
  }

  /** Another attempt at the workers whose script did not come. */
  resume(): void {
    parts.outage = null;
    const roles = [...this.#unstarted];
    this.#unstarted.clear();
    for (const role of roles) this.restart(role);
    // Some were waiting for an answer of those workers.
    for (const asset of [...Object.values(this.assets), ...this.extras])
      if (asset.status === 'failed') asset.retry();
  }

  restart(role: Crew): void {
    this.losses = this.losses.filter((loss) => loss.role !== role);
    if (role === 'pool') {
      this.poolDown = false;
      this.pool.restart();
    } else this[role].restart();
  }

  /** The first picture's model has line and processor to itself; the others follow when it is there, or has failed. */
  #start(first: ModelKind): void {
    const leader = this.#leader;
    let others = [this.decoder, this.sampler, this.scorer].filter((station) => station !== leader);
    void this.assets.manifest.get().then((manifest) => {
      this.#shipped = manifest;
      void this.#shelf.prune(manifest.models);
    });
    // On its way while the engine is; the station asks for it only when it has started.
    this.assets[first].get().catch(() => undefined);
    void leader.begin();
    const { runtime, manifest: list } = this.assets;
    const needed = [runtime, list, this.assets[first]];
    $effect(() => {
      const failed =
        leader.down || needed.some(({ status }) => status === 'failed' || status === 'absent');
      if (!leader.loaded[first] && !failed) return;
      const waiting = others;
      others = [];
      const begin = () => {
        markFirstPicture();
        waiting.forEach((station) => void station.begin());
      };
      // The first pictures are asked for in this turn; when they are painted, the processor is free for the others.
      if (failed) begin();
      else setTimeout(() => void leader.client.call('settle', null).then(begin, begin));
    });
  }

  async #fetchRuntime(
    onBytes: (count: number) => void,
    fresh: boolean,
  ): Promise<WebAssembly.Module> {
    this.assets.runtime.total = __WASM_BYTES__;
    return fetchModule(new URL(wasmUrl, base), { onBytes, fresh });
  }

  /** Asked for by the lab that shows it; a site can do without. */
  async loadEvaluation(): Promise<void> {
    if (!this.evaluated || this.#asked) return;
    this.#asked = true;
    try {
      const json = new TextDecoder().decode(await fetchBytes(new URL('evaluation.json', models)));
      this.evaluation = { json, models: await this.decoder.client.call('evaluation', { json }) };
    } catch (error) {
      if (isCancelled(error) || (error instanceof LoadError && error.failure === 'offline')) {
        // Asked again when the lab is opened again.
        this.#asked = false;
        this.report(error);
        return;
      }
      this.evaluated = false;
      if (!(error instanceof LoadError && error.failure === 'missing'))
        this.report(Object.assign(asError(error), { name: 'EvaluationError' }));
    }
  }

  #isAbsent(kind: ModelKind): boolean {
    return this.assets[kind].status === 'absent';
  }

  /** What keeps a station from the model that the page's state asks for, where it is more than time. */
  obstacle(kind: ModelKind, id: string, station: Station): Obstacle | null {
    const { runtime, manifest, vae, encoder } = this.assets;
    const entry = this.entry(kind, id);
    if (this.manifest && !entry && this.#isAbsent(kind)) return { absent: kind };
    const model = entry && this.assetOf(entry.id);
    const parts =
      model === encoder ? [vae, ...(station === this.decoder ? [] : [encoder])] : [model];
    const failed = [runtime, manifest, ...parts].find((asset) => asset?.status === 'failed');
    if (failed?.error) return { failed: failed.error };
    return station.down ? { down: true } : null;
  }

  /** Why the files of a model are not to be had, or were refused; null while they may still come. */
  refusal(id: string): Error | null {
    const asset = this.assetOf(id);
    // The rest of a VAE comes with its decoder.
    const parts = asset === this.assets.encoder ? [this.assets.vae, asset] : [asset];
    return parts.find((part) => part?.status === 'failed')?.error ?? null;
  }

  /** The files of a model, if somebody has asked for them. */
  assetOf(id: string): Asset<ModelPackage> | undefined {
    for (const kind of ['vae', 'ddpm'] as const) {
      if (!this.#isAbsent(kind) && this.entry(kind, this.#wanted[kind])?.id === id)
        return this.assets[kind === 'vae' ? 'encoder' : kind];
    }
    return this.extras.find(({ name }) => name === id);
  }

  async #fetchManifest(
    wanted: Record<ModelKind, string>,
    onBytes: (count: number) => void,
    fresh: boolean,
  ): Promise<Manifest> {
    const bytes = await fetchBytes(new URL('manifest.json', models), { onBytes, fresh });
    const json = new TextDecoder().decode(bytes);
    this.#announce(json, wanted);
    return this.#leader.client.call('manifest', { json });
  }

  #announce(json: string, wanted: Record<ModelKind, string>): void {
    let models: unknown;
    try {
      ({ models } = JSON.parse(json) as Manifest);
    } catch {
      return; // The crate will say what is wrong with it.
    }
    // An entry in it may turn out to be none.
    const draft = { models: Array.isArray(models) ? (models as ModelEntry[]) : [] };
    for (const kind of ['vae', 'ddpm'] as const) {
      try {
        const entry = chooseModel(draft, kind, wanted[kind]);
        if (entry?.kind === 'vae') {
          const decoder = entry.files.decoder.bytes ?? 0;
          this.assets.vae.total = decoder;
          this.assets.encoder.total = modelBytes(entry) - decoder;
        } else if (entry) this.assets[kind].total = modelBytes(entry);
      } catch {
        continue;
      }
    }
    this.#draft = draft;
    for (const tell of this.#onDraft.splice(0)) tell();
  }

  async #fetchFirst(
    kind: ModelKind,
    options: FetchOptions,
    wanted?: (role: string) => boolean,
  ): Promise<ModelPackage> {
    if (!this.#draft) await new Promise<void>((resolve) => this.#onDraft.push(resolve));
    const drafted = await this.#choose(kind, this.#draft?.models ?? []);
    // On their way while the engine is, which then says whether the entry is one.
    const early = drafted && this.#filesOf(drafted, options, wanted);
    early?.catch(() => undefined);
    const { models } = await this.assets.manifest.get();
    const entry = await this.#choose(kind, models);
    if (!entry) throw new AbsentError(`the manifest has no model of kind ${kind}`);
    this.#using[kind] = entry.id;
    const files = entry.id === drafted?.id ? early : this.#filesOf(entry, options, wanted);
    return { id: entry.id, files: (await files) ?? {} };
  }

  /** The model that the page's state asks for at the start. */
  async #choose(kind: ModelKind, models: ModelEntry[]): Promise<ModelEntry | undefined> {
    const wanted = this.#wanted[kind];
    if (!isOwn(wanted)) return chooseModel({ models }, kind, wanted);
    await this.own.ready;
    // Where it is not there, the lab asks for it, and has something to go on with meanwhile.
    const own = { models: [...this.own.entries] };
    return chooseModel(own, kind, wanted) ?? chooseModel({ models }, kind, '');
  }

  async #filesOf(
    entry: ModelEntry,
    options: FetchOptions,
    wanted: (role: string) => boolean = () => true,
  ): Promise<Record<string, Uint8Array>> {
    if (!isOwn(entry.id)) return this.#shelf.model(entry, options, wanted);
    const files = Object.entries(await this.own.files(entry.id)).filter(([role]) => wanted(role));
    for (const [, bytes] of files) options.onBytes?.(bytes.length);
    return Object.fromEntries(files);
  }

  /** Has the labs take another model; those that are under way with the old one begin anew. */
  use(kind: ModelKind, id: string): void {
    const first = this.#isAbsent(kind) ? undefined : this.entry(kind, this.#wanted[kind])?.id;
    if ((this.#using[kind] ?? first) === id) return;
    this.#using[kind] = id;
    const model = this.model(id);
    for (const station of [this.decoder, this.sampler, this.scorer])
      station.use(kind, model).catch(this.report);
  }

  async #fetchEncoder(options: FetchOptions): Promise<ModelPackage> {
    const rest = this.#fetchFirst('vae', options, (role) => !isDecoder(role));
    const [decoder, others] = await Promise.all([this.assets.vae.get(), rest]);
    return { id: decoder.id, files: { ...decoder.files, ...others.files } };
  }

  /** The files of any model, each fetched once for all who ask. */
  model(id: string): Asset<ModelPackage> {
    for (const kind of ['vae', 'ddpm'] as const) {
      if (!this.#isAbsent(kind) && this.entry(kind, this.#wanted[kind])?.id === id)
        return this.assets[kind === 'vae' ? 'encoder' : kind];
    }
    const known = this.extras.find(({ name }) => name === id);
    if (known) return known;
    const asset = new Asset<ModelPackage>(id, async (onBytes, fresh) => {
      const entry = await this.#entryOf(id);
      asset.total = modelBytes(entry);
      return { id, files: await this.#filesOf(entry, { onBytes, fresh }) };
    });
    this.extras = [...this.extras, asset];
    return asset;
  }

  /** Workers beside the sampler for the chains of a grid, as many as there are cores left. */
  async helpers(id: string): Promise<WorkerClient[]> {
    return this.#most > 1 ? this.pool.lend(id, this.#most - 1) : [];
  }

  async #supply(id: string): Promise<SuppliedModel> {
    const supply = await this.model(id).get();
    return { entry: await this.#entryOf(id), supply };
  }

  async #entryOf(id: string): Promise<ModelEntry> {
    const models = isOwn(id) ? this.own.entries : (await this.assets.manifest.get()).models;
    const entry = models.find((model) => model.id === id);
    if (!entry) throw new Error(`there is no model ${id}`);
    return entry;
  }

  /** A model is gone: what workers hold of it is freed. */
  forget(id: string): void {
    const model = this.extras.find(({ name }) => name === id);
    this.extras = this.extras.filter((other) => other !== model);
    this.decoder.forget(id, model).catch(this.report);
    this.pool.forget(id);
  }

  /** A worker for files that nobody knows yet, whose end is not counted as a crash of the page's own. */
  async checker(onLost: OnLost): Promise<WorkerClient> {
    const client = spawn('check', onLost);
    await client.call('start', { module: await this.assets.runtime.get() });
    return client;
  }

  #lost(role: Crew, reason: string, restarting: boolean, cause: LossCause): void {
    if (role === 'pool') this.poolDown = !restarting;
    if (cause === 'script' || cause === 'refused') {
      // Not this worker's own fault: said once for all of them.
      this.#unstarted.add(role);
      if (cause === 'script') void parts.missed();
      else parts.outage = 'refused';
      return;
    }
    this.losses = [
      ...this.losses.filter((loss) => loss.role !== role),
      { role, reason, restarting },
    ];
  }

  /** The manifest's entry of the model that is in use. */
  entry(kind: ModelKind, id: string): ModelEntry | undefined {
    return this.manifest ? chooseModel(this.manifest, kind, id) : undefined;
  }
}
