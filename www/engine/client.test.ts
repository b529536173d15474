import { afterEach, describe, expect, it, vi } from 'vitest';
import { ASK_MS, EndEvent, MOST_UNANSWERED, WorkerClient, type WorkerLike } from './client.ts';
import { CallError, CancelledError, WorkerLostError } from './errors.ts';
import type { FromWorker, ToWorker } from './calls.ts';

/** Answered by a number. */
const ASKED = { json: '', model: '', elbo: 0 };

class FakeWorker implements WorkerLike {
  sent: ToWorker[] = [];
  terminated = false;
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  postMessage(message: ToWorker) {
    this.sent.push(message);
  }
  terminate() {
    this.terminated = true;
  }
  answer(data: FromWorker) {
    this.onmessage?.({ data } as MessageEvent<FromWorker>);
  }
}

/** As much of an ErrorEvent as is read. */
const errorEvent = (message: string) =>
  Object.assign(new Event('error'), { message }) as unknown as ErrorEvent;

function setUp() {
  const worker = new FakeWorker();
  const onLost = vi.fn();
  return { worker, onLost, client: new WorkerClient(worker, onLost) };
}

describe('a call', () => {
  it('resolves with the result that carries its id, in any order', async () => {
    const { worker, client } = setUp();
    const first = client.call('percentile', ASKED);
    const second = client.call('percentile', ASKED);
    worker.answer({ id: 1, result: 11 });
    worker.answer({ id: 0, result: 10 });
    expect(await Promise.all([first, second])).toEqual([10, 11]);
  });

  it('rejects with the name of the crate’s error and leaves the worker alone', async () => {
    const { worker, client, onLost } = setUp();
    const call = client.call('percentile', ASKED);
    worker.answer({ id: 0, error: { name: 'ValueError', message: 'no' }, fatal: false });
    await expect(call).rejects.toThrow(CallError);
    await expect(call).rejects.toMatchObject({ name: 'ValueError', message: 'no' });
    expect(onLost).not.toHaveBeenCalled();
  });

  it('reports progress until it settles, and nothing after', async () => {
    const { worker, client } = setUp();
    const onProgress = vi.fn();
    const call = client.call('advance', { place: 'a' }, { onProgress });
    worker.answer({ id: 0, progress: { available: 1 } });
    worker.answer({ id: 0, result: { available: 2 } });
    worker.answer({ id: 0, progress: { available: 3 } });
    worker.answer({ id: 0, error: { name: 'Error', message: 'late' }, fatal: false });
    expect(await call).toEqual({ available: 2 });
    expect(onProgress.mock.calls).toEqual([[{ available: 1 }]]);
  });

  it('is cancelled at once, tells the worker, and ignores what still comes', async () => {
    const { worker, client } = setUp();
    const abort = new AbortController();
    const call = client.call('advance', { place: 'a' }, { signal: abort.signal });
    abort.abort();
    worker.answer({ id: 0, result: { available: 2 } });
    await expect(call).rejects.toThrow(CancelledError);
    expect(worker.sent.at(-1)).toEqual({ cancel: 0 });
  });

  it('is never sent when it was cancelled before', async () => {
    const { worker, client } = setUp();
    await expect(
      client.call('advance', { place: 'a' }, { signal: AbortSignal.abort() }),
    ).rejects.toThrow(CancelledError);
    expect(worker.sent).toEqual([{ watch: null }]);
  });

  it('does not cancel what has settled', async () => {
    const { worker, client } = setUp();
    const abort = new AbortController();
    const call = client.call('percentile', ASKED, { signal: abort.signal });
    worker.answer({ id: 0, result: 5 });
    await call;
    abort.abort();
    expect(worker.sent.filter((message) => 'cancel' in message)).toEqual([]);
  });
});

describe('a lost worker', () => {
  it('rejects every open call once after a trap, and is reported once', async () => {
    const { worker, client, onLost } = setUp();
    const calls = [client.call('percentile', ASKED), client.call('advance', { place: 'a' })];
    worker.answer({ id: 0, error: { name: 'RuntimeError', message: 'unreachable' }, fatal: true });
    worker.onerror?.({ message: 'again', preventDefault() {} } as ErrorEvent);
    for (const call of calls) await expect(call).rejects.toThrow(WorkerLostError);
    expect(worker.terminated).toBe(true);
    expect(onLost.mock.calls).toEqual([['unreachable', 'crash']]);
  });

  it('refuses later calls', async () => {
    const { worker, client } = setUp();
    worker.onerror?.({ message: 'script error', preventDefault() {} } as ErrorEvent);
    await expect(client.call('percentile', ASKED)).rejects.toThrow(WorkerLostError);
  });

  it('is not reported when it was closed on purpose', async () => {
    const { client, onLost } = setUp();
    const call = client.call('percentile', ASKED);
    client.close();
    await expect(call).rejects.toThrow(WorkerLostError);
    expect(onLost).not.toHaveBeenCalled();
  });
});

