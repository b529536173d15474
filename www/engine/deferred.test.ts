import { expect, it, vi } from 'vitest';
import type { WorkerLike } from './client.ts';
import { DeferredWorker } from './deferred.ts';
import type { FromWorker, ToWorker } from './calls.ts';

function setUp() {
  const postMessage = vi.fn<WorkerLike['postMessage']>();
  const real: WorkerLike = {
    onmessage: null,
    onerror: null,
    onmessageerror: null,
    postMessage,
    terminate: () => {},
  };
  const create = vi.fn(() => real);
  return { real, postMessage, create, late: new DeferredWorker(create) };
}

const message = (id: number): ToWorker => ({ id, call: 'settle', params: null });

it('is made when it begins, once, and hears everything in order', () => {
  const { postMessage, create, late } = setUp();
  const buffer = new ArrayBuffer(1);
  late.postMessage(message(1), [buffer]);
  late.postMessage({ cancel: 1 }, []);
  expect(create).not.toHaveBeenCalled();
  late.begin();
  late.begin();
  late.postMessage(message(2), []);
  expect(create).toHaveBeenCalledOnce();
  expect(postMessage.mock.calls).toEqual([
    [message(1), [buffer]],
    [{ cancel: 1 }, []],
    [message(2), []],
  ]);
});

it('passes on what the worker says', () => {
  const { real, late } = setUp();
  late.begin();
  const [onmessage, onerror] = [vi.fn(), vi.fn()];
  late.onmessage = onmessage;
  late.onerror = onerror;
  const event = { data: { id: 1, result: 5 } } as MessageEvent<FromWorker>;
  real.onmessage?.(event);
  real.onerror?.({ message: 'dead' } as ErrorEvent);
  expect(onmessage).toHaveBeenCalledWith(event);
  expect(onerror).toHaveBeenCalledWith({ message: 'dead' });
});

it('once ended is never made', () => {
  const { create, late } = setUp();
  late.postMessage(message(1), []);
  late.terminate();
  late.postMessage(message(2), []);
  late.begin();
  expect(create).not.toHaveBeenCalled();
});
