import type { CallMap, Calls, FromWorker, ToWorker } from './calls.ts';
import { CancelledError, fromWire, WorkerLostError } from './errors.ts';

/**
 * Why a worker is gone: it crashed, ended without a word, its script did not come, or the browser does not let the page start one.
 */
export type LossCause = 'crash' | 'silent' | 'script' | 'refused';
export type OnLost = (reason: string, cause: LossCause) => void;

/** The part of a Worker that the client uses, so that tests can do without one. */
export interface WorkerLike {
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

export interface CallOptions<K extends keyof C, C extends CallMap<C> = Calls> {
  transfer?: Transferable[];
  signal?: AbortSignal;
  onProgress?: (progress: C[K]['progress']) => void;
}

/** While something is wanted of a worker without a lock, it is asked so often whether it is there. */
export const ASK_MS = 5_000;
/** So many questions in a row without an answer, and it is taken for gone: in two minutes the slowest network has computed something. */
export const MOST_UNANSWERED = 24;

interface Open {
  call: PropertyKey;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  progress: (value: unknown) => void;
}

/** Without TLS, and in some frames, there are no locks. */
function canLock(): boolean {
  try {
    const { locks } = navigator as Partial<typeof navigator>;
    return locks !== undefined;
  } catch {
    return false;
  }
}

/** Stands in for the error event of a worker that cannot send one: the browser refuses it, or it never said a word. */
export class EndEvent extends Event {
  constructor(
    readonly message: string,
    readonly cause: LossCause,
  ) {
    super('error', { cancelable: true });
  }
}

/** One worker: a promise per call that settles exactly once, whatever happens to the worker, which `serve` has answer. */
export class WorkerClient<C extends CallMap<C> = Calls> {
  #open = new Map<number, Open>();
  #nextId = 0;
  #dead = false;
  /** The worker has said something. */
  #heard = false;
  /** It has no lock that would tell of its end. */
  #unlocked = false;
  #unanswered = 0;
  #asking: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly worker: WorkerLike,
    private readonly onLost: OnLost,
  ) {
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      // What a script throws has a message; a script that did not come has none.
      const cause = event.message || this.#heard ? 'crash' : 'script';
      this.#lose(event.message || 'worker error', event instanceof EndEvent ? event.cause : cause);
    };
    worker.onmessageerror = () => this.#lose('unreadable message', 'crash');
    this.#watch();
  }

  /** Whether a call is open. */
  get busy(): boolean {
    return this.#open.size > 0;
  }

  call<K extends keyof C>(
    call: K,
    params: C[K]['params'],
    { transfer = [], signal, onProgress }: CallOptions<K, C> = {},
  ): Promise<C[K]['result']> {
    if (this.#dead) return Promise.reject(new WorkerLostError('the worker has ended'));
    if (signal?.aborted) return Promise.reject(new CancelledError('cancelled'));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancel = () => {
        if (!this.#open.delete(id)) return;
        this.worker.postMessage({ cancel: id }, []);
        reject(new CancelledError('cancelled'));
      };
      const settle = () => signal?.removeEventListener('abort', cancel);
      this.#open.set(id, {
        call,
        resolve: (result) => {
          settle();
          resolve(result);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
        progress: (value) => onProgress?.(value),
      });
      signal?.addEventListener('abort', cancel, { once: true });
      // The union is over pairs of call and params; TypeScript cannot see that K picks one of them.
      this.worker.postMessage({ id, call, params } as unknown as ToWorker, transfer);
      this.#askLater();
    });
  }

  /** Ends the worker without reporting it as lost. */
  close(): void {
    if (this.#dead) return;
    this.#dead = true;
    clearTimeout(this.#asking);
    this.worker.terminate();
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const { reject } of open) reject(new WorkerLostError('the worker has ended'));
  }

  #receive(message: FromWorker): void {
    if (this.#dead) return;
    this.#heard = true;
    this.#unanswered = 0;
    if ('watched' in message) {
      const { watched } = message;
      if (watched)
        navigator.locks
          .request(watched, () => this.#lose('no error', 'silent'))
          .catch(() => undefined);
      else {
        this.#unlocked = true;
        this.#askLater();
      }
      return;
    }
    const open = this.#open.get(message.id);
    if ('progress' in message) {
      open?.progress(message.progress);
      return;
    }
    // A late answer to a cancelled call finds nobody.
    this.#open.delete(message.id);
    if ('result' in message) {
      open?.resolve(message.result);
    } else if (message.fatal) {
      open?.reject(new WorkerLostError(message.error.message));
      this.#lose(message.error.message, 'crash');
    } else {
      open?.reject(fromWire(message.error));
    }
  }

  /**
   * A worker can end without an error event. It holds a lock as long as it lives, and the page waits for the same: where it gets
   * it, the worker is gone. Its answer is the first word that it says, with a lock or without.
   */
  #watch(): void {
    const watch = canLock() ? `elbo-room worker ${crypto.randomUUID()}` : null;
    this.worker.postMessage({ watch }, []);
  }

  /**
   * Without a lock, its end shows in that it answers nothing any more. While it checks a model, which may take as long as the visitor
   * says, it is left alone.
   */
  #askLater(): void {
    if (!this.#unlocked || this.#asking !== undefined || this.#dead || !this.busy) return;
    this.#asking = setTimeout(() => {
      this.#asking = undefined;
      if ([...this.#open.values()].some(({ call }) => call === 'check')) this.#unanswered = 0;
      else if (this.#unanswered >= MOST_UNANSWERED) this.#lose('no answer', 'silent');
      else if (this.busy) {
        this.#unanswered++;
        this.worker.postMessage({ watch: null }, []);
      }
      this.#askLater();
    }, ASK_MS);
  }

  #lose(reason: string, cause: LossCause): void {
    if (this.#dead) return;
    this.close();
    this.onLost(reason, cause);
  }
}
