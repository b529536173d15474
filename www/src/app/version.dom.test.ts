import { render } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { messages } from '../messages/index.ts';
import { clearUp, open, pass } from '../testing/page.svelte.ts';
import Notices from './Notices.svelte';
import { Version, version } from './version.svelte.ts';

afterEach(() => {
  version.waiting = false;
  clearUp();
  Reflect.deleteProperty(navigator, 'serviceWorker');
});

type Options = NonNullable<Parameters<ConstructorParameters<typeof Version>[0]>[0]>;

function registering() {
  const options: Options[] = [];
  const taken = vi.fn(() => Promise.resolve());
  const own = new Version((given = {}) => {
    options.push(given);
    return taken;
  });
  return { own, options, taken };
}

it('is kept once, where the browser keeps pages at all', () => {
  const { own, options } = registering();
  own.keep();
  expect(options).toHaveLength(0);
  Object.defineProperty(navigator, 'serviceWorker', { configurable: true, value: {} });
  own.keep();
  own.keep();
  expect(options).toHaveLength(1);
  // In a sandboxed frame the page goes on without it.
  expect(() => options[0]?.onRegisterError?.(new Error('insecure'))).not.toThrow();
});

it('keeps the list of models, which came before there was anybody to keep it', async () => {
  const { own, options } = registering();
  const add = vi.fn(() => Promise.resolve());
  vi.stubGlobal('caches', { open: () => Promise.resolve({ add }) });
  Object.defineProperty(navigator, 'serviceWorker', { configurable: true, value: {} });
  own.keep();
  options[0]?.onOfflineReady?.();
  await vi.waitFor(() => expect(add).toHaveBeenCalledOnce());
  expect(add).toHaveBeenCalledWith(expect.stringMatching(/\/models\/manifest\.json$/));
});

it('gives way to a newer one when it is asked to', async () => {
  const { own, options, taken } = registering();
  const container: { controller: object | null } = { controller: null };
  Object.defineProperty(navigator, 'serviceWorker', { configurable: true, value: container });
  await own.take();
  own.keep();
  // The first one that is kept is no newer than the page.
  options[0]?.onNeedRefresh?.();
  expect(own.waiting).toBe(false);
  container.controller = {};
  options[0]?.onNeedRefresh?.();
  expect(own.waiting).toBe(true);
  expect(taken).not.toHaveBeenCalled();
  await own.take();
  expect(taken).toHaveBeenCalledOnce();
});

it('is told of among the notices', async () => {
  const { engine, page } = await open({}, () => null);
  const { getByTestId, queryByTestId } = render(Notices, { engine, page });
  expect(queryByTestId('newer')).toBeNull();
  version.waiting = true;
  await pass();
  expect(getByTestId('newer').textContent).toContain(messages.notices.newer);
});
