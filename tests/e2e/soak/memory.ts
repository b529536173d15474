/** Memory of the page and of its workers after a collection of garbage, through Chromium's own protocol. */
import type { CDPSession, Page } from '@playwright/test';

/** Bytes; the workers' together. */
export interface Memory {
  /** Objects, nodes and array buffers of the page. */
  page: number;
  /** Objects and array buffers of the workers. */
  workers: number;
  /** Linear memory of the crate's instances. */
  wasm: number;
  /** How many workers there were. */
  count: number;
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

/** Sum over all linear memories that a worker holds. */
async function linear(send: Send): Promise<number> {
  const evaluated = await send('Runtime.evaluate', { expression: 'WebAssembly.Memory.prototype' });
  const { objectId } = evaluated['result'] as { objectId: string };
  const queried = await send('Runtime.queryObjects', { prototypeObjectId: objectId });
  const objects = queried['objects'] as { objectId: string };
  const summed = await send('Runtime.callFunctionOn', {
    objectId: objects.objectId,
    functionDeclaration:
      'function () { return this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0); }',
    returnByValue: true,
  });
  for (const id of [objectId, objects.objectId])
    await send('Runtime.releaseObject', { objectId: id });
  return (summed['result'] as { value: number }).value;
}

const LIMIT_MS = 5000;

/** Meters one page; Playwright's own sessions do not reach the heaps of workers. */
export class Meter {
  #workers = new Set<string>();
  #answers = new Map<string, (message: { result?: object; error?: object }) => void>();
  #messages = 0;

  private constructor(private readonly session: CDPSession) {
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
    const meter = new Meter(session);
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

  async read(): Promise<Memory> {
    const own = this.session.send.bind(this.session) as unknown as Send;
    const memory: Memory = { page: await heap(own), workers: 0, wasm: 0, count: 0 };
    for (const sessionId of [...this.#workers]) {
      const send = this.#toWorker(sessionId);
      const found = await Promise.all([heap(send), linear(send)]).catch(() => null);
      if (!found) continue;
      memory.workers += found[0];
      memory.wasm += found[1];
      memory.count++;
    }
    return memory;
  }
}
