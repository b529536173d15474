/** Memory of the page and of its workers after a collection of garbage, through Chromium's own protocol. */
import type { CDPSession, Page, Worker } from '@playwright/test';
import { type Kept, keptOf } from './snapshot.ts';

/** Bytes; the workers' together. */
export interface Memory {
  /** Objects, nodes and array buffers of the page, without the code of its functions. */
  page: number;
  /** That code. */
  code: number;
  /** Objects and array buffers of the workers. */
  workers: number;
  /** How many workers told it. */
  count: number;
  /** Linear memory of the crate's instances. */
  wasm: number;
  /** How many there were. */
  instances: number;
}

interface HeapUsage {
  usedSize: number;
  embedderHeapUsedSize?: number;
  backingStorageSize?: number;
}

type Send = (method: string, parameters?: object) => Promise<Record<string, unknown>>;

const heapOf = ({ usedSize, embedderHeapUsedSize = 0, backingStorageSize = 0 }: HeapUsage) =>
  usedSize + embedderHeapUsedSize + backingStorageSize;

async function heap(send: Send): Promise<number> {
  // What the first collection finalizes, the second one frees.
  for (let i = 0; i < 2; i++) await send('HeapProfiler.collectGarbage');
  return heapOf((await send('Runtime.getHeapUsage')) as unknown as HeapUsage);
}

type Keeping = typeof globalThis & { soakMemories?: WeakRef<WebAssembly.Memory>[] };

/**
 * Has a worker remember the linear memories of what it instantiates; handed over as text. Asking the debugger for them
 * (`Runtime.queryObjects`) now and then crashes the renderer of Chromium 156.
 */
export function keepMemories(): void {
  const memories: WeakRef<WebAssembly.Memory>[] = [];
  Object.assign(globalThis, { soakMemories: memories });
  const plain = WebAssembly.instantiate.bind(WebAssembly) as (
    source: unknown,
    imports: unknown,
  ) => Promise<WebAssembly.Instance | WebAssembly.WebAssemblyInstantiatedSource>;
  const watched = async (source: unknown, imports: unknown) => {
    const made = await plain(source, imports);
    const { exports } = made instanceof WebAssembly.Instance ? made : made.instance;
    for (const part of Object.values(exports))
      if (part instanceof WebAssembly.Memory) memories.push(new WeakRef(part));
    return made;
  };
  Object.assign(WebAssembly, { instantiate: watched });
  // The page holds back what begins the crate until then.
  postMessage({ prepared: true });
}

/** Bytes of a worker's linear memories; null where it does not answer, or has none. */
async function linear(worker: Worker): Promise<number | null> {
  const asked = worker.evaluate(() => {
    const { soakMemories = [] } = globalThis as Keeping;
    return soakMemories.reduce((sum, one) => sum + (one.deref()?.buffer.byteLength ?? 0), 0);
  });
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), LIMIT_MS));
  const bytes = await Promise.race([asked.catch(() => null), late]);
  return bytes === 0 ? null : bytes;
}

const LIMIT_MS = 5000;

/** Meters one page; Playwright's own sessions do not reach the heaps of workers. */
export class Meter {
  #workers = new Set<string>();
  #answers = new Map<string, (message: { result?: object; error?: object }) => void>();
  #messages = 0;
  /** What the page kept when it was read last. */
  kept: Kept | null = null;

  private constructor(
    private readonly page: Page,
    private readonly session: CDPSession,
  ) {
    session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'worker') this.#workers.add(sessionId);
    });
    session.on('Target.detachedFromTarget', ({ sessionId }) => this.#workers.delete(sessionId));
    session.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
      const answer = JSON.parse(message) as { id?: number; result?: object; error?: object };
      if (answer.id !== undefined) this.#answers.get(`${sessionId} ${answer.id}`)?.(answer);
    });
  }

  static async of(page: Page): Promise<Meter> {
    const session = await page.context().newCDPSession(page);
    const meter = new Meter(page, session);
    await session.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
    return meter;
  }

  /** A worker that ends meanwhile, or is busy, answers nothing: it is left out, and not counted. */
  #toWorker(sessionId: string): Send {
    return async (method, parameters = {}) => {
      const id = ++this.#messages;
      const key = `${sessionId} ${id}`;
      try {
        return await new Promise((resolve, reject) => {
          const timer = setTimeout(() => reject(new Error(`${method} is not answered`)), LIMIT_MS);
          this.#answers.set(key, ({ result, error }) => {
            clearTimeout(timer);
            if (result) resolve(result as Record<string, unknown>);
            else reject(new Error(JSON.stringify(error)));
          });
          const message = JSON.stringify({ id, method, params: parameters });
          this.session.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject);
        });
      } finally {
        this.#answers.delete(key);
      }
    };
  }

  /** Lets go of the page. */
  close(): Promise<void> {
    return this.session.detach();
  }

  /** Taking a snapshot collects the garbage first. */
  async #snapshot(): Promise<Kept> {
    const chunks: string[] = [];
    const take = ({ chunk }: { chunk: string }) => void chunks.push(chunk);
    this.session.on('HeapProfiler.addHeapSnapshotChunk', take);
    await this.session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    this.session.off('HeapProfiler.addHeapSnapshotChunk', take);
    return keptOf(chunks.join(''));
  }

  async read(): Promise<Memory> {
    const { data, code } = (this.kept = await this.#snapshot());
    const memory: Memory = { page: data, code, workers: 0, count: 0, wasm: 0, instances: 0 };
    for (const sessionId of [...this.#workers]) {
      const found = await heap(this.#toWorker(sessionId)).catch(() => null);
      if (found === null) continue;
      memory.workers += found;
      memory.count++;
    }
    for (const bytes of await Promise.all(this.page.workers().map(linear))) {
      if (bytes === null) continue;
      memory.wasm += bytes;
      memory.instances++;
    }
    return memory;
  }
}