it.each<[string, (worker: FakeWorker) => void, string, string]>([
  ['throws', ({ onerror }) => onerror?.(errorEvent('no')), 'no', 'crash'],
  ['did not come', ({ onerror }) => onerror?.(errorEvent('')), 'worker error', 'script'],
  [
    'fails silently after it spoke',
    (worker) => {
      worker.answer({ id: 9, result: 1 });
      worker.onerror?.(errorEvent(''));
    },
    'worker error',
    'crash',
  ],
  [
    'may not be started',
    ({ onerror }) => onerror?.(new EndEvent('sandboxed', 'refused') as unknown as ErrorEvent),
    'sandboxed',
    'refused',
  ],
])('a worker whose script %s is told apart', (_, happen, reason, cause) => {
  const { worker, onLost } = setUp();
  happen(worker);
  expect(onLost.mock.calls).toEqual([[reason, cause]]);
});

it('a worker that ends without an error gives its lock back, and is told', async () => {
  const waiting = new Map<string, () => void>();
  vi.stubGlobal('navigator', {
    locks: { request: async (name: string, got: () => void) => void waiting.set(name, got) },
  });
  const { worker, client, onLost } = setUp();
  const [watch] = worker.sent.flatMap((message) => ('watch' in message ? [message.watch] : []));
  if (!watch) throw new Error('no lock was asked for');
  const open = client.call('percentile', ASKED);
  worker.answer({ watched: watch });
  expect(onLost).not.toHaveBeenCalled();
  waiting.get(watch)?.();
  await expect(open).rejects.toThrow(WorkerLostError);
  expect(onLost.mock.calls).toEqual([['no error', 'silent']]);
  vi.unstubAllGlobals();
});

describe('a worker without a lock', () => {
  const LIMIT = (MOST_UNANSWERED + 1) * ASK_MS;
  const questions = ({ sent }: FakeWorker) => sent.filter((message) => 'watch' in message).length;

  function unlocked() {
    vi.useFakeTimers();
    const made = setUp();
    made.worker.answer({ watched: null });
    return made;
  }
  afterEach(() => void vi.useRealTimers());

  it('that ends without an error is told in two minutes', async () => {
    const { client, onLost } = unlocked();
    const open = client.call('percentile', ASKED).catch((error: unknown) => error);
    vi.advanceTimersByTime(LIMIT - 1);
    expect(onLost).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onLost.mock.calls).toEqual([['no answer', 'silent']]);
    expect(await open).toBeInstanceOf(WorkerLostError);
    expect(LIMIT).toBe(125_000);
  });

  it('may compute for as long as it says something between', () => {
    const { worker, client, onLost } = unlocked();
    client.call('advance', { place: 'a' }).catch(() => undefined);
    for (let minute = 0; minute < 30; minute++) {
      vi.advanceTimersByTime(60_000);
      worker.answer(minute % 2 ? { watched: null } : { id: 0, progress: { available: minute } });
    }
    expect(onLost).not.toHaveBeenCalled();
    client.close();
  });

  it('is asked nothing while nothing is wanted of it, nor while it checks a model', () => {
    const { worker, client, onLost } = unlocked();
    vi.advanceTimersByTime(LIMIT);
    expect(questions(worker)).toBe(1);
    void client.call('check', {} as never);
    vi.advanceTimersByTime(10 * LIMIT);
    expect([questions(worker), onLost.mock.calls.length]).toEqual([1, 0]);
    worker.answer({ id: 0, result: {} as never });
    void client.call('percentile', ASKED).catch(() => undefined);
    vi.advanceTimersByTime(LIMIT + ASK_MS);
    expect(onLost).toHaveBeenCalledOnce();
    expect(questions(worker)).toBe(1 + MOST_UNANSWERED);
  });
});
