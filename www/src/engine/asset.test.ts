import { describe, expect, it, vi } from 'vitest';
import { Asset, type Fetcher } from './asset.svelte.ts';
import { LoadError } from '../../engine/loader.ts';

const missing = new LoadError('missing', 'vae.onnx', 404);

/** An asset whose attempts end as listed, and a record of which of them asked for a fresh copy. */
function attempts(...outcomes: (string | Error)[]) {
  const fetcher = vi.fn<Fetcher<string>>(async (onBytes) => {
    onBytes(3);
    onBytes(4);
    const outcome = outcomes.shift();
    if (outcome === undefined) throw new Error('no outcome is left');
    if (typeof outcome !== 'string') throw outcome;
    return outcome;
  });
  const asset = new Asset('decoder', fetcher);
  const fresh = () => fetcher.mock.calls.map(([, flag]) => flag);
  return { asset, fresh };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

describe('an asset', () => {
  it('is fetched once for all who ask, and counts its bytes', async () => {
    const { asset, fresh } = attempts('bytes');
    expect(await Promise.all([asset.get(), asset.get()])).toEqual(['bytes', 'bytes']);
    expect(asset.status).toBe('ready');
    expect(asset.loaded).toBe(7);
    expect(fresh()).toEqual([false]);
  });

  it('keeps those who ask waiting through a failure until a retry succeeds', async () => {
    const { asset, fresh } = attempts(missing, 'bytes');
    const value = asset.get();
    await turn();
    expect(asset.status).toBe('failed');
    expect(asset.error).toBe(missing);
    asset.retry();
    expect(await value).toBe('bytes');
    expect(asset.error).toBeNull();
    expect(asset.loaded).toBe(7);
    expect(fresh()).toEqual([false, false]);
  });

  it('is fetched past the cache after it turned out to be unusable', async () => {
    const { asset, fresh } = attempts('corrupt', 'bytes');
    const corrupt = await asset.get();
    asset.reject(corrupt, new Error('checksum'));
    expect(asset.status).toBe('failed');
    const value = asset.get();
    asset.retry();
    expect(await value).toBe('bytes');
    expect(fresh()).toEqual([false, true]);
  });

  it('is not failed again by a second reader of what was replaced since', async () => {
    const { asset } = attempts('corrupt', 'bytes');
    const corrupt = await asset.get();
    asset.reject(corrupt, new Error('checksum'));
    asset.retry();
    await asset.get();
    asset.reject(corrupt, new Error('checksum'));
    expect(asset.status).toBe('ready');
  });

  it('ignores a retry when nothing has failed', async () => {
    const { asset, fresh } = attempts('bytes');
    await asset.get();
    asset.retry();
    await turn();
    expect(fresh()).toEqual([false]);
  });
});
