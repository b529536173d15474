import { AbsentError, type Asset } from './asset.svelte.ts';
import { type LossCause, WorkerClient } from '../../engine/client.ts';
import { asError, WorkerLostError } from '../../engine/errors.ts';
import { LatestQueue } from '../../engine/latest-queue.ts';
import { DeferredWorker } from '../../engine/deferred.ts';
import type { ModelEntry } from '../../engine/protocol.ts';
import { type StoredModel, REST_MS } from '../../engine/pool-services.ts';
import { create } from '../../engine/spawn.ts';

export type Role = 'decoder' | 'sampler' | 'fitter';
/** Who can be lost: a worker host, or one of the pool's workers. */
export type WorkerRole = Role | 'pool';

/** What every worker host needs, and the model that one must hold. */
interface HostServices {
  runtime: Asset<WebAssembly.Module>;
  entry(id: string): Promise<ModelEntry>;
  model?: Asset<StoredModel>;
}

/** More losses than this within the window, and restarting is left to the visitor. */
const LOSS_LIMIT = 3;
const LOSS_WINDOW_MS = 60_000;

/**
 * A worker and the model it must hold. When the worker dies, a new one takes its place and gets the same bytes again;
 * `generation` counts the workers, so that canvases handed to the old one are made anew.
 */
export class WorkerHost {
  generation = $state(0);
  /** The id of the model that it holds. */
  held = $state<string | null>(null);
  /** Died too often to be restarted without being asked. */
  down = $state(false);
  /** Given back, until the next look or call. */
  resting = $state(false);
  client!: WorkerClient;
  #worker!: DeferredWorker;
  #begun = false;
  #watched = true;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #losses: number[] = [];
  #queues = new Map<string, LatestQueue>();
  #extraIds = new Set<string>();
  #extras = new Map<Asset<StoredModel>, Promise<string>>();
  /** The model it must hold. */
  #model: Asset<StoredModel> | undefined;

  constructor(
    readonly role: Role,
    private readonly services: HostServices,
    private readonly onLost: (
      role: Role,
      reason: string,
      restarting: boolean,
      cause: LossCause,
    ) => void,
  ) {
    this.#model = services.model;
    this.#spawn();
  }

  get loaded(): boolean {
    return this.held !== null;
  }

  holds(entry: ModelEntry | undefined): boolean {
    return this.held === entry?.id;
  }

  /** The queue of a name: calls in it never pile up. A new worker starts with empty queues. */
  queue(name: string): LatestQueue {
    let queue = this.#queues.get(name);
    if (!queue) this.#queues.set(name, (queue = new LatestQueue()));
    return queue;
  }

  restart(): void {
    this.#losses = [];
    this.#replace();
  }

  /** Whether somebody looks at a lab that it works for. */
  set watched(watched: boolean) {
    if (watched === this.#watched) return;
    this.#watched = watched;
    if (watched) this.#wake();
    this.#restLater();
  }

  /** Ends the worker for good. */
  close(): void {
    clearTimeout(this.#timer);
    this.client.close();
  }

  /** Loads one more model into the worker, once. */
  async ensureModel(model: Asset<StoredModel>): Promise<void> {
    let loading = this.#extras.get(model);
    if (!loading) this.#extras.set(model, (loading = this.#load(this.client, model)));
    // At once, so that it is not freed as the model that a lab had.
    const { id } = await model.get();
    this.#extraIds.add(id);
    await loading;
  }

  /** A model is gone: it is freed, unless it is still in use. */
  async forget(id: string, model: Asset<StoredModel> | undefined): Promise<void> {
    if (model) this.#extras.delete(model);
    if (this.#extraIds.delete(id) && !this.#holdsId(id)) await this.client.call('unload', { id });
  }

  /** For after a pause, in which another model may have come. */
  #holdsId(id: string): boolean {
    return this.held === id;
  }

  /** Takes another model in place of the one that it has. */
  async use(model: Asset<StoredModel>): Promise<void> {
    if (this.#model === model) return;
    this.#model = model;
    const before = this.held;
    this.held = null;
    // The next worker begins with it.
    const begun = this.#begun;
    this.#wake();
    if (!begun) return;
    const { client } = this;
    try {
      await this.#hold(client, model);
      if (before !== null && !this.#extraIds.has(before) && !this.#holdsId(before))
        await client.call('unload', { id: before });
    } catch (error) {
      if (!(error instanceof WorkerLostError)) throw error;
    }
  }

  async #hold(client: WorkerClient, model: Asset<StoredModel>): Promise<void> {
    let id: string;
    try {
      id = await this.#load(client, model);
    } catch (error) {
      if (error instanceof AbsentError) return;
      throw error;
    }
    // Another one may have been asked for meanwhile, or another worker have taken this one's place.
    if (this.#model === model && client === this.client) this.held = id;
  }

  /** Until then it costs nothing, and calls to it wait. */
  async begin(): Promise<void> {
    if (this.#begun) return;
    const { client } = this;
    this.#worker.begin();
    this.#begun = true;
    try {
      await client.call('start', { module: await this.services.runtime.get() });
      if (this.#model) await this.#hold(client, this.#model);
    } catch (error) {
      // A lost worker has been reported, and its successor has begun.
      if (error instanceof WorkerLostError) return;
      client.close();
      this.#lost(asError(error).message);
    }
  }

  async #load(client: WorkerClient, asset: Asset<StoredModel>): Promise<string> {
    for (;;) {
      const model = await asset.get();
      const entry = await this.services.entry(model.id);
      try {
        await client.call('load', { entry, files: model.files });
        return model.id;
      } catch (error) {
        if (error instanceof WorkerLostError) {
          asset.blame(model, error);
          throw error;
        }
        asset.reject(model, error as Error);
      }
    }
  }

  #spawn(): void {
    this.#begun = false;
    this.#worker = new DeferredWorker(
      () => create(this.role),
      // What calls may be a value that is being derived.
      () => queueMicrotask(() => this.#wake()),
    );
    this.client = new WorkerClient(this.#worker, (...loss) => this.#lost(...loss));
  }

  #lost(reason: string, cause: LossCause = 'crash'): void {
    const now = performance.now();
    this.#losses = [...this.#losses.filter((time) => now - time < LOSS_WINDOW_MS), now];
    // Another attempt would get no other script.
    const fetched = cause === 'crash' || cause === 'silent';
    const restarting = fetched && this.#losses.length <= LOSS_LIMIT;
    this.onLost(this.role, reason, restarting, cause);
    this.#clear();
    if (restarting) this.#replace();
    else this.down = true;
  }

  /** Forgets what a worker had that is gone. */
  #clear(): void {
    this.held = null;
    this.#queues.clear();
    this.#extras.clear();
    this.#extraIds.clear();
  }

  #replace(): void {
    this.down = false;
    this.#clear();
    this.#spawn();
    this.#succeed();
  }

  /** The next worker begins. */
  #succeed(): void {
    this.resting = false;
    this.generation++;
    void this.begin();
  }

  #restLater(): void {
    clearTimeout(this.#timer);
    if (!this.#watched) this.#timer = setTimeout(() => this.#rest(), REST_MS);
  }

  #rest(): void {
    if (this.down) return;
    if (this.client.busy || !this.#begun) {
      this.#restLater();
      return;
    }
    this.client.close();
    this.#clear();
    this.#spawn();
    this.resting = true;
  }

  #wake(): void {
    if (!this.resting) return;
    this.#succeed();
    this.#restLater();
  }
}
