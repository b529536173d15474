import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EXPECTED, grow, setUp, sumOf, TOTAL } from '../src/testing/pool.ts';
import { randomFrom } from '../src/testing/random.ts';
import { later } from '../src/testing/worker.ts';
import { inTime } from '../src/testing/time.ts';
import type { JobState } from './job.ts';
import { poolSize, type ServedModel } from './pool-services.ts';
import { WorkerQuota } from './quota.ts';
import { AFTER_SCRIPT_MS, FIRST_WORD_MS } from './prompt.ts';

let random: () => number;
const anyDelay = () => random() * 3;

beforeEach(() => {
  random = randomFrom(1);
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe('a job', () => {
  it.each([1, 2, 3, 8])('gives the same bits with %i workers', async (size) => {
    const { pool, workers } = setUp(size, () => ({ delay: anyDelay }));
    const state = await inTime(grow(pool).settled);
    expect(state).toMatchObject({ status: 'done', evaluations: TOTAL, total: TOTAL });
    expect(sumOf(state)).toBe(EXPECTED);
    expect(workers).toHaveLength(size);
    if (size < 4) for (const worker of workers) expect(worker.calls).toContain('evaluate');
  });

  it('only ever grows', async () => {
    const { pool } = setUp(4, () => ({ delay: anyDelay }));
    const { states, settled } = grow(pool);
    await inTime(settled);
    const counts = states.map(({ evaluations }) => evaluations);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(new Set(counts).size).toBeGreaterThan(3);
  });

  it('stands still while it is paused, and ends with the same bits', async () => {
    const { pool } = setUp(3, () => ({ delay: anyDelay }));
    const { handle, states, settled, begun } = grow(pool);
    await inTime(begun);
    handle.pause();
    await vi.runAllTimersAsync();
    const paused = states.at(-1);
    expect(paused?.status).toBe('paused');
    expect(paused?.evaluations).toBeLessThan(TOTAL);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states.at(-1)).toBe(paused);
    handle.resume();
    expect(sumOf(await inTime(settled))).toBe(EXPECTED);
  });

  it('goes on where it was after its owner was suspended, while others’ go on', async () => {
    const { pool } = setUp(2, () => ({ delay: anyDelay }));
    const { states, settled, begun } = grow(pool, { owner: 'one' });
    await inTime(begun);
    pool.suspend('one', true);
    await vi.runAllTimersAsync();
    const count = states.length;
    expect(states.at(-1)?.evaluations).toBeLessThan(TOTAL);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states).toHaveLength(count);
    expect(sumOf(await inTime(grow(pool, { owner: 'other' }).settled))).toBe(EXPECTED);
    expect(states).toHaveLength(count);
    pool.suspend('one', false);
    expect(sumOf(await inTime(settled))).toBe(EXPECTED);
  });

  it('says nothing more once it is dropped, and is freed in the workers', async () => {
    const { pool, workers } = setUp(2, () => ({ delay: anyDelay }));
    const { handle, states, begun } = grow(pool);
    await inTime(begun);
    handle.drop();
    const count = states.length;
    await vi.runAllTimersAsync();
    expect(states).toHaveLength(count);
    for (const worker of workers.filter(({ calls }) => calls.includes('openJob'))) {
      expect(worker.calls).toContain('closeJob');
    }
  });

  it('waits for those of a lower rank', async () => {
    const { pool, workers } = setUp(1, () => ({ delay: anyDelay }));
    const first = grow(pool, { rank: 1 });
    const second = grow(pool, { rank: 0 });
    expect(sumOf(await inTime(second.settled))).toBe(EXPECTED);
    expect(sumOf(await inTime(first.settled))).toBe(EXPECTED);
    const turns = workers[0]?.evaluated ?? [];
    expect(turns.indexOf(0)).toBeGreaterThan(turns.lastIndexOf(1));
  });

  it('shares the workers with others of its rank', async () => {
    const { pool } = setUp(1, () => ({ delay: () => 1 }));
    const [first, second] = [grow(pool), grow(pool)];
    const atEnd = first.settled.then(() => second.states.at(-1)?.evaluations);
    await inTime(second.settled);
    expect(await inTime(atEnd)).toBeGreaterThan(TOTAL / 4);
  });
});

