import { gzipSync, zipSync } from 'fflate';
import { describe, expect, it, vi } from 'vitest';
import type { DataFile } from '../../../engine/protocol.ts';
import { type Given, openSets, type Tools } from './opening.ts';

const SHAPE = { channels: 1, height: 1, width: 1 };

/** Files in which the first byte says what they are, and the others are levels or labels. */
function read(bytes: Uint8Array): Promise<DataFile> {
  const [kind, ...values] = bytes;
  if (kind === 'i'.charCodeAt(0))
    return Promise.resolve({
      shape: SHAPE,
      count: values.length,
      levels: Uint8Array.from(values),
      labels: null,
      reading: 'levels',
    });
  if (kind === 'l'.charCodeAt(0))
    return Promise.resolve({ labels: values.map(String), levels: null });
  return Promise.reject(new Error('no data set'));
}

/** A picture is its RGBA bytes in a row. */
const tools = (): Tools => ({
  read,
  decode: async (blob) => {
    const rgba = new Uint8ClampedArray(await blob.arrayBuffer());
    if (rgba.length % 4 !== 0) throw new Error('damaged');
    return { rgba, width: rgba.length / 4, height: 1 };
  },
  fit: ({ rgba }, { width }) =>
    Promise.resolve(
      Uint8Array.from({ length: 3 * width }, (_, i) => rgba[4 * Math.floor(i / 3) + (i % 3)] ?? 0),
    ),
  progress: vi.fn(),
});

const file = (path: string, bytes: Uint8Array | number[]): Given => ({
  path,
  blob: new Blob([Uint8Array.from(bytes)]),
});
const images = (...values: number[]) => Uint8Array.from(['i'.charCodeAt(0), ...values]);
const labels = (...values: number[]) => Uint8Array.from(['l'.charCodeAt(0), ...values]);

describe('files of a data set', () => {
  it('are unpacked, and named without their endings', async () => {
    const given = file('t10k-images-idx3-ubyte.gz', gzipSync(images(1, 2)));
    const { sets } = await openSets([given], tools());
    expect(sets).toMatchObject([{ name: 't10k-images', count: 2, labels: null }]);
    expect([...(sets[0]?.levels ?? [])]).toEqual([1, 2]);
  });

  it('in an archive get the labels of their number', async () => {
    const archive = zipSync({
      'x_test.npy': images(1, 2),
      'x_train.npy': images(1, 2, 3),
      'y_test.npy': labels(7, 8),
      'y_train.npy': labels(4, 5, 6),
      '__MACOSX/x': images(0),
    });
    const { sets, labels: left } = await openSets([file('mnist.npz', archive)], tools());
    expect(sets.map(({ name, labels: of }) => [name, of])).toEqual([
      ['x_test', ['7', '8']],
      ['x_train', ['4', '5', '6']],
    ]);
    expect(left).toEqual([]);
  });

  it('compressed within an archive, beside one that is none, are read, and that one is named', async () => {
    const archive = zipSync({
      'raw/t10k-images-idx3-ubyte.gz': gzipSync(images(1, 2)),
      'raw/t10k-labels-idx1-ubyte.gz': gzipSync(labels(7, 8)),
      'README.md': Uint8Array.of(1),
    });
    const { sets, leftOut } = await openSets([file('mnist.zip', archive)], tools());
    expect(sets).toMatchObject([{ name: 't10k-images', labels: ['7', '8'] }]);
    expect(leftOut.map(({ message }) => message)).toEqual(['mnist.zip/README.md: no data set']);
    const other = zipSync({ 'README.md': Uint8Array.of(1) });
    await expect(openSets([file('other.zip', other)], tools())).rejects.toThrow(/README/);
  });

  it('that are labels alone are handed on', async () => {
    const { sets, labels: left } = await openSets([file('l.idx', labels(1, 2))], tools());
    expect(sets).toEqual([]);
    expect(left).toEqual([{ name: 'l', labels: ['1', '2'] }]);
  });

  it.each([
    [file('notes.txt', [1]), /notes\.txt: no data set/],
    [file('x.gz', [0x1f, 0x8b, 8, 0, 0]), /x\.gz: the gzip file is damaged/],
    [file('x.zip', [0x50, 0x4b, 3, 4, 0]), /x\.zip: the archive cannot be unpacked/],
    [file('a.png', [1, 2, 3]), /a\.png: it is not a readable picture/],
    [file('.DS_Store', [1]), /no file/],
  ])('that are none are named: %#', async (given, message) => {
    await expect(openSets([given], tools())).rejects.toThrow(message);
    await expect(openSets([given], tools())).rejects.toHaveProperty('name', 'DataSetError');
  });
});

describe('pictures', () => {
  it('become a set in the order of their names, grey where all are, labelled by their folders', async () => {
    const given = [
      file('digits/1/b10.png', [9, 9, 9, 255]),
      file('digits/1/b2.png', [7, 7, 7, 255]),
      file('digits/0/a.JPG', [5, 5, 5, 255]),
      file('digits/readme.txt', [1]),
    ];
    const with_ = tools();
    const { sets } = await openSets(given, with_);
    expect(sets).toEqual([
      {
        name: 'digits',
        shape: { channels: 1, height: 1, width: 1 },
        count: 3,
        levels: Uint8Array.of(5, 7, 9),
        labels: ['0', '1', '1'],
        reading: 'pictures',
      },
    ]);
    expect(with_.progress).toHaveBeenLastCalledWith(3, 3);
  });

  it('of which one is damaged are a set without it', async () => {
    const given = [
      file('digits/1/a.png', [9, 9, 9, 255]),
      file('digits/1/b.png', [7, 7]),
      file('digits/0/c.png', [5, 5, 5, 255]),
    ];
    const { sets, leftOut } = await openSets(given, tools());
    expect(sets).toMatchObject([{ count: 2, levels: Uint8Array.of(5, 9), labels: ['0', '1'] }]);
    expect(leftOut).toHaveLength(1);
    expect(leftOut[0]?.message).toMatch(/b\.png: it is not a readable picture/);
  });

  it('stay coloured where one of them is', async () => {
    const { sets } = await openSets(
      [file('a.png', [5, 5, 5, 255]), file('b.png', [1, 2, 3, 255])],
      tools(),
    );
    expect(sets).toMatchObject([{ name: 'pictures', shape: { channels: 3 }, labels: null }]);
    expect([...(sets[0]?.levels ?? [])]).toEqual([5, 5, 5, 1, 2, 3]);
  });
});
