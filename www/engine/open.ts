/** An engine of workers: what index.ts opens in browsers, and node.ts in Node.js. */
import type * as Api from './api.ts';
import type { OnLost, WorkerClient } from './client.ts';
import { OPENED } from './opened.ts';
import { SharedPool } from './shared-pool.ts';
import type { Manifest, ModelEntry } from './protocol.ts';
import { poolSize, type ServedModel } from './pool-services.ts';
import type { ModelFetcher } from './model-fetcher.ts';

/** Services that differ between browsers and Node.js. */
export interface Platform {
  spawn(onLost: OnLost): WorkerClient;
  runtime(): Promise<WebAssembly.Module>;
  /** The absolute address of a folder. */
  locate(folder: string | URL): URL;
  read(url: URL): Promise<Uint8Array>;
  fetcher(folder: URL): Pick<ModelFetcher, 'model'>;
  cores: number | undefined;
}

export async function openOn(
  platform: Platform,
  { workers, onLost }: Api.EngineOptions,
): Promise<Api.Engine> {
  if (workers !== undefined && !(Number.isInteger(workers) && workers > 0))
    throw new RangeError(`workers: ${workers} is not a whole number from 1 on`);
  const runtime = platform.runtime();
  const engine = new OpenEngine(
    platform,
    runtime,
    workers ?? poolSize(platform.cores, undefined),
    onLost ?? (() => undefined),
  );
  // Fails at once for bytes that are not WebAssembly, or cannot be fetched.
  await runtime;
  return engine;
}

class OpenEngine implements Api.Engine {
  readonly #models = new Map<string, ServedModel>();
  readonly #pool: SharedPool;
  #closed = false;

  constructor(
    private readonly platform: Platform,
    runtime: Promise<WebAssembly.Module>,
    size: number,
    onLost: (reason: string, left: number) => void,
  ) {
    this.#pool = new SharedPool(size, {
      spawn: (lost) => platform.spawn(lost),
      runtime: () => runtime,
      model: (id) => this.#modelOf(id),
      // Rejects the call that opened the model.
      reject: (id) => this.#models.delete(id),
      blame: () => false,
      onLost: (reason, left) => onLost(reason, left),
      onShrunk: (left) => onLost('there is no memory for more workers', left),
    });
  }

  open(entry: ModelEntry, files: object): Promise<never> {
    // The overloads say which model comes of which entry.
    return this.#open(entry, files as Record<string, Uint8Array>) as Promise<never>;
  }

  async #open(entry: ModelEntry, files: Record<string, Uint8Array>): Promise<Api.Model> {
    this.#needOpen();
    const { id } = entry;
    if (this.#models.has(id))
      throw new RangeError(`a model with the id ${JSON.stringify(id)} is open: close it first`);
    this.#models.set(id, { entry, files: () => ({ id, files }) });
    const close = () => {
      this.#models.delete(id);
      this.#pool.forget(id);
    };
    try {
      await this.#pool.use(id, async () => undefined);
    } catch (error) {
      close();
      throw error;
    }
    // The class of a kind takes entries of that kind.
    const Opened = OPENED[entry.kind] as new (...given: unknown[]) => Api.Model;
    return new Opened(entry, this.#pool, close);
  }

  async models(folder: string | URL): Promise<Api.Models> {
    this.#needOpen();
    const base = this.platform.locate(folder);
    const bytes = await this.platform.read(new URL('manifest.json', base));
    const json = new TextDecoder().decode(bytes);
    const manifest = await this.#pool.ask((client) => client.call('manifest', { json }));
    const fetcher = this.platform.fetcher(base);
    return {
      manifest,
      // Who asks says which kind it is.
      open: async (id) => {
        const entry = entryOf(manifest, id);
        return (await this.#open(entry, await fetcher.model(entry, {}))) as never;
      },
    };
  }

  close(): void {
    this.#closed = true;
    this.#models.clear();
    this.#pool.close();
  }

  /** One that is not there comes no more. */
  #modelOf(id: string): Promise<ServedModel> {
    const model = this.#models.get(id);
    return model ? Promise.resolve(model) : new Promise(() => undefined);
  }

  #needOpen(): void {
    if (this.#closed) throw new Error('the engine is closed: open another one');
  }
}

function entryOf({ models }: Manifest, id: string): ModelEntry {
  const entry = models.find((model) => model.id === id);
  if (entry) return entry;
  const known = models.map((model) => model.id).join(', ');
  throw new RangeError(`the manifest has no model ${JSON.stringify(id)}; it has ${known}`);
}
