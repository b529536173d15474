import wasmUrl from '../../pkg/elbo_room_bg.wasm?url';
import { Asset } from './asset.svelte.ts';
import type { LossCause, OnLost, WorkerClient } from '../../engine/client.ts';
import { asError, isCancelled } from '../../engine/errors.ts';
import { markFirstPicture } from './first.ts';
import { ModelFiles } from './files.svelte.ts';
import { chooseModel, fetchBytes, fetchModule, LoadError } from '../../engine/loader.ts';
import { NO_MODELS, type OwnModels } from '../../engine/own.ts';
import { isMissingPart, parts } from './outage.svelte.ts';
import { SharedPool } from '../../engine/shared-pool.ts';
import type { EvaluatedModel, Manifest, ModelEntry } from '../../engine/protocol.ts';
import { poolSize, REST_MS, type ServedModel } from '../../engine/pool-services.ts';
import { spawn } from '../../engine/spawn.ts';
import { KnownSchedules } from './schedules.svelte.ts';
import { documentSource, type Source } from './source.ts';
import {
  type ModelKind,
  type Role,
  type HostServices,
  WorkerHost,
  type WorkerRole,
} from './worker-host.svelte.ts';
import { cacheStorage, FileStore } from '../../engine/store.ts';
import { missingFeatures } from './support.ts';

/** Why a lab has no model: there is none, it could not be loaded, or its worker has crashed too often. */
export type Obstacle = { absent: ModelKind } | { failed: Error } | { down: true };

export interface Loss {
  role: WorkerRole;
  reason: string;
  restarting: boolean;
}

/** In gigabytes, rounded; only some browsers tell. */
const deviceMemory = () => (navigator as { deviceMemory?: number }).deviceMemory;

const ROLES: readonly WorkerRole[] = ['decoder', 'sampler', 'fitter', 'pool'];

/** Faults that are worth reading. */
const MOST_FAULTS = 5;

