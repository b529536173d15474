import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LoadError } from './loader.ts';
import type { FileEntry, VaeEntry } from './protocol.ts';
import { ModelFetcher } from './model-fetcher.ts';
import { FileStore } from './store.ts';

const BASE = new URL('https://example.org/room/models/');

/** The part of the browser's storage that is used, with what was put into it. */
class FakeStorage {
  readonly caches = new Map<string, Map<string, Uint8Array>>();
  full = false;

  async open(name: string) {
    const entries = this.caches.get(name) ?? new Map<string, Uint8Array>();
    this.caches.set(name, entries);
    return {
      match: async (url: string) =>
        entries.has(url) ? new Response(entries.get(url) as BodyInit) : undefined,
      put: async (url: string, response: Response) => {
        if (this.full) throw new DOMException('no room', 'QuotaExceededError');
        entries.set(url, new Uint8Array(await response.arrayBuffer()));
      },
      delete: async (url: string | Request) =>
        entries.delete(typeof url === 'string' ? url : url.url),
      keys: async () => [...entries.keys()].map((url) => ({ url }) as Request),
    };
  }

  get entries(): Map<string, Uint8Array> {
    return this.caches.values().next().value ?? new Map();
  }
}

const bytesOf = (text: string) => new TextEncoder().encode(text);

const fileOf = (path: string, text: string): FileEntry => ({
  path,
  bytes: bytesOf(text).length,
  sha256: createHash('sha256').update(text).digest('hex'),
});

const entry = {
  id: 'vae',
  kind: 'vae',
  files: { encoder: fileOf('e.onnx', 'encoder'), decoder: fileOf('d.onnx', 'decoder') },
} as VaeEntry;

/** What the site serves by file name, and how each file was asked for. */
let site: Record<string, string | undefined>;
let asked: string[];
/** What the browser's own cache would give in the site's place. */
let stale: Record<string, string | undefined>;

