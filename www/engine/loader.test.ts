import { afterEach, describe, expect, it, vi } from 'vitest';
import { chooseModel, fetchBytes, fetchModule, LoadError, modelBytes } from './loader.ts';
import type { ModelEntry } from './protocol.ts';

afterEach(() => vi.unstubAllGlobals());

const FILE = new URL('https://example.org/room/models/a.onnx');
const MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

const serve = (answer: () => Response | Promise<Response>) => {
  const fetching = vi.fn((..._: Parameters<typeof fetch>) => Promise.resolve(answer()));
  vi.stubGlobal('fetch', fetching);
  return fetching;
};

/** A body that comes in pieces, and may break. */
const pieces = (parts: readonly number[][], broken = false) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(Uint8Array.from(part));
      if (broken) controller.error(new TypeError('network error'));
      else controller.close();
    },
  });

describe('a file', () => {
  it('comes in pieces that are counted, and is whole', async () => {
    serve(() => new Response(pieces([[1, 2, 3], [4], [5, 6]])));
    const counts: number[] = [];
    const bytes = await fetchBytes(FILE, { onBytes: (count) => counts.push(count) });
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
    expect(counts).toEqual([3, 1, 2]);
  });

  it('may be empty', async () => {
    serve(() => new Response(null));
    expect(await fetchBytes(FILE)).toHaveLength(0);
  });

  it.each([
    [false, 'default'],
    [true, 'reload'],
  ])('asked for as fresh (%s) goes past the cache by %s', async (fresh, cache) => {
    const fetching = serve(() => new Response('x'));
    await fetchBytes(FILE, { fresh });
    expect(fetching).toHaveBeenCalledWith(FILE, { cache });
  });

  it.each([
    [404, 'missing'],
    [403, 'http'],
    [500, 'http'],
  ] as const)('with status %i is %s', async (status, failure) => {
    serve(() => new Response('', { status }));
    await expect(fetchBytes(FILE)).rejects.toEqual(new LoadError(failure, 'a.onnx', status));
  });

  it('that the network does not bring is offline, at the start or in the middle', async () => {
    serve(() => Promise.reject(new TypeError('failed to fetch')));
    await expect(fetchBytes(FILE)).rejects.toEqual(new LoadError('offline', 'a.onnx'));
    serve(() => new Response(pieces([[1, 2]], true)));
    await expect(fetchBytes(FILE)).rejects.toEqual(new LoadError('offline', 'a.onnx'));
  });
});

describe('a module', () => {
  it.each(['application/wasm', 'application/octet-stream'])(
    'served as %s is compiled',
    async (type) => {
      serve(() => new Response(MODULE, { headers: { 'content-type': type } }));
      let count = 0;
      const module = await fetchModule(FILE, { onBytes: (more) => (count += more) });
      expect(module).toBeInstanceOf(WebAssembly.Module);
      expect(count).toBe(MODULE.length);
    },
  );

  it.each(['application/wasm', 'text/html'])(
    'that is none, served as %s, is the compiler’s error',
    async (type) => {
      serve(() => new Response('no module', { headers: { 'content-type': type } }));
      await expect(fetchModule(FILE)).rejects.toBeInstanceOf(WebAssembly.CompileError);
    },
  );

  it('and any other file that is a web page is told as one', async () => {
    serve(() => new Response('\n<!doctype html>', { headers: { 'content-type': 'text/html' } }));
    const told = { name: 'LoadError', failure: 'webpage', file: 'a.onnx' };
    await expect(fetchModule(FILE)).rejects.toMatchObject(told);
    await expect(fetchBytes(FILE)).rejects.toMatchObject(told);
  });

  it('whose connection breaks is offline, not corrupt', async () => {
    serve(
      () =>
        new Response(pieces([[...MODULE]], true), {
          headers: { 'content-type': 'application/wasm' },
        }),
    );
    await expect(fetchModule(FILE)).rejects.toMatchObject({
      name: 'LoadError',
      failure: 'offline',
    });
  });
});

it('chooses the model that is asked for, else the first', () => {
  const models = [
    { id: 'a', files: { encoder: { bytes: 3 }, decoder: { bytes: 4 } } },
    { id: 'b', files: {} },
  ] as unknown as ModelEntry[];
  expect(chooseModel(models, 'b')?.id).toBe('b');
  expect(chooseModel(models, '')?.id).toBe('a');
  expect(chooseModel(models, 'another')?.id).toBe('a');
  expect(chooseModel<ModelEntry>([], '')).toBeUndefined();
  expect(models.map(modelBytes)).toEqual([7, 0]);
});
