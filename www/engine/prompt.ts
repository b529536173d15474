import type { FromWorker, ToWorker } from './calls.ts';
import { EndEvent, type WorkerLike } from './client.ts';

/** From then on a worker that has said nothing is asked after. */
export const FIRST_WORD_MS = 30_000;
/** What one whose script is there may take until it has run. */
export const AFTER_SCRIPT_MS = 10_000;

/**
 * A worker that has to say something. One whose process is ended before its script has run sends no error event, and holds no lock yet
 * that the page could wait for. On a slow line the script itself may take minutes: `fetchScript` is the same file by the same way, so
 * the worker has it when the page has it.
 */
export class PromptWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  #timer: ReturnType<typeof setTimeout>;
  #waiting = true;

  constructor(
    private readonly worker: WorkerLike,
    private readonly fetchScript: () => Promise<unknown>,
  ) {
    worker.onmessage = (event: MessageEvent<FromWorker>) => {
      this.#rest();
      this.onmessage?.(event);
    };
    worker.onerror = (event) => {
      this.#rest();
      this.onerror?.(event);
    };
    worker.onmessageerror = (event) => {
      this.#rest();
      this.onmessageerror?.(event);
    };
    this.#timer = setTimeout(() => void this.#askAfter(), FIRST_WORD_MS);
  }

  postMessage(message: ToWorker, transfer: Transferable[]): void {
    this.worker.postMessage(message, transfer);
  }

  terminate(): void {
    this.#rest();
    this.worker.terminate();
  }

  async #askAfter(): Promise<void> {
    try {
      await this.fetchScript();
    } catch {
      this.#end('no script', 'script');
      return;
    }
    if (!this.#waiting) return;
    this.#timer = setTimeout(() => this.#end('no answer', 'silent'), AFTER_SCRIPT_MS);
  }

  #end(...how: ConstructorParameters<typeof EndEvent>): void {
    if (!this.#waiting) return;
    this.#rest();
    this.onerror?.(new EndEvent(...how) as unknown as ErrorEvent);
  }

  #rest(): void {
    this.#waiting = false;
    clearTimeout(this.#timer);
  }
}