describe('a lost worker', () => {
  it.each(['openJob', 'evaluate', 'record'] as const)(
    'in %s takes nothing with it',
    async (call) => {
      let deaths = 0;
      const { pool, workers, services } = setUp(2, (worker) => ({
        delay: anyDelay,
        dies: (name) => worker === 0 && name === call && ++deaths > (call === 'evaluate' ? 2 : 0),
      }));
      const state = await inTime(grow(pool).settled);
      expect(state).toMatchObject({ status: 'done', evaluations: TOTAL });
      expect(sumOf(state)).toBe(EXPECTED);
      expect(workers[0]?.dead).toBe(true);
      expect(services.onLost).toHaveBeenCalledWith('dead', 2, 'crash');
    },
  );

  it.each(['start', 'load'] as const)(
    'in %s leaves a smaller pool with the same bits',
    async (call) => {
      const { pool, workers, services } = setUp(5, (worker) => ({
        delay: anyDelay,
        dies: (name) => worker > 1 && name === call,
      }));
      expect(sumOf(await inTime(grow(pool).settled))).toBe(EXPECTED);
      expect(workers).toHaveLength(5);
      expect(services.onShrunk).toHaveBeenLastCalledWith(2);
      expect(services.onLost).not.toHaveBeenCalled();
      // Nor is a place tried again that there is no room for.
      expect(sumOf(await inTime(grow(pool).settled))).toBe(EXPECTED);
      expect(workers).toHaveLength(5);
    },
  );

  it('whose script did not come is not taken for a lack of memory, and none is tried after it', async () => {
    const { pool, workers, services } = setUp(3, () => ({
      delay: anyDelay,
      dies: () => true,
      words: '',
    }));
    expect(await inTime(grow(pool).settled)).toMatchObject({ status: 'failed' });
    expect(services.onShrunk).not.toHaveBeenCalled();
    expect(services.onLost).toHaveBeenLastCalledWith('worker error', 0, 'script');
    expect(workers).toHaveLength(3);
  });

  it('that never says a word leaves a smaller pool with the same bits, in time', async () => {
    const { pool, workers, services } = setUp(3, (worker) => ({
      delay: anyDelay,
      mute: worker === 1,
    }));
    const begun = performance.now();
    expect(sumOf(await inTime(grow(pool).settled))).toBe(EXPECTED);
    await vi.runAllTimersAsync();
    expect(performance.now() - begun).toBe(FIRST_WORD_MS + AFTER_SCRIPT_MS);
    expect(workers[1]?.dead).toBe(true);
    expect(services.onShrunk).toHaveBeenLastCalledWith(2);
    expect(services.onLost).not.toHaveBeenCalled();
  });

  it('that never says a word is replaced where it was the only one', async () => {
    const { pool, workers, services } = setUp(1, (worker) => ({
      delay: anyDelay,
      mute: worker < 2,
    }));
    expect(sumOf(await inTime(grow(pool).settled))).toBe(EXPECTED);
    expect(workers.map(({ dead }) => dead)).toEqual([true, true, false]);
    expect(services.onLost).toHaveBeenCalledTimes(2);
    expect(services.onLost).toHaveBeenLastCalledWith('no answer', 1, 'silent');
  });

  it('is given up when none ever says a word', async () => {
    const { pool, workers, services } = setUp(1, () => ({ delay: anyDelay, mute: true }));
    expect(await inTime(grow(pool).settled)).toMatchObject({
      status: 'failed',
      error: { message: 'no answer' },
    });
    expect(workers).toHaveLength(4);
    expect(services.onLost).toHaveBeenLastCalledWith('no answer', 0, 'silent');
  });

  it('has all the time that its script takes on the way', async () => {
    const { promise, resolve } = later<null>();
    const { pool, workers, services } = setUp(
      1,
      (worker) => ({ delay: anyDelay, mute: worker === 0 }),
      () => promise,
    );
    const { settled } = grow(pool);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(workers[0]?.dead).toBe(false);
    resolve(null);
    expect(sumOf(await inTime(settled))).toBe(EXPECTED);
    expect(vi.mocked(services.onLost).mock.calls).toEqual([['no answer', 1, 'silent']]);
  });

  it('that is mute because the site does not give its script is told so', async () => {
    const { pool, services } = setUp(
      1,
      () => ({ delay: anyDelay, mute: true }),
      () => Promise.reject(new TypeError('Failed to fetch')),
    );
    expect(await inTime(grow(pool).settled)).toMatchObject({ status: 'failed' });
    expect(vi.mocked(services.onLost).mock.calls).toEqual([['no script', 0, 'script']]);
  });

  it('is told as lost where not even one finds room, and a restart tries all places again', async () => {
    let full = true;
    const { pool, workers, services } = setUp(3, () => ({
      delay: anyDelay,
      dies: (name) => full && name === 'start',
    }));
    const { states, settled } = grow(pool);
    expect(await inTime(settled)).toMatchObject({ status: 'failed', error: { message: 'dead' } });
    expect(services.onLost).toHaveBeenLastCalledWith('dead', 0, 'crash');
    const tried = workers.length;
    full = false;
    pool.restart();
    await vi.runAllTimersAsync();
    expect(states.at(-1)?.status).toBe('done');
    expect(sumOf(states.at(-1) as JobState)).toBe(EXPECTED);
    expect(workers).toHaveLength(tried + 3);
  });

  it('is replaced a few times; then the job fails, and can be taken up again', async () => {
    let deadly = true;
    const { pool, workers } = setUp(1, () => ({
      delay: anyDelay,
      dies: (name) => deadly && name === 'evaluate',
    }));
    const { handle, states, settled } = grow(pool);
    expect(await inTime(settled)).toMatchObject({ status: 'failed', error: { message: 'dead' } });
    expect(workers).toHaveLength(4);
    deadly = false;
    handle.resume();
    await vi.runAllTimersAsync();
    expect(states.at(-1)?.status).toBe('done');
    expect(sumOf(states.at(-1) as JobState)).toBe(EXPECTED);
  });

  it('leaves the others at work when its place stays empty', async () => {
    const { pool, services } = setUp(2, (worker) => ({
      delay: anyDelay,
      dies: (name) => worker !== 1 && name === 'evaluate',
    }));
    expect(sumOf(await inTime(grow(pool).settled))).toBe(EXPECTED);
    expect(services.onLost).toHaveBeenLastCalledWith('dead', expect.any(Number), 'crash');
  });
});

