import wasmUrl from '../../pkg/elbo_room_bg.wasm?url';
import { Asset } from './asset.svelte.ts';
import type { LossCause, OnLost, WorkerClient } from '../../engine/client.ts';
import { asError, isCancelled } from '../../engine/errors.ts';
import { Evaluation } from './evaluation.svelte.ts';
import { markFirstPicture } from './first.ts';
import { ModelFiles } from './files.svelte.ts';
import { type HostedEntries, MODEL_HOSTS, type ModelHost, modelsFor } from './hosts.ts';
import { isDiffusion } from '../../engine/facts.ts';
import { chooseModel, fetchBytes, fetchModule, LoadError } from '../../engine/loader.ts';
import { NO_MODELS, type OwnModels } from '../../engine/own.ts';
import { isMissingPart, parts } from './outage.svelte.ts';
import { SharedPool } from '../../engine/shared-pool.ts';
import type { Manifest } from '../../engine/protocol.ts';
import {
  poolSize,
  REST_MS,
  type ServedModel,
  type StoredModel,
} from '../../engine/pool-services.ts';
import { spawn } from '../../engine/spawn.ts';
import { KnownSchedules } from './schedules.svelte.ts';
import { documentSource, type Source } from './source.ts';
import { type Role, WorkerHost, type WorkerRole } from './worker-host.svelte.ts';
import { cacheStorage, FileStore } from '../../engine/store.ts';
import { missingFeatures } from './support.ts';

/** Why a lab has no model: there is none, it could not be loaded, or its worker has crashed too often. */
export type Obstacle = { absent: ModelHost } | { failed: Error } | { down: true };

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
  readonly evaluation: Evaluation;
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
  #wanted: Record<ModelHost, string>;
  /** The models that the labs have now. */
  #using: Partial<Record<ModelHost, string>> = {};
  /** Whether the models of the labs are wanted. */
  required = $state(false);
  /** Whose script did not come. */
  #unstarted = new Set<WorkerRole>();
  /** Whose script may have been asked for before the visitor had all tried again, and not have come yet. */
  #pending = new Set<WorkerRole>();

  /** `wanted` are the model ids that the page's state asks for, `first` the worker of its first picture, if that needs a model. */
  constructor(
    wanted: Record<ModelHost, string>,
    first: ModelHost | null,
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
      entry: (host, id) => this.entry(host, id),
      onChosen: (host, id) => (this.#using[host] = id),
    });
    this.evaluation = new Evaluation({
      file: new URL('evaluation.json', source.models),
      read: (json) => this.decoder.client.call('evaluation', { json }),
      report: this.report,
      onLoaded: () => this.#forgetOutage(),
    });
    if (this.missing.length > 0) {
      markFirstPicture();
      return;
    }
    const { runtime } = this;
    const { decoder, sampler } = this.files;
    const entry = (id: string) => this.files.entryOf(id);
    const host = (role: Role, model?: Asset<StoredModel>) => {
      const services = { runtime, entry, ...(model && { model }) };
      const made = new WorkerHost(role, services, (...of) => this.#lost(...of));
      this.#hosts.push(made);
      return made;
    };
    this.decoder = host('decoder', decoder);
    this.sampler = host('sampler', sampler);
    this.schedules = new KnownSchedules(this.sampler, this.report);
    this.fitter = host('fitter');
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
    const model = this.sampler.held;
    const entry = this.manifest?.models.find(({ id }) => id === model);
    if (entry && isDiffusion(entry)) this.schedules.learn(entry);
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
    const models = this.required ? [files.decoder, ...encoder, files.sampler] : [];
    return [runtime, list, ...models, ...files.extras] as Asset<unknown>[];
  }

  /** Whether all that the labs have asked for is there, or is not to be had. */
  get complete(): boolean {
    const { files } = this;
    const hasModel = (host: ModelHost) =>
      this[host].loaded || this[host].resting || files.isAbsent(host);
    const others = [this.runtime, this.list, ...files.extras] as Asset<unknown>[];
    return (
      others.every(({ status }) => status === 'ready') &&
      (!this.required || MODEL_HOSTS.every(hasModel))
    );
  }

  /** Loads the models of the labs, unless that has begun: a lab that needs none goes without. */
  require([first]: readonly ModelHost[]): void {
    if (!first || this.required || this.missing.length > 0) return;
    // It outlives the effect that asks for it.
    $effect.root(() => this.#lead(first));
  }

  /** The first picture's model has line and processor to itself; the others follow when it is there, or has failed. */
  #lead(first: ModelHost): void {
    this.required = true;
    const { runtime, list, files } = this;
    const leader = this[first];
    // Whoever begins first reads the list.
    if (list.status !== 'ready') this.#leader = leader;
    let others = MODEL_HOSTS.filter((host) => host !== first).map((host) => this[host]);
    // On its way while the engine is; the host asks for it only when it has started.
    files[first].get().catch(() => undefined);
    void leader.begin();
    const needed = [runtime, list, files[first]];
    $effect(() => {
      const failed =
        leader.down || needed.some(({ status }) => status === 'failed' || status === 'absent');
      if (!leader.loaded && !failed) return;
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

  /** Files that were asked for without a connection are asked for again. */
  #forgetOutage(): void {
    this.faults = this.faults.filter(
      (fault) => !(fault instanceof LoadError && fault.failure === 'offline'),
    );
  }

  /** What keeps a worker, or the pool, from the model that the page's state asks for, where it is more than time. */
  obstacle(model: ModelHost, id: string, worker: ModelHost | 'pool' = model): Obstacle | null {
    const { runtime, list, files } = this;
    const { decoder, encoder } = files;
    const entry = this.entry(model, id);
    if (this.manifest && !entry && files.isAbsent(model)) return { absent: model };
    const asset = entry && files.find(entry.id);
    const parts = asset === encoder ? [decoder, ...(worker === 'pool' ? [encoder] : [])] : [asset];
    const failed = [runtime, list, ...parts].find((part) => part?.status === 'failed');
    if (failed?.error) return { failed: failed.error };
    return (worker === 'pool' ? this.poolDown : this[worker].down) ? { down: true } : null;
  }

  /** Why the files of a model could not be fetched, or were not accepted; null while they may still come. */
  loadError(id: string): Error | null {
    const { decoder, encoder } = this.files;
    const asset = this.files.find(id);
    // The encoder comes with its decoder.
    const parts = asset === encoder ? [decoder, encoder] : [asset];
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
  use(host: ModelHost, id: string): void {
    const first = this.files.isAbsent(host) ? undefined : this.entry(host, this.#wanted[host])?.id;
    if ((this.#using[host] ?? first) === id) return;
    this.#using[host] = id;
    this[host].use(this.files.of(id)).catch(this.report);
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
  entry<H extends ModelHost>(host: H, id: string): HostedEntries[H] | undefined {
    return chooseModel(modelsFor(host, this.manifest?.models ?? []), id);
  }
}
