import { asError } from '../../engine/errors.ts';
import { LoadError } from '../../engine/loader.ts';

/** The files of the models that the labs share have the names of workers; other models have their ids. */
export type AssetName = 'runtime' | 'manifest' | 'decoder' | 'encoder' | 'sampler' | (string & {});
/** `absent`: the site does not have it. */
export type AssetStatus = 'waiting' | 'loading' | 'ready' | 'failed' | 'absent';

/** Thrown by a fetcher of what the site does not have, and by `get` from then on. */
export class AbsentError extends Error {
  override name = 'AbsentError';
}

/** Crashes of workers after which the file that they loaded is taken for the cause. */
const MOST_CRASHES = 2;

/** Fetches one thing; reports the bytes as they come. `fresh` asks for a copy past the HTTP cache. */
export type Fetcher<T> = (onBytes: (count: number) => void, fresh: boolean) => Promise<T>;

/**
 * One thing that must arrive before the page is complete, with its progress. `get` stays open through failures: the
 * page shows the error with a retry, and whoever waits gets the value of the attempt that succeeds.
 */
export class Asset<T> {
  status = $state<AssetStatus>('waiting');
  loaded = $state(0);
  total = $state(0);
  error = $state.raw<Error | null>(null);
  #value: Promise<T> | null = null;
  #current: T | null = null;
  #fresh = false;
  #onRetry: (() => void) | null = null;
  #crashes = 0;

  constructor(
    readonly name: AssetName,
    private readonly fetcher: Fetcher<T>,
  ) {}

  get(): Promise<T> {
    this.#value ??= this.#attempt();
    return this.#value;
  }

  /** The value; null while it is being fetched. */
  get current(): T | null {
    return this.#current;
  }

  /** `value` turned out to be unusable: the next `get` waits for a retry, which then asks for a fresh copy. */
  reject(value: T, error: Error): void {
    if (value !== this.#current) return;
    this.#current = null;
    this.#fresh = true;
    this.#value = this.#failed(error).then(() => this.#attempt());
  }

  /** A worker was lost while it loaded `value`. Returns whether the value is rejected: after the second loss it is. */
  blame(value: T, error: Error): boolean {
    if (value !== this.#current || ++this.#crashes < MOST_CRASHES) return false;
    this.#crashes = 0;
    this.reject(value, error);
    return true;
  }

  retry(): void {
    this.#onRetry?.();
    this.#onRetry = null;
  }

  async #attempt(): Promise<T> {
    for (;;) {
      this.status = 'loading';
      this.loaded = 0;
      this.error = null;
      try {
        this.#current = await this.fetcher((count) => (this.loaded += count), this.#fresh);
        this.status = 'ready';
        return this.#current;
      } catch (error) {
        if (error instanceof AbsentError) {
          this.status = 'absent';
          throw error;
        }
        this.#fresh = !(error instanceof LoadError);
        await this.#failed(asError(error));
      }
    }
  }

  /** Resolves when the visitor asks for another attempt. */
  #failed(error: Error): Promise<void> {
    this.status = 'failed';
    this.error = error;
    return new Promise((resolve) => (this.#onRetry = resolve));
  }
}
