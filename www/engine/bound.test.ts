import { expect, it, vi } from 'vitest';
import { GrowingBound, type State } from './bound.ts';

type Change = (state: Partial<State<string>>) => void;

/** A bound whose job the test drives. */
function driven(signal?: AbortSignal) {
  const begun: Change[] = [];
  const drop = vi.fn();
  const bound = new GrowingBound<string>(
    7,
    (onChange) => {
      const state: State<string> = {
        status: 'running',
        evaluations: 0,
        total: 9,
        result: null,
        error: null,
      };
      begun.push((part) => onChange(Object.assign({ ...state }, part)));
      return { drop };
    },
    signal,
  );
  return { bound, begun, drop, change: (part: Partial<State<string>>) => begun.at(-1)?.(part) };
}

it('is computed when somebody waits for it, and not before', async () => {
  const { bound, begun, change, drop } = driven();
  expect(begun).toHaveLength(0);
  expect(bound).toMatchObject({ seed: 7, evaluations: 0, total: null });
  const whole = bound.then((result) => result);
  change({ evaluations: 9, result: 'all', status: 'done' });
  expect(await whole).toBe('all');
  expect(bound).toMatchObject({ evaluations: 9, total: 9 });
  expect(drop).toHaveBeenCalledOnce();
  // It is there: nothing is computed again.
  expect(await bound).toBe('all');
  expect(begun).toHaveLength(1);
});

it('gives the newest result when the last one has been dealt with, and the whole at the end', async () => {
  const { bound, change } = driven();
  const steps = bound[Symbol.asyncIterator]();
  const first = steps.next();
  change({ evaluations: 1, result: 'one' });
  expect(await first).toEqual({ value: 'one', done: false });
  change({ evaluations: 2, result: 'two' });
  change({ evaluations: 3, result: 'three' });
  expect(await steps.next()).toEqual({ value: 'three', done: false });
  change({ evaluations: 9, result: 'all', status: 'done' });
  expect(await steps.next()).toEqual({ value: 'all', done: false });
  expect(await steps.next()).toEqual({ value: undefined, done: true });
});

it('ends when its loop is left, and begins anew when it is asked for again', async () => {
  const { bound, begun, change, drop } = driven();
  const steps = bound[Symbol.asyncIterator]();
  const first = steps.next();
  change({ result: 'one' });
  await first;
  await steps.return();
  expect(drop).toHaveBeenCalledOnce();
  const again = bound.then((result) => result);
  expect(begun).toHaveLength(2);
  change({ result: 'all', status: 'done' });
  expect(await again).toBe('all');
});

it('goes on for those who still wait when another leaves', async () => {
  const { bound, change, drop } = driven();
  const whole = bound.then((result) => result);
  const steps = bound[Symbol.asyncIterator]();
  const first = steps.next();
  change({ result: 'one' });
  await first;
  await steps.return();
  expect(drop).not.toHaveBeenCalled();
  change({ result: 'all', status: 'done' });
  expect(await whole).toBe('all');
});

it('rejects with the reason of its signal, and is dropped', async () => {
  const abort = new AbortController();
  const { bound, begun, drop } = driven(abort.signal);
  const whole = bound.then(undefined, (error: unknown) => error);
  const reason = new Error('the visitor has gone on');
  abort.abort(reason);
  expect(await whole).toBe(reason);
  expect(drop).toHaveBeenCalledOnce();
  // It is not even begun again.
  expect(await bound.then(undefined, (error: unknown) => error)).toBe(reason);
  expect(begun).toHaveLength(1);
});

it('rejects with the error of the job, and tries again when it is asked again', async () => {
  const { bound, begun, change } = driven();
  const whole = bound.then(undefined, (error: unknown) => error);
  const error = new Error('the image has 3 levels');
  change({ status: 'failed', error });
  expect(await whole).toBe(error);
  const again = bound.then((result) => result);
  expect(begun).toHaveLength(2);
  change({ result: 'all', status: 'done' });
  expect(await again).toBe('all');
});
