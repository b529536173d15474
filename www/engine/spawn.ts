/** Workers of the browser, as clients of them. */
import { EndEvent, type OnLost, WorkerClient, type WorkerLike } from './client.ts';
import { asError } from './errors.ts';
import { PromptWorker } from './prompt.ts';
import { scripts } from './scripts.ts';
import workerUrl from './worker.ts?worker&url';

/** In full: a browser that has it from the line for one worker has it for all. */
const fetchScript = () => fetch(workerUrl).then((response) => response.arrayBuffer());

/** The worker's name tells it from the others in the browser's tools. */
export function create(name: string): WorkerLike {
  try {
    return new PromptWorker(
      new Worker(scripts.trusted(workerUrl), { type: 'module', name }),
      fetchScript,
    );
  } catch (error) {
    return refused(asError(error).message);
  }
}

/** In a sandboxed frame, or where a policy forbids workers. */
function refused(reason: string): WorkerLike {
  const worker: WorkerLike = {
    postMessage: () => undefined,
    terminate: () => undefined,
    onmessage: null,
    onerror: null,
    onmessageerror: null,
  };
  queueMicrotask(() => worker.onerror?.(new EndEvent(reason, 'refused') as unknown as ErrorEvent));
  return worker;
}

/** A new worker. */
export function spawn(name: string, onLost: OnLost): WorkerClient {
  return new WorkerClient(create(name), onLost);
}
