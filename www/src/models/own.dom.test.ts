import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { VaeEntry } from '../../engine/protocol.ts';
import { clearUp, make } from '../testing/page.svelte.ts';
import { manifest, VAE } from '../testing/manifest.ts';
import { OwnLibrary } from './own.svelte.ts';
import { ModelStore } from './store.ts';

const shipped = manifest.models.find(({ id }) => id === VAE) as VaeEntry;
const entry = { ...shipped, id: 'own.0123456789abcdef0123.89abcdef', title: 'mine' };
const files = { encoder: Uint8Array.of(1, 2), decoder: Uint8Array.of(3) };

beforeEach(() => vi.stubGlobal('indexedDB', new IDBFactory()));
afterEach(clearUp);

/** Arrays of another realm are other arrays to the comparison. */
const plain = (of: Record<string, Uint8Array>) =>
  Object.fromEntries(Object.entries(of).map(([role, bytes]) => [role, [...bytes]]));

/** What another visit to the page finds. */
async function visit(path = '/'): Promise<OwnLibrary> {
  const library = make(() => new OwnLibrary(new ModelStore(path)));
  await library.ready;
  flushSync();
  return library;
}

describe('models of one’s own', () => {
  it('are there on the next visit, with their files', async () => {
    const first = await visit();
    expect(first.settled).toBe(true);
    expect(first.entries).toEqual([]);
    expect(await first.add(entry, files)).toMatchObject({ entry, kept: true });
    const second = await visit();
    expect(second.entries).toEqual([entry]);
    expect(plain(await second.files(entry.id))).toEqual(plain(files));
    expect((await visit('/elsewhere/')).entries).toEqual([]);
  });

  it('keep another name and another order of the latents', async () => {
    const first = await visit();
    await first.add(entry, files);
    await first.rename(entry.id, 'a better name');
    await first.rename(entry.id, '');
    const kl = Array.from({ length: entry.latents.count }, (_, i) => i);
    await first.rank(entry.id, kl);
    const [model] = (await visit()).entries;
    expect(model?.title).toBe('a better name');
    expect(model?.kind === 'vae' && model.latents.order).toEqual(kl.toReversed());
  });

  it('replace one of the same id, and go when they are removed', async () => {
    const library = await visit();
    const other = { ...entry, id: 'own.0123456789abcdef0123.00000000' };
    await library.add(entry, files);
    await library.add(other, { decoder: Uint8Array.of(7) });
    await library.add({ ...entry, title: 'again' }, files);
    expect(library.models.map(({ entry: { title } }) => title)).toEqual(['mine', 'again']);
    await library.remove(entry.id);
    const later = await visit();
    expect(later.entries).toEqual([other]);
    expect(await later.files(entry.id)).toEqual({});
    expect(plain(await later.files(other.id))).toEqual({ decoder: [7] });
  });

  it('can be used until the page closes where there is no room', async () => {
    const store = new ModelStore('/');
    const full = Object.assign(new Error('full'), { name: 'QuotaExceededError' });
    vi.spyOn(store, 'put').mockRejectedValue(full);
    const library = make(() => new OwnLibrary(store));
    expect(await library.add(entry, files)).toMatchObject({ kept: false });
    expect(library.error).toBe(full);
    expect(await library.files(entry.id)).toBe(files);
    await library.rename(entry.id, 'still here');
    expect(library.find(entry.id)?.entry.title).toBe('still here');
    expect((await visit()).entries).toEqual([]);
  });

  it('can be used where the browser has no storage at all', async () => {
    vi.stubGlobal('indexedDB', {
      open: () => {
        throw Object.assign(new Error('denied'), { name: 'SecurityError' });
      },
    });
    const library = await visit();
    expect(library.settled).toBe(true);
    expect(library.error?.name).toBe('SecurityError');
    await library.add(entry, files);
    expect(await library.files(entry.id)).toBe(files);
  });
});