/**
 * Workers with the same code: one decodes, one samples, one fits, and a pool shares all bounds. Every file is fetched once,
 * kept here, and given to each worker that needs it.
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
  /** Errors of single calls that the visitor should know of. */
  faults = $state.raw<Error[]>([]);
  readonly runtime: Asset<WebAssembly.Module>;
  readonly list: Asset<Manifest>;
  readonly files: ModelFiles;
  readonly pool!: SharedPool;
  readonly decoder!: WorkerHost;
  readonly sampler!: WorkerHost;
  readonly schedules!: KnownSchedules;
  /** Needs no model, and begins when its lab is first seen. */
  readonly fitter!: WorkerHost;
  #leader!: WorkerHost;
  readonly #hosts: WorkerHost[] = [];
  #problemsRead = $state(false);
  #most = 1;
  #wanted: Record<ModelKind, string>;
  /** The models that the labs have now. */
  #using: Partial<Record<ModelKind, string>> = {};
  #asked = false;
  /** Whether the models of the labs are wanted. */
  required = $state(false);
  /** Whether the site has scores of the test set, as far as is known. */
  evaluated = $state(__EVALUATED__);
  /** Whose script did not come. */
  #unstarted = new Set<WorkerRole>();
  /** Whose script may have been asked for before the visitor had all tried again, and not have come yet. */
  #pending = new Set<WorkerRole>();

  /** `wanted` are the model ids that the page's state asks for, `first` the kind that its first picture needs, if it needs one. */
  constructor(
    wanted: Record<ModelKind, string>,
    first: ModelKind | null,
    readonly own: OwnModels = NO_MODELS,
    private readonly source: Source = documentSource(),
  ) {
    this.runtime = new Asset('runtime', (onBytes, fresh) => this.#fetchRuntime(onBytes, fresh));
    this.list = new Asset('manifest', (onBytes, fresh) => this.#fetchManifest(onBytes, fresh));
    this.#wanted = { ...wanted };
    this.files = new ModelFiles({
      base: source.models,
      store: new FileStore(source.models, source.keeps === null ? null : cacheStorage()),
      manifest: this.list,
      own,
      wanted: this.#wanted,
      entry: (kind, id) => this.entry(kind, id),
      onChosen: (kind, id) => (this.#using[kind] = id),
    });
    if (this.missing.length > 0) {
      markFirstPicture();
      return;
    }
    const { runtime } = this;
    const { vae, ddpm } = this.files;
    const entry = (id: string) => this.files.entryOf(id);
    const host = (role: Role, models: HostServices['models']) => {
      const made = new WorkerHost(role, { runtime, entry, models }, (...of) => this.#lost(...of));
      this.#hosts.push(made);
      return made;
    };
    this.decoder = host('decoder', { vae });
    this.sampler = host('sampler', { ddpm });
    this.schedules = new KnownSchedules(this.sampler, this.report);
    this.fitter = host('fitter', {});
    const most = poolSize(navigator.hardwareConcurrency, deviceMemory());
    this.#most = most;
    this.pool = new SharedPool(most, {
      spawn: (onLost) => spawn('pool', onLost),
      runtime: () => runtime.get(),
      model: (id) => this.#modelOf(id),
      reject: (id, files, error) => this.files.of(id).reject(files, error),
      blame: (id, files, error) => this.files.of(id).blame(files, error),
      onLost: (reason, left, cause) => this.#lost('pool', reason, left > 0, cause),
      onShrunk: (size) => (this.shrunk = { size, most }),
      quota: source.quota?.(most),
      restMs: REST_MS,
    });
    this.#leader = this.fitter;
    void this.list.get().then((manifest) => {
      this.#shipped = manifest;
      this.files.prune(manifest.models);
    });
    if (first) this.#lead(first);
    else this.#goWithout();
    $effect(() => this.#askSchedules());
  }

  #askSchedules(): void {
    const model = this.sampler.held.ddpm;
    const entry = this.manifest?.models.find(({ id }) => id === model);
    if (entry?.kind === 'ddpm') this.schedules.learn(entry);
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
    parts.forget();
    this.#forgetOutage();
    const roles = this.#unstarted;
    this.#unstarted = new Set();
    this.#pending = new Set(ROLES.filter((role) => !roles.has(role)));
    for (const role of roles) this.restart(role);
    // Some were waiting for an answer of those workers.
    for (const asset of this.assets) if (asset.status === 'failed') asset.retry();
  }

  restart(role: WorkerRole): void {
    this.losses = this.losses.filter((loss) => loss.role !== role);
    if (role === 'pool') {
      this.poolDown = false;
      this.pool.restart();
    } else this[role].restart();
  }

  /** Everything that loads, for the page to show. */
  get assets(): Asset<unknown>[] {
    const { runtime, list, files } = this;
    // The encoder is fetched when something is scored.
    const encoder = files.encoder.status === 'waiting' ? [] : [files.encoder];
    const models = this.required ? [files.vae, ...encoder, files.ddpm] : [];
    return [runtime, list, ...models, ...files.extras] as Asset<unknown>[];
  }

  /** Whether all that the labs have asked for is there, or is not to be had. */
  get complete(): boolean {
    const { decoder, sampler, files } = this;
    const hasVae = decoder.loaded.vae || decoder.resting || files.isAbsent('vae');
    const hasDdpm = sampler.loaded.ddpm || sampler.resting || files.isAbsent('ddpm');
    const others = [this.runtime, this.list, ...files.extras] as Asset<unknown>[];
    return (
      others.every(({ status }) => status === 'ready') && (!this.required || (hasVae && hasDdpm))
    );
  }

  /** Loads the models of the labs, unless that has begun: a lab that needs none goes without. */
  require([first]: readonly ModelKind[]): void {
    if (!first || this.required || this.missing.length > 0) return;
    // It outlives the effect that asks for it.
    $effect.root(() => this.#lead(first));
  }

  /** The first picture's model has line and processor to itself; the others follow when it is there, or has failed. */
  #lead(first: ModelKind): void {
    this.required = true;
    const { runtime, list, files } = this;
    const leader = first === 'vae' ? this.decoder : this.sampler;
    // Whoever begins first reads the list.
    if (list.status !== 'ready') this.#leader = leader;
    let others = [this.decoder, this.sampler].filter((host) => host !== leader);
    // On its way while the engine is; the host asks for it only when it has started.
    files[first].get().catch(() => undefined);
    void leader.begin();
    const needed = [runtime, list, files[first]];
    $effect(() => {
      const failed =
        leader.down || needed.some(({ status }) => status === 'failed' || status === 'absent');
      if (!leader.loaded[first] && !failed) return;
      const waiting = others;
      others = [];
      const begin = () => {
        markFirstPicture();
        waiting.forEach((host) => void host.begin());
      };
      // The first pictures are asked for in this turn; when they are painted, the processor is free for the others.
      if (failed) begin();
      else setTimeout(() => void leader.client.call('settle', null).then(begin, begin));
    });
  }

  /** The first picture needs no model. */
  #goWithout(): void {
    const { fitter, runtime, list } = this;
    void fitter.begin();
    $effect(() => {
      const all = [runtime, list];
      const failed = fitter.down || all.some(({ status }) => status === 'failed');
      if (failed) markFirstPicture();
      else if (all.every(({ status }) => status === 'ready'))
        setTimeout(
          () => void fitter.client.call('settle', null).then(markFirstPicture, markFirstPicture),
        );
    });
  }

  async #fetchRuntime(
    onBytes: (count: number) => void,
    fresh: boolean,
  ): Promise<WebAssembly.Module> {
    this.runtime.total = __WASM_BYTES__;
    const compile = () => fetchModule(new URL(wasmUrl, document.baseURI), { onBytes, fresh });
    return this.source.runtime?.(compile) ?? compile();
  }

  /** Asked for by the lab that shows it; a site can do without. */
  async loadEvaluation(): Promise<void> {
    if (!this.evaluated || this.#asked) return;
    this.#asked = true;
    try {
      const json = new TextDecoder().decode(
        await fetchBytes(new URL('evaluation.json', this.source.models)),
      );
      this.evaluation = { json, models: await this.decoder.client.call('evaluation', { json }) };
      this.#forgetOutage();
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

  /** Files that were asked for without a connection are asked for again. */
  #forgetOutage(): void {
    this.faults = this.faults.filter(
      (fault) => !(fault instanceof LoadError && fault.failure === 'offline'),
    );
  }

  /** What keeps a host, or the pool, from the model that the page's state asks for, where it is more than time. */
  obstacle(kind: ModelKind, id: string, host: WorkerHost | 'pool'): Obstacle | null {
    const { runtime, list, files } = this;
    const { vae, encoder } = files;
    const entry = this.entry(kind, id);
    if (this.manifest && !entry && files.isAbsent(kind)) return { absent: kind };
    const model = entry && files.find(entry.id);
    const parts = model === encoder ? [vae, ...(host === this.decoder ? [] : [encoder])] : [model];
    const failed = [runtime, list, ...parts].find((asset) => asset?.status === 'failed');
    if (failed?.error) return { failed: failed.error };
    return (host === 'pool' ? this.poolDown : host.down) ? { down: true } : null;
  }

  /** Why the files of a model are not to be had, or were refused; null while they may still come. */
  refusal(id: string): Error | null {
    const asset = this.files.find(id);
    // The rest of a VAE comes with its decoder.
    const parts = asset === this.files.encoder ? [this.files.vae, asset] : [asset];
    return parts.find((part) => part?.status === 'failed')?.error ?? null;
  }

  async #fetchManifest(onBytes: (count: number) => void, fresh: boolean): Promise<Manifest> {
    const bytes = await fetchBytes(new URL('manifest.json', this.source.models), {
      onBytes,
      fresh,
    });
    const json = new TextDecoder().decode(bytes);
    this.files.announce(json);
    return this.#leader.client.call('manifest', { json });
  }

  /** Ends all workers: nothing answers any more. */
  close(): void {
    if (this.missing.length > 0) return;
    for (const host of this.#hosts) host.close();
    this.pool.close();
  }

  /** Whose work somebody looks at; the others are given back after a while, and come again when they are needed. */
  look(roles: readonly Role[]): void {
    for (const host of this.#hosts) host.watched = roles.includes(host.role);
  }

  /** Has the labs take another model; those that are under way with the old one begin anew. */
  use(kind: ModelKind, id: string): void {
    const first = this.files.isAbsent(kind) ? undefined : this.entry(kind, this.#wanted[kind])?.id;
    if ((this.#using[kind] ?? first) === id) return;
    this.#using[kind] = id;
    const model = this.files.of(id);
    for (const host of [this.decoder, this.sampler]) host.use(kind, model).catch(this.report);
  }

  /** Workers beside the sampler for the chains of a grid, as many as there are cores left. */
  async helpers(id: string): Promise<WorkerClient[]> {
    return this.#most > 1 ? this.pool.borrow(id, this.#most - 1) : [];
  }

  async #modelOf(id: string): Promise<ServedModel> {
    const asset = this.files.of(id);
    await asset.get();
    return { entry: await this.files.entryOf(id), files: () => asset.current };
  }

  /** A model is gone: what workers hold of it is freed. */
  forget(id: string): void {
    this.decoder.forget(id, this.files.forget(id)).catch(this.report);
    this.pool.forget(id);
  }

  /** A worker for files that nobody knows yet, whose end is not counted as a crash of the page's own. */
  async checker(onLost: OnLost): Promise<WorkerClient> {
    const client = spawn('check', onLost);
    await client.call('start', { module: await this.runtime.get() });
    return client;
  }

  #lost(role: WorkerRole, reason: string, restarting: boolean, cause: LossCause): void {
    if (role === 'pool') this.poolDown = !restarting;
    if (cause === 'script' || cause === 'refused') {
      if (this.#pending.delete(role)) {
        queueMicrotask(() => this.restart(role));
        return;
      }
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
