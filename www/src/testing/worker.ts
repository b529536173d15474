/** Workers for tests: they speak the page's protocol, and a script says what they answer. */
import { vi } from 'vitest';
import type { CallName, Calls, FromWorker, ToWorker } from '../../engine/calls.ts';
import { manifest } from './manifest.ts';

/** What a script is told of a call beside its parameters. */
interface Asked<K extends CallName> {
  progress: (value: Calls[K]['progress']) => void;
  readonly cancelled: boolean;
  worker: ScriptedWorker;
}

export type Script = {
  [K in CallName]?: (
    params: Calls[K]['params'],
    asked: Asked<K>,
  ) => Calls[K]['result'] | Promise<Calls[K]['result']>;
};

/** Milliseconds that a message is on its way. */
const TRAVEL_MS = 1;

const STANDARD: Script = {
  start: () => null,
  settle: () => null,
  load: () => null,
  surface: () => null,
  manifest: () => manifest,
};

/** Stands in for `Worker`; messages take a moment, as between threads, by the fake clock. */
export class ScriptedWorker {
  static script: Script = {};
  static all: ScriptedWorker[] = [];
  onmessage: ((event: MessageEvent<FromWorker>) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  onmessageerror: ((event: MessageEvent) => void) | null = null;
  readonly name: string;
  readonly calls: { call: CallName; params: unknown }[] = [];
  readonly cancelled = new Set<number>();
  ended = false;

  constructor(_url: URL, { name = '' }: WorkerOptions = {}) {
    this.name = name;
    ScriptedWorker.all.push(this);
  }

  postMessage(message: ToWorker): void {
    if ('watch' in message) {
      setTimeout(() => this.#post({ watched: null }), TRAVEL_MS);
      return;
    }
    if ('cancel' in message) {
      this.cancelled.add(message.cancel);
      return;
    }
    this.calls.push({ call: message.call, params: message.params });
    setTimeout(() => void this.#answer(message.id, message.call, message.params), TRAVEL_MS);
  }

  terminate(): void {
    this.ended = true;
  }

  /** Dies as a worker does whose instance traps outside of any call. */
  die(message = 'out of memory'): void {
    this.onerror?.({ message, preventDefault: () => undefined } as ErrorEvent);
  }

  /** The parameters of each call of a name, in their order. */
  asked<K extends CallName>(name: K): Calls[K]['params'][] {
    return this.calls.flatMap(({ call, params }) =>
      call === name ? [params as Calls[K]['params']] : [],
    );
  }

  async #answer<K extends CallName>(id: number, call: K, params: Calls[K]['params']) {
    if (this.ended) return;
    const handler = ScriptedWorker.script[call] ?? STANDARD[call];
    const { cancelled } = this;
    const asked: Asked<K> = {
      progress: (progress) => this.#post({ id, progress }),
      get cancelled() {
        return cancelled.has(id);
      },
      worker: this,
    };
    try {
      if (!handler) throw new Error(`no script for ${call}`);
      this.#post({ id, result: await handler(params, asked) });
    } catch (error) {
      const { name, message } = error as Error;
      this.#post({ id, error: { name, message }, fatal: name === 'RuntimeError' });
    }
  }

  #post(data: FromWorker): void {
    if (!this.ended) this.onmessage?.({ data } as MessageEvent<FromWorker>);
  }
}

/** The worker of a role that is at work now. */
export function workerOf(name: string): ScriptedWorker {
  const found = ScriptedWorker.all.findLast((worker) => worker.name === name && !worker.ended);
  if (!found) throw new Error(`no worker of the role ${name}`);
  return found;
}

/** How often each call was made, by all workers that ever were. */
export const calls = (name: CallName): number =>
  ScriptedWorker.all.reduce((sum, worker) => sum + worker.asked(name).length, 0);

/** An answer that comes when the test says so. */
export function later<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: Error) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** The world of a test: scripted workers, a site that serves the models, and an address. */
export function furnish(script: Script = {}): void {
  ScriptedWorker.script = script;
  ScriptedWorker.all = [];
  vi.stubGlobal('Worker', ScriptedWorker);
}
