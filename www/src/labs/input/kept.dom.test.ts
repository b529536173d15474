import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Pixels } from '../../../engine/protocol.ts';
import { flat } from '../../testing/images.ts';
import { checksumOf, KeptImages, ImageStore } from './kept-images.svelte.ts';

beforeEach(() => vi.stubGlobal('indexedDB', new IDBFactory()));
afterEach(() => vi.unstubAllGlobals());

/** The database clones bytes as those of another realm, which are equal to none of this one. */
const plain = (picture: Pixels | null | undefined) =>
  picture && { levels: Array.from(picture.levels), shape: picture.shape };

describe('pictures that are kept', () => {
  it('are there on the next visit, under their checksum, for this site alone', async () => {
    const picture = flat(7, { channels: 3, height: 4, width: 5 });
    const first = new KeptImages(new ImageStore('/a/'));
    const id = first.add(picture);
    expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(first.find(id)).toEqual(picture);
    expect(first.isKept(id)).toBe(true);
    const later = new KeptImages(new ImageStore('/a/'));
    expect(later.find(id)).toBeUndefined();
    await vi.waitFor(() => expect(plain(later.find(id))).toEqual(plain(picture)));
    expect(await new ImageStore('/b/').get(id)).toBeNull();
    expect(await new ImageStore('/a/').get('0'.repeat(16))).toBeNull();
  });

  it('give way to others when there are many, the one that was shown last at the end', async () => {
    const store = new ImageStore('/');
    let now = 1000;
    vi.spyOn(Date, 'now').mockImplementation(() => now++);
    const pictures = Array.from({ length: 17 }, (_, i) => flat(i));
    const ids = pictures.map(checksumOf);
    for (const [i, picture] of pictures.slice(0, 16).entries())
      await store.put(ids[i] ?? '', picture);
    expect(plain(await store.get(ids[0] ?? ''))).toEqual(plain(pictures[0]));
    await store.put(ids[16] ?? '', flat(16));
    const there = await Promise.all(ids.map(async (id) => (await store.get(id)) !== null));
    // The first was shown again, so the second had not been shown for the longest time.
    expect(there).toEqual(ids.map((_, i) => i !== 1));
    vi.restoreAllMocks();
  });

  it('are not shown where they are not what their checksum says', async () => {
    const store = new ImageStore('/');
    const id = checksumOf(flat(3));
    await store.put(id, flat(4));
    expect(await store.get(id)).toBeNull();
  });

  it('are used until the page closes where nothing can be kept', async () => {
    vi.stubGlobal('indexedDB', undefined);
    const pictures = new KeptImages(new ImageStore('/'));
    const id = pictures.add(flat(9));
    await vi.waitFor(() => expect(pictures.isKept(id)).toBe(false));
    flushSync();
    expect(pictures.find(id)).toEqual(flat(9));
  });
});

describe('the checksum of a picture', () => {
  it('tells sizes, levels and their order apart', () => {
    const shape = (height: number, width: number, channels = 1) => ({ channels, height, width });
    const of = (values: number[], size = shape(2, 3)) =>
      checksumOf({ levels: Uint8Array.from(values), shape: size });
    const different = [
      of([0, 0, 0, 0, 0, 0]),
      of([0, 0, 0, 0, 0, 0], shape(3, 2)),
      of([0, 0, 0, 0, 0, 1]),
      of([1, 0, 0, 0, 0, 0]),
      of([0, 1, 0, 0, 0, 0]),
      of([0, 0, 0], shape(1, 1, 3)),
      ...Array.from({ length: 2000 }, (_, i) => of([i & 255, i >> 8, 0, 0, 0, 2])),
    ];
    expect(new Set(different).size).toBe(different.length);
    expect(of([1, 2, 3, 4, 5, 6])).toBe(of([1, 2, 3, 4, 5, 6]));
  });
});
