import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SetLibrary } from './library.svelte.ts';
import type { OpenedSet } from './opening.ts';
import { type Files, openFiles } from './store.ts';

const missing = () => new DOMException('none', 'NotFoundError');

/** The parts of the private file system that are used. */
function folderOf(files: Map<string, Uint8Array<ArrayBuffer>>) {
  return {
    getDirectoryHandle: () => Promise.resolve(folderOf(files)),
    getFileHandle: (name: string, { create = false } = {}) => {
      if (!files.has(name) && !create) return Promise.reject(missing());
      return Promise.resolve({
        getFile: () =>
          Promise.resolve({ arrayBuffer: () => Promise.resolve(files.get(name)?.slice().buffer) }),
        createWritable: () => {
          let written = new Uint8Array();
          return Promise.resolve({
            write: (bytes: Uint8Array<ArrayBuffer>) => Promise.resolve(void (written = bytes)),
            close: () => Promise.resolve(void files.set(name, written)),
          });
        },
      });
    },
    removeEntry: (name: string) =>
      files.delete(name) ? Promise.resolve() : Promise.reject(missing()),
    async *keys() {
      yield* files.keys();
    },
  };
}

function withPrivateFiles() {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  vi.stubGlobal(
    'FileSystemFileHandle',
    class {
      createWritable() {
        return undefined;
      }
    },
  );
  Object.defineProperty(navigator, 'storage', {
    configurable: true,
    value: { getDirectory: () => Promise.resolve(folderOf(files)) },
  });
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
});
afterEach(() => {
  vi.unstubAllGlobals();
  Reflect.deleteProperty(navigator, 'storage');
});

describe.each([
  ['the private file system', withPrivateFiles],
  ['a database', () => undefined],
])('files in %s', (_, prepare) => {
  it('are written, replaced, listed and removed', async () => {
    prepare();
    const files = await openFiles('/a/');
    expect(await files.read('x')).toBeNull();
    await files.write('x', Uint8Array.of(1, 2));
    await files.write('x', Uint8Array.of(3));
    await files.write('y', Uint8Array.of(4));
    expect([...((await files.read('x')) ?? [])]).toEqual([3]);
    expect((await files.names()).sort()).toEqual(['x', 'y']);
    await files.remove('x');
    await files.remove('x');
    expect(await files.names()).toEqual(['y']);
  });
});

const opened = (levels: number[], labels: string[] | null = null): OpenedSet => ({
  name: 'digits',
  shape: { channels: 1, height: 1, width: 2 },
  count: levels.length / 2,
  levels: Uint8Array.from(levels),
  labels,
  reading: 'levels',
});

describe('the library of data sets', () => {
  it('brings sets, labels and rows back on the next visit', async () => {
    const first = new SetLibrary(openFiles('/'));
    const set = await first.add(opened([1, 2, 3, 4]));
    expect(set.kept).toBe(true);
    await first.label(set, ['a', 'b']);
    await first.keepRows(set.id, 'run', 1, Float64Array.of(0.5, NaN));
    await first.keepRows(set.id, 'other', 0, Float64Array.of(9));

    const second = new SetLibrary(openFiles('/'));
    await second.ready;
    expect(second.sets).toMatchObject([
      { id: set.id, name: 'digits', count: 2, labels: ['a', 'b'] },
    ]);
    expect([...(await second.levels(set))]).toEqual([1, 2, 3, 4]);
    expect(await second.rows(set.id, 'run')).toEqual(new Map([[1, Float64Array.of(0.5, NaN)]]));
  });

  it('knows a set again, and tells apart those of another shape', async () => {
    const library = new SetLibrary(openFiles('/'));
    const set = await library.add(opened([1, 2, 3, 4]));
    const again = await library.add(opened([1, 2, 3, 4], ['a', 'b']));
    expect(again.id).toBe(set.id);
    expect(library.sets).toHaveLength(1);
    expect(library.sets[0]?.labels).toEqual(['a', 'b']);
    const turned = await library.add({
      ...opened([1, 2, 3, 4]),
      shape: { channels: 1, height: 2, width: 1 },
    });
    expect(turned.id).not.toBe(set.id);
  });

  it('gives names that tell sets apart, and takes others', async () => {
    const library = new SetLibrary(openFiles('/'));
    const [a, b] = [await library.add(opened([1, 2])), await library.add(opened([3, 4]))];
    expect([a.name, b.name]).toEqual(['digits', 'digits (2)']);
    await library.rename(b, ' odd ones ');
    await library.rename(a, '  ');
    expect(library.find(b.id)?.name).toBe('odd ones');
    const second = new SetLibrary(openFiles('/'));
    await second.ready;
    expect(second.sets.map(({ name }) => name).sort()).toEqual(['digits', 'odd ones']);
  });

  it('forgets a set with all that was computed of it, and nothing else', async () => {
    const files = await openFiles('/');
    const library = new SetLibrary(Promise.resolve(files));
    const [a, b] = [await library.add(opened([1, 2])), await library.add(opened([3, 4]))];
    await library.keepRows(a.id, 'run', 0, Float64Array.of(1));
    await library.keepRows(b.id, 'run', 0, Float64Array.of(2));
    await library.remove(a);
    expect(library.sets.map(({ id }) => id)).toEqual([b.id]);
    const names = await files.names();
    expect(names.sort()).toEqual([`${b.id}.json`, `${b.id}.levels`, `${b.id}.run.0`].sort());
  });

  it('goes on without a place to keep sets, and says so', async () => {
    const full: Files = {
      read: () => Promise.resolve(null),
      write: () => Promise.reject(Object.assign(new Error('full'), { name: 'QuotaExceededError' })),
      remove: () => Promise.resolve(),
      names: () => Promise.resolve([]),
    };
    const library = new SetLibrary(Promise.resolve(full));
    const set = await library.add(opened([1, 2]));
    expect(set.kept).toBe(false);
    expect(library.error?.name).toBe('QuotaExceededError');
    expect([...(await library.levels(set))]).toEqual([1, 2]);
    await expect(library.keepRows(set.id, 'run', 0, Float64Array.of(1))).resolves.toBeUndefined();
    const none = new SetLibrary(Promise.reject(new Error('no storage')));
    await none.ready;
    expect(none.settled).toBe(true);
    expect(none.error?.message).toBe('no storage');
  });
});
