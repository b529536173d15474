import { fireEvent, render } from '@testing-library/svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { clearUp, open, pass } from '../../testing/page.svelte.ts';
import type { LabContext } from '../module.ts';
import { givenBy } from './dropped.ts';
import { SetsLab } from './lab.svelte.ts';
import { SetLibrary } from './library.svelte.ts';
import Sets from './Sets.svelte';

afterEach(clearUp);

/** Entries that browsers tell at once. */
const BATCH = 100;

interface Tree {
  [name: string]: Tree | Error | string;
}

/** A file or a folder as browsers give what was dropped; an error is what reading it ends with. */
function entryOf(name: string, content: Tree[string], above = ''): FileSystemEntry {
  const fullPath = `${above}/${name}`;
  const isDirectory = typeof content === 'object' && !(content instanceof Error);
  const entry = {
    name,
    fullPath,
    isDirectory,
    isFile: !isDirectory,
    file(resolve: (file: File) => void, reject: (error: Error) => void) {
      if (content instanceof Error) reject(content);
      else resolve(new File([content as string], name));
    },
    createReader() {
      const left = Object.entries(content as Tree);
      return {
        readEntries: (resolve: (entries: FileSystemEntry[]) => void) =>
          resolve(left.splice(0, BATCH).map(([inner, of]) => entryOf(inner, of, fullPath))),
      };
    },
  };
  return entry as unknown as FileSystemEntry;
}

/** The entries are gone once the event is over. */
function drop(tree: Tree) {
  let over = false;
  const items = Object.entries(tree).map(([name, content]) => ({
    webkitGetAsEntry: () => (over ? null : entryOf(name, content)),
  }));
  // A browser has something of no length in a folder's place among the files.
  const files = Object.keys(tree).map((name) => new File([], name));
  return { data: { items, files } as unknown as DataTransfer, end: () => (over = true) };
}

const pathsOf = (given: readonly { path: string }[]) => given.map(({ path }) => path);

it('finds all files of folders in folders, by their paths', async () => {
  const { data, end } = drop({
    digits: { zero: { '1.png': 'a', '2.png': 'b' }, empty: {}, deep: { er: { '3.png': 'c' } } },
    'labels.csv': 'd',
  });
  const walk = givenBy(data);
  end();
  const given = await walk;
  expect(pathsOf(given)).toEqual([
    'digits/zero/1.png',
    'digits/zero/2.png',
    'digits/deep/er/3.png',
    'labels.csv',
  ]);
  expect(given.map(({ blob }) => blob.size)).toEqual([1, 1, 1, 1]);
});

it('asks a folder until it has told all of its entries', async () => {
  const names = Array.from({ length: 2 * BATCH + 50 }, (_, i) => `${i}.png`);
  const { data } = drop({ set: Object.fromEntries(names.map((name) => [name, ''])) });
  expect(pathsOf(await givenBy(data))).toEqual(names.map((name) => `set/${name}`));
});

it('takes files without folders as they are', async () => {
  const { data } = drop({ 'images.npy': 'a', 'labels.npy': 'b' });
  const given = await givenBy(data);
  expect(given.map(({ blob }) => blob)).toEqual([...data.files]);
});

it('says which folder has too many files, before they are read', async () => {
  const many = new Array<FileSystemEntry>(100_001).fill(entryOf('1.png', ''));
  const set = entryOf('set', {}) as FileSystemDirectoryEntry;
  set.createReader = () => ({ readEntries: (resolve) => resolve(many) });
  const items = [{ webkitGetAsEntry: () => set }];
  const data = { items, files: [] } as unknown as DataTransfer;
  await expect(givenBy(data)).rejects.toThrow('set: more than 100000 files');
});

it('is what the lab opens of a drop; a file that cannot be read is said', async () => {
  const nothing = {
    read: async () => null,
    write: async () => undefined,
    remove: async () => undefined,
    names: async () => [],
  };
  const library = new SetLibrary(Promise.resolve(nothing));
  const { engine, page, lab } = await open(
    { hash: '#lab=sets' },
    (engine, page) => new SetsLab(engine, page, library),
  );
  const opened = vi.spyOn(lab, 'open').mockResolvedValue();
  const context = { engine, page } as unknown as LabContext;
  const { getByTestId } = render(Sets, { ...context, lab });
  const section = getByTestId('sets-lab');
  const give = (tree: Tree) => fireEvent.drop(section, { dataTransfer: drop(tree).data });
  expect(await give({ digits: { '1.png': 'a', '2.png': 'b' } })).toBe(false);
  await pass();
  expect(pathsOf(opened.mock.lastCall?.[0] ?? [])).toEqual(['digits/1.png', 'digits/2.png']);
  await give({ digits: { '1.png': 'a', '2.png': new Error('it was moved') } });
  await pass();
  expect(getByTestId('sets-error').textContent).toContain('it was moved');
  expect(opened).toHaveBeenCalledTimes(1);
});
