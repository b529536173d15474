/** Whatever is lost, refused, paused or dropped, and when: what was asked for ends, with the same bits. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { expectedOf, grow, setUp, sumOf, TOTAL } from '../src/testing/pool.ts';
import { randomFrom } from '../src/testing/random.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('a worker that is lost while it takes over what another had recorded takes nothing with it', async () => {
  // The first is lost with all values recorded but the last; the next one as it begins the job that it never had.
  let records = 0;
  const { pool, workers } = setUp(2, (worker) => ({
    delay: () => (worker === 1 ? 4000 : 1),
    dies: (call) =>
      (worker === 0 && call === 'record' && ++records === 3) ||
      (worker === 1 && call === 'openJob'),
  }));
  const { states } = grow(pool);
  await vi.runAllTimersAsync();
  const last = states.at(-1);
  expect(workers.filter(({ dead }) => dead)).toHaveLength(2);
  expect(last).toMatchObject({ status: 'done', evaluations: TOTAL });
});

const FEW = 200;
const EXPECTED = expectedOf(FEW);

/** One run of the seed's: sizes, delays and misfortunes. */
async function runOf(seed: number) {
  const random = randomFrom(seed);
  const later = (most: number, work: () => void) => setTimeout(work, most * random());
  const { pool, workers, services } = setUp(1 + Math.floor(4 * random()), () => ({
    total: FEW,
    delay: () => 3 * random(),
    dies: () => random() < 0.02,
    fails: (call) => (call === 'load' && random() < 0.1 ? new Error('corrupt') : null),
  }));
  vi.mocked(services.blame).mockImplementation(() => random() < 0.5);
  const jobs = Array.from({ length: 1 + Math.floor(3 * random()) }, () => {
    const { handle, states } = grow(pool);
    const job = { states, dropped: -1 };
    if (random() < 0.4) {
      later(60, () => handle.pause());
      setTimeout(() => handle.resume(), 60 + 20 * random());
    }
    if (random() < 0.1)
      later(60, () => {
        handle.drop();
        job.dropped = states.length;
      });
    return job;
  });
  if (random() < 0.3) {
    later(40, () => pool.suspend('', true));
    setTimeout(() => pool.suspend('', false), 40 + 20 * random());
  }
  for (let i = 0; i < 2; i++) later(60, () => workers.at(-1)?.die());
  await vi.runAllTimersAsync();
  return jobs;
}

it('of 120 runs that a seed disturbs, each ends with the same bits or says why not', async () => {
  const ends = { done: 0, failed: 0, dropped: 0 };
  for (let seed = 0; seed < 120; seed++)
    for (const { states, dropped } of await runOf(seed)) {
      const last = states.at(-1);
      if (dropped >= 0) {
        ends.dropped++;
        expect(states, `seed ${seed} speaks of what is dropped`).toHaveLength(dropped);
      } else if (last?.status === 'failed') {
        ends.failed++;
        expect(last.error?.message, `seed ${seed}`).toBe('dead');
      } else {
        ends.done++;
        expect(last, `seed ${seed}`).toMatchObject({ status: 'done', evaluations: FEW });
        if (last) expect(sumOf(last), `seed ${seed}`).toBe(EXPECTED);
      }
    }
  expect(Math.min(...Object.values(ends))).toBeGreaterThan(2);
});
