import type { WorkerLike } from './client.ts';
import type { FromWorker, ToWorker } from './calls.ts';

/** A worker that takes no time from the page before it is begun; what it is told until then waits. */
export class DeferredWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  #worker: WorkerLike | null = null;
  #waiting: [ToWorker, Transferable[]][] = [];
  #ended = false;

  /** `onCall` is told of each call that waits. */
  constructor(
    private readonly create: () => WorkerLike,
    private readonly onCall: () => void = () => undefined,
  ) {}

  begin(): void {
    if (this.#worker || this.#ended) return;
    const worker = this.create();
    this.#worker = worker;
    worker.onmessage = (event: MessageEvent<FromWorker>) => this.onmessage?.(event);
    worker.onerror = (event) => this.onerror?.(event);
    worker.onmessageerror = (event) => this.onmessageerror?.(event);
    for (const [message, transfer] of this.#waiting.splice(0))
      worker.postMessage(message, transfer);
  }

  postMessage(message: ToWorker, transfer: Transferable[]): void {
    if (this.#worker) this.#worker.postMessage(message, transfer);
    else if (!this.#ended) {
      this.#waiting.push([message, transfer]);
      if ('call' in message) this.onCall();
    }
  }

  terminate(): void {
    this.#ended = true;
    this.#waiting = [];
    this.#worker?.terminate();
  }
}