beforeEach(() => {
  site = { 'e.onnx': 'encoder', 'd.onnx': 'decoder' };
  stale = {};
  asked = [];
  vi.spyOn(FileStore.prototype, 'put');
  vi.stubGlobal('fetch', async (url: URL, { cache }: RequestInit) => {
    const name = url.pathname.split('/').at(-1) as string;
    asked.push(`${name} ${cache}`);
    const body = (cache === 'reload' ? undefined : stale[name]) ?? site[name];
    return new Response(body ?? null, { status: body === undefined ? 404 : 200 });
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function setUp(storage: FakeStorage | undefined = new FakeStorage()) {
  const visit = () =>
    new ModelFetcher(BASE, new FileStore(BASE, storage as unknown as CacheStorage | undefined));
  return { storage, visit };
}

const texts = (files: Record<string, Uint8Array>) =>
  Object.fromEntries(
    Object.entries(files).map(([role, bytes]) => [role, new TextDecoder().decode(bytes)]),
  );

const isDecoder = (role: string) => role === 'decoder';
const whole = { encoder: 'encoder', decoder: 'decoder' };

/** Until all that the fetcher has given to the store is kept, or refused. */
const settled = () =>
  Promise.all(vi.mocked(FileStore.prototype.put).mock.results.map(({ value }) => value as unknown));

describe('the fetcher', () => {
  it('fetches once, and at the next visit not at all', async () => {
    const { storage, visit } = setUp();
    expect(texts(await visit().model(entry, {}))).toEqual(whole);
    await settled();
    expect(storage.entries.size).toBe(2);
    const onBytes = vi.fn<(count: number) => void>();
    expect(texts(await visit().model(entry, { onBytes }))).toEqual(whole);
    expect(asked).toEqual(['e.onnx default', 'd.onnx default']);
    expect(onBytes.mock.calls.flat().reduce((sum, count) => sum + count, 0)).toBe(14);
  });

  it('fetches the roles that are asked for', async () => {
    const { visit } = setUp();
    expect(texts(await visit().model(entry, {}, isDecoder))).toEqual({ decoder: 'decoder' });
    expect(asked).toEqual(['d.onnx default']);
  });

  it('fetches anew what is corrupt in the store', async () => {
    const { storage, visit } = setUp();
    await visit().model(entry, {});
    await settled();
    for (const [url, bytes] of storage.entries) storage.entries.set(url, bytes.with(0, 0));
    expect(texts(await visit().model(entry, {}))).toEqual(whole);
    expect(asked).toHaveLength(4);
    await settled();
    expect(
      [...storage.entries.values()].map((bytes) => new TextDecoder().decode(bytes)).sort(),
    ).toEqual(['decoder', 'encoder']);
  });

  it('takes a changed file for another', async () => {
    const { storage, visit } = setUp();
    await visit().model(entry, {});
    await settled();
    site['d.onnx'] = 'a better decoder';
    const changed = {
      ...entry,
      files: { ...entry.files, decoder: fileOf('d.onnx', 'a better decoder') },
    };
    const fetcher = visit();
    expect(texts(await fetcher.model(changed, {}))).toEqual({
      ...whole,
      decoder: 'a better decoder',
    });
    await settled();
    expect(storage.entries.size).toBe(3);
    await fetcher.prune([changed]);
    expect(
      [...storage.entries.values()].map((bytes) => new TextDecoder().decode(bytes)).sort(),
    ).toEqual(['a better decoder', 'encoder']);
  });

  it('goes past the browser’s cache where that has an older file, and counts the bytes once', async () => {
    const { storage, visit } = setUp();
    stale['d.onnx'] = 'an older decoder';
    const onBytes = vi.fn<(count: number) => void>();
    expect(texts(await visit().model(entry, { onBytes }, isDecoder))).toEqual({
      decoder: 'decoder',
    });
    expect(asked).toEqual(['d.onnx default', 'd.onnx reload']);
    expect(onBytes.mock.calls.flat().reduce((sum, count) => sum + count, 0)).toBe(7);
    await settled();
    expect(storage.entries.size).toBe(1);
  });

  it('hands a file on that is wrong on the site, for the crate to refuse, and keeps no copy', async () => {
    const { storage, visit } = setUp();
    site['d.onnx'] = 'decoded';
    expect(texts(await visit().model(entry, {}, isDecoder))).toEqual({ decoder: 'decoded' });
    await settled();
    expect(storage.entries.size).toBe(0);
    site['d.onnx'] = 'decoder';
    expect(texts(await visit().model(entry, { fresh: true }, isDecoder))).toEqual({
      decoder: 'decoder',
    });
    expect(asked.at(-1)).toBe('d.onnx reload');
  });

  it('says which file is missing', async () => {
    const { visit } = setUp();
    site['d.onnx'] = undefined;
    await expect(visit().model(entry, {})).rejects.toEqual(new LoadError('missing', 'd.onnx', 404));
  });

  it('keeps the files of another site on the same origin', async () => {
    const { storage, visit } = setUp();
    await visit().model(entry, {});
    await settled();
    const other = new URL('https://example.org/other/models/');
    await new ModelFetcher(other, new FileStore(other, storage as unknown as CacheStorage)).prune(
      [],
    );
    expect(storage.entries.size).toBe(2);
  });
});

describe('without a cache', () => {
  it.each([
    ['no cache at all', undefined],
    [
      'a cache that cannot be opened',
      { open: () => Promise.reject(new DOMException('private', 'SecurityError')) },
    ],
    ['a cache without room', Object.assign(new FakeStorage(), { full: true })],
    [
      'a cache that breaks',
      { open: async () => ({ match: () => Promise.reject(new Error('disk')) }) },
    ],
  ])('%s: every visit fetches', async (_, storage) => {
    for (const expected of [2, 4]) {
      const fetcher = new ModelFetcher(
        BASE,
        new FileStore(BASE, storage as unknown as CacheStorage | undefined),
      );
      expect(texts(await fetcher.model(entry, {}))).toEqual(whole);
      await settled();
      await fetcher.prune([entry]);
      expect(asked).toHaveLength(expected);
    }
  });

  it('nor a digest, files are handed on as they come', async () => {
    vi.stubGlobal('crypto', {});
    site['d.onnx'] = 'decoded';
    const { storage, visit } = setUp();
    expect(texts(await visit().model(entry, {}, isDecoder))).toEqual({ decoder: 'decoded' });
    await settled();
    expect(storage.entries.size).toBe(0);
  });
});

it('shares memory with the workers where the page may', async () => {
  vi.stubGlobal('crossOriginIsolated', true);
  const { decoder } = await setUp().visit().model(entry, {}, isDecoder);
  expect(decoder?.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(new TextDecoder().decode(decoder?.slice())).toBe('decoder');
});

it.each(['../secret', ' ../secret', 'https://a.example/x', '//a.example/x', '/room/x', '..'])(
  'fetches nothing outside its folder, whatever the list says: %j',
  async (path) => {
    const astray = { ...entry, files: { decoder: { path } } } as VaeEntry;
    await expect(new ModelFetcher(BASE).model(astray, {})).rejects.toThrow('folder of the models');
    expect(asked).toEqual([]);
  },
);
