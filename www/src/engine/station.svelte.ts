import type { Asset } from './asset.svelte.ts';
import { asError, WorkerClient, WorkerLostError } from './client.ts';
import { Lane } from './lane.ts';
import { LateWorker } from './late.ts';
import type { Manifest, ModelEntry } from './protocol.ts';

export type Role = 'decoder' | 'sampler' | 'scorer' | 'fitter';
/** Who can be lost: a station, or one of the pool's workers. */
export type Crew = Role | 'pool';
export type ModelKind = 'vae' | 'ddpm';

export interface ModelPackage {
  id: string;
  files: Record<string, Uint8Array>;
}

/** What every station needs, and the models that one must hold. */
export interface Supplies {
  runtime: Asset<WebAssembly.Module>;
  manifest: Asset<Manifest>;
  models: Partial<Record<ModelKind, Asset<ModelPackage>>>;
}

/** The worker's name tells it from the others in the browser's tools. */
const create = (name: string) =>
  new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name });

/** A new worker. */
export function spawn(name: string, onLost: (reason: string) => void): WorkerClient {
  return new WorkerClient(create(name), onLost);
}

/** More losses than this within the window, and restarting is left to the visitor. */
const LOSS_LIMIT = 3;
const LOSS_WINDOW_MS = 60_000;

/**
 * A worker and the models it must hold. When the worker dies, a new one takes its place and gets the same bytes again;
 * `generation` counts the workers, so that canvases handed to the old one are made anew.
 */
export class Station {
  generation = $state(0);
  loaded = $state<Record<ModelKind, boolean>>({ vae: false, ddpm: false });
  /** Died too often to be restarted without being asked. */
  down = $state(false);
  client!: WorkerClient;
  #worker!: LateWorker;
  #losses: number[] = [];
  #lanes = new Map<string, Lane>();
  #extras = new Map<Asset<ModelPackage>, Promise<void>>();

  constructor(
    readonly role: Role,
    private readonly supplies: Supplies,
    private readonly onLost: (role: Role, reason: string, restarting: boolean) => void,
  ) {
    this.#spawn();
  }

  /** The lane of a name: calls in it never pile up. A new worker starts with empty lanes. */
  lane(name: string): Lane {
    let lane = this.#lanes.get(name);
    if (!lane) this.#lanes.set(name, (lane = new Lane()));
    return lane;
  }

  restart(): void {
    this.#losses = [];
    this.#replace();
  }

  /** Loads one more model into the worker, once. */
  equip(model: Asset<ModelPackage>): Promise<void> {
    let loading = this.#extras.get(model);
    if (!loading) this.#extras.set(model, (loading = this.#load(this.client, model)));
    return loading;
  }

  /** Until then it costs nothing, and calls to it wait. */
  async begin(): Promise<void> {
    const { client } = this;
    this.#worker.begin();
    try {
      await client.call('start', { module: await this.supplies.runtime.get() });
      for (const [kind, model] of Object.entries(this.supplies.models)) {
        await this.#load(client, model);
        this.loaded[kind as ModelKind] = true;
      }
    } catch (error) {
      // A lost worker has been reported, and its successor has begun.
      if (error instanceof WorkerLostError) return;
      client.close();
      this.#lost(asError(error).message);
    }
  }

  async #load(client: WorkerClient, supply: Asset<ModelPackage>): Promise<void> {
    for (;;) {
      const manifest = await this.supplies.manifest.get();
      const model = await supply.get();
      const entry = manifest.models.find(({ id }) => id === model.id) as ModelEntry;
      try {
        await client.call('load', { entry, files: model.files });
        return;
      } catch (error) {
        if (error instanceof WorkerLostError) throw error;
        supply.reject(model, error as Error);
      }
    }
  }

  #spawn(): void {
    this.#worker = new LateWorker(() => create(this.role));
    this.client = new WorkerClient(this.#worker, (reason) => this.#lost(reason));
  }

  #lost(reason: string): void {
    const now = performance.now();
    this.#losses = [...this.#losses.filter((time) => now - time < LOSS_WINDOW_MS), now];
    const restarting = this.#losses.length <= LOSS_LIMIT;
    this.onLost(this.role, reason, restarting);
    this.loaded = { vae: false, ddpm: false };
    if (restarting) this.#replace();
    else this.down = true;
  }

  #replace(): void {
    this.down = false;
    this.#lanes.clear();
    this.#extras.clear();
    this.#spawn();
    this.generation++;
    void this.begin();
  }
}