describe('a pool with little to do', () => {
  type Made = ReturnType<typeof setUp>;
  const alive = ({ workers }: Made) => workers.filter(({ dead }) => !dead).length;

  it('gives its workers back after a while, and gets others for what comes then', async () => {
    const made = setUp(3, () => ({ delay: anyDelay }), undefined, { restMs: 1000 });
    const { pool, workers, services } = made;
    const paused = grow(pool);
    await inTime(paused.begun);
    paused.handle.pause();
    await vi.advanceTimersByTimeAsync(500);
    expect(sumOf(await inTime(grow(pool).settled))).toBe(EXPECTED);
    await vi.advanceTimersByTimeAsync(900);
    expect(alive(made)).toBe(3);
    await vi.advanceTimersByTimeAsync(200);
    expect([alive(made), pool.workers]).toEqual([0, 0]);
    // It goes on where it was, with workers that know nothing of it.
    paused.handle.resume();
    expect(sumOf(await inTime(paused.settled))).toBe(EXPECTED);
    expect([alive(made), workers.length]).toEqual([3, 6]);
    expect(services.onLost).not.toHaveBeenCalled();
    pool.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('keeps a worker that is at work, however long it takes', async () => {
    const made = setUp(1, () => ({ delay: () => 1500, total: 3 }), undefined, { restMs: 1000 });
    const { settled } = grow(made.pool);
    await inTime(settled);
    expect(made.workers).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(alive(made)).toBe(0);
  });

  it('has no more workers than there is room for beside other pools, and at least one', async () => {
    const quota = new WorkerQuota(3);
    const made = ['one', 'two', 'three'].map(() =>
      setUp(3, () => ({ delay: anyDelay }), undefined, { quota }),
    );
    const [one, two, three] = made as [Made, Made, Made];
    const first = grow(one.pool);
    await inTime(first.begun);
    expect(made.map(alive)).toEqual([3, 0, 0]);
    const [second, third] = [grow(two.pool), grow(three.pool)];
    await inTime(Promise.all([second.begun, third.begun]));
    expect(made.map(alive)).toEqual([3, 1, 1]);
    for (const { settled } of [first, second, third])
      expect(sumOf(await inTime(settled))).toBe(EXPECTED);
    expect(made.map(alive).reduce((sum, count) => sum + count)).toBeLessThanOrEqual(5);
    // What the others do not need goes to the one that has something to do.
    await vi.runAllTimersAsync();
    await inTime(grow(two.pool).settled);
    expect(alive(two)).toBe(3);
    for (const { pool } of made) pool.close();
    expect(made.map(alive)).toEqual([0, 0, 0]);
    expect(quota.admits(one.pool)).toBe(true);
  });
});

describe('an error', () => {
  it('of the task fails the job with the crate’s message', async () => {
    const { pool } = setUp(2, () => ({
      delay: anyDelay,
      fails: (name) => (name === 'openJob' ? new Error('samples is 0') : null),
    }));
    expect(await inTime(grow(pool).settled)).toMatchObject({
      status: 'failed',
      error: { message: 'samples is 0' },
    });
  });

  it('at the start of a worker fails the job, and is gone when it is taken up again', async () => {
    let failing = true;
    const { pool } = setUp(1, () => ({
      delay: anyDelay,
      fails: (name) => (failing && name === 'start' ? new Error('no memory') : null),
    }));
    const { handle, states, settled } = grow(pool);
    expect(await inTime(settled)).toMatchObject({
      status: 'failed',
      error: { message: 'no memory' },
    });
    failing = false;
    handle.resume();
    await vi.runAllTimersAsync();
    expect(sumOf(states.at(-1) as JobState)).toBe(EXPECTED);
  });

  it('of another worker has the model fetched again, which a job waits for', async () => {
    const { pool, workers, services } = setUp(1, () => ({ delay: anyDelay }));
    const gone = { entry: {}, files: () => null } as unknown as ServedModel;
    vi.mocked(services.model).mockResolvedValueOnce(gone);
    expect(sumOf(await inTime(grow(pool).settled))).toBe(EXPECTED);
    expect(services.model).toHaveBeenCalledTimes(2);
    expect(workers[0]?.calls.filter((call) => call === 'load')).toHaveLength(1);
  });

  it('of the model has it fetched again', async () => {
    let failures = 1;
    const { pool, services } = setUp(1, () => ({
      delay: anyDelay,
      fails: (name) => (name === 'load' && failures-- > 0 ? new Error('corrupt') : null),
    }));
    expect(sumOf(await inTime(grow(pool).settled))).toBe(EXPECTED);
    expect(services.reject).toHaveBeenCalledOnce();
    expect(services.model).toHaveBeenCalledTimes(2);
  });
});

it.each([
  [undefined, undefined, 2],
  [1, undefined, 1],
  [2, 8, 2],
  [8, 8, 8],
  [8, 4, 4],
  [64, undefined, 16],
])('%s cores and %s GB make a pool of %i', (cores, memory, size) =>
  expect(poolSize(cores, memory)).toBe(size),
);
