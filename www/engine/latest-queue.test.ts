import { describe, expect, it } from 'vitest';
import { CancelledError } from './errors.ts';
import { LatestQueue } from './latest-queue.ts';

/** A job whose end the test decides. */
function job<T>(log: string[], name: string) {
  let finish!: (value: T) => void;
  let fail!: (error: Error) => void;
  const done = new Promise<T>((resolve, reject) => ([finish, fail] = [resolve, reject]));
  return { run: () => (log.push(name), done), finish, fail };
}

describe('a queue', () => {
  it('runs one job at a time and only the newest of those that wait', async () => {
    const log: string[] = [];
    const queue = new LatestQueue();
    const [a, b, c] = [job<number>(log, 'a'), job<number>(log, 'b'), job<number>(log, 'c')];
    const first = queue.submit(a.run);
    const second = queue.submit(b.run);
    const third = queue.submit(c.run);
    expect(log).toEqual(['a']);
    await expect(second).rejects.toThrow(CancelledError);
    a.finish(1);
    c.finish(3);
    expect(await Promise.all([first, third])).toEqual([1, 3]);
    expect(log).toEqual(['a', 'c']);
  });

  it('goes on after a failure', async () => {
    const log: string[] = [];
    const queue = new LatestQueue();
    const [a, b] = [job<number>(log, 'a'), job<number>(log, 'b')];
    const first = queue.submit(a.run);
    const second = queue.submit(b.run);
    a.fail(new Error('no'));
    b.finish(2);
    await expect(first).rejects.toThrow('no');
    expect(await second).toBe(2);
  });
});
