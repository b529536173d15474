import { describe, expect, it, vi } from 'vitest';
import { WorkerClient, type WorkerLike } from './client.ts';
import { assist, sharesOf } from './grid.ts';
import type { CallName, FromWorker, ToWorker } from './calls.ts';
import type { SharedFrame } from './protocol.ts';

describe('shares', () => {
  it.each([
    [16, 1],
    [16, 2],
    [16, 3],
    [16, 16],
    [4, 9],
    [1, 8],
    [5, 0],
  ])(
    'of %i chains for %i workers hold every chain once, nearly equally many each',
    (chains, workers) => {
      const shares = sharesOf(chains, workers);
      expect(shares).toHaveLength(Math.max(1, Math.min(chains, workers)));
      const all = shares.flatMap(({ firstChain, chains }) =>
        Array.from({ length: chains }, (_, i) => firstChain + i),
      );
      expect(all).toEqual(Array.from({ length: chains }, (_, i) => i));
      const sizes = shares.map(({ chains }) => chains);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    },
  );
});

const LENGTH = 12;
const frameAt = (index: number): SharedFrame => ({
  x: Uint8Array.of(index),
  predictedX0: Uint8Array.of(index),
  rmsToOriginal: null,
});

/** A worker whose answers the test decides. */
class FakeWorker implements WorkerLike {
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  onmessageerror: WorkerLike['onmessageerror'] = null;
  constructor(
    private readonly answer: (
      call: CallName,
      params: never,
      worker: FakeWorker,
      id: number,
    ) => void,
  ) {}
  postMessage(message: ToWorker) {
    if ('call' in message)
      setTimeout(() => this.answer(message.call, message.params as never, this, message.id));
  }
  terminate() {}
  post(data: FromWorker) {
    this.onmessage?.({ data } as MessageEvent<FromWorker>);
  }
}

/** Holds what it is handed, like the worker that paints. */
function painter() {
  const held: SharedFrame[] = [];
  const client = new WorkerClient(
    new FakeWorker((_, { frames }: { frames: SharedFrame[] }, worker, id) => {
      held.push(...frames);
      worker.post({ id, result: { held: held.length, available: held.length } });
    }),
    () => {},
  );
  return { held, client };
}

/** Gives its frames three at a time, and dies after so many. */
function helper(lifetime = Infinity) {
  const worker = new FakeWorker((_, { from }: { from: number }, self, id) => {
    for (let next = from; next < LENGTH - 3; next += 3) {
      if (next - from >= lifetime)
        return self.onerror?.({ message: 'dead', preventDefault() {} } as ErrorEvent);
      self.post({ id, progress: [0, 1, 2].map((i) => frameAt(next + i)) });
      from += 3;
      lifetime -= 3;
    }
    const rest = Array.from({ length: LENGTH - from }, (_, i) => frameAt(from + i));
    self.post({ id, result: rest });
  });
  return new WorkerClient(worker, () => {});
}

const task = { place: 'a', model: 'ddpm', grid: 'a', options: {}, start: null, share: 0 } as const;

describe('a share', () => {
  it('comes to the painter whole and in order', async () => {
    const { held, client } = painter();
    const onAvailable = vi.fn();
    await assist(client, async () => helper(), {
      ...task,
      signal: new AbortController().signal,
      onAvailable,
    });
    expect(held.map(({ x }) => x[0])).toEqual(Array.from({ length: LENGTH }, (_, i) => i));
    expect(onAvailable).toHaveBeenLastCalledWith(LENGTH);
  });

  it('goes on in another worker where the first was lost', async () => {
    const { held, client } = painter();
    const helpers = [helper(3), helper(6), helper()];
    await assist(client, async () => helpers.shift() as WorkerClient, {
      ...task,
      signal: new AbortController().signal,
      onAvailable: () => {},
    });
    expect(held.map(({ x }) => x[0])).toEqual(Array.from({ length: LENGTH }, (_, i) => i));
  });

  it('goes on where it was when it is taken up again', async () => {
    const { held, client } = painter();
    held.push(frameAt(0), frameAt(1));
    await assist(client, async () => helper(), {
      ...task,
      signal: new AbortController().signal,
      onAvailable: () => {},
    });
    expect(held.map(({ x }) => x[0])).toEqual(Array.from({ length: LENGTH }, (_, i) => i));
  });

  it('is given up when worker after worker is lost', async () => {
    const { client } = painter();
    const signal = new AbortController().signal;
    await expect(
      assist(client, async () => helper(0), { ...task, signal, onAvailable: () => {} }),
    ).rejects.toThrow('3 workers were lost at the grid');
  });

  it('leaves nothing unheard when it is cancelled with frames on their way', async () => {
    let asked = 0;
    // Says what it holds, then takes frames and never answers.
    const silent = new FakeWorker((_, __, worker, id) => {
      if (asked++ === 0) worker.post({ id, result: { held: 0, available: 0 } });
    });
    const abort = new AbortController();
    const unheard = vi.fn();
    process.on('unhandledRejection', unheard);
    try {
      const share = assist(new WorkerClient(silent, () => {}), async () => helper(), {
        ...task,
        signal: abort.signal,
        onAvailable: () => {},
      });
      await vi.waitFor(() => expect(asked).toBe(1 + LENGTH / 3));
      abort.abort();
      await expect(share).rejects.toThrow('cancelled');
      await new Promise((resolve) => setTimeout(resolve));
      expect(unheard).not.toHaveBeenCalled();
    } finally {
      process.off('unhandledRejection', unheard);
    }
  });
});
