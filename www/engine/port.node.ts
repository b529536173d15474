/** What worker.ts has in a browser, for a thread of Node.js: messages, and a name for them. */
import { parentPort } from 'node:worker_threads';

interface Scope {
  onmessage: ((event: { data: unknown }) => void) | null;
  onmessageerror: (() => void) | null;
  postMessage(message: unknown): void;
}

const scope = globalThis as unknown as Scope;
scope.onmessage = null;
scope.onmessageerror = null;
scope.postMessage = (message) => parentPort?.postMessage(message);
parentPort?.on('message', (data: unknown) => scope.onmessage?.({ data }));
parentPort?.on('messageerror', () => scope.onmessageerror?.());
