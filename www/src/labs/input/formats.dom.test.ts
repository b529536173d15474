/** One picture for models of several formats. */
import { render } from '@testing-library/svelte';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Pixels, VaeEntry } from '../../../engine/protocol.ts';
import { empty, file, opened, reading } from '../../testing/image-input.ts';
import { flat } from '../../testing/images.ts';
import { manifest } from '../../testing/manifest.ts';
import { clearUp, pass } from '../../testing/page.svelte.ts';
import { randomFrom } from '../../testing/random.ts';
import { decodable } from '../../testing/pictures.ts';
import { inTime } from '../../testing/time.ts';
import { workerOf } from '../../testing/worker.ts';
import DrawingPad from './DrawingPad.svelte';
import { checksumOf } from './kept-images.svelte.ts';

// Importing takes real time, which the fake clock does not wait for.
beforeAll(() => import('image-size'));
afterEach(clearUp);

describe('models of several formats', () => {
  const COLOUR = { channels: 3, height: 32, width: 40 };

  /** The site's models, and one of coloured pictures. */
  async function several(hash = '#lab=elbo', keeping = empty) {
    const world = await opened(hash, reading, keeping);
    const { engine, page } = world;
    const [first] = manifest.models;
    const entry = { ...first, id: 'colour', image: COLOUR, dataset: 'Photographs' } as VaeEntry;
    engine.manifest = { ...manifest, models: [...manifest.models, entry] };
    await pass();
    return { ...world, entry, small: manifest.models[0] as VaeEntry, page };
  }

  it('get a drawing at the size of each', async () => {
    const { imageInput, entry, small } = await several('#lab=elbo&image=strokes:BAQECAg');
    expect(imageInput.formats).toHaveLength(2);
    expect(imageInput.imageFor(entry)).toMatchObject({ shape: COLOUR });
    expect(imageInput.imageFor(entry)?.levels).toHaveLength(3840);
    expect(imageInput.imageFor(small)?.levels).toHaveLength(784);
    expect(imageInput.foreignShape(entry)).toBeNull();
    expect([...imageInput.pictures.keys()]).toEqual(['28x28x1 digit', '32x40x3']);
  });

  it('get a picture of another shape resampled, and it is said', async () => {
    const { imageInput, entry, small } = await several();
    imageInput.take(flat(90, COLOUR));
    await pass();
    expect(imageInput.imageFor(entry)?.levels[0]).toBe(90);
    expect(imageInput.foreignShape(entry)).toBeNull();
    // The script of the worker says 1 of what it resamples.
    expect(imageInput.imageFor(small)?.levels[0]).toBe(1);
    expect(imageInput.foreignShape(small)).toEqual(COLOUR);
    // What came in a model's own format is shown in it, until another one is chosen.
    expect(imageInput.format).toEqual({ shape: COLOUR, digit: false });
    const [standard] = imageInput.formats;
    if (standard) imageInput.format = standard;
    await pass();
    expect(imageInput.shown?.levels).toHaveLength(784);
  });

  it('have files prepared for the format on display, and the pad in its proportions', async () => {
    const { imageInput, page } = await several();
    page.state.decoder = 'colour';
    await pass();
    expect(imageInput.format).toEqual({ shape: COLOUR, digit: false });
    const { decode } = decodable();
    const photo = file();
    const taken = imageInput.files.upload(photo);
    decode(photo, 90, 60);
    await inTime(taken);
    await pass();
    expect(workerOf('decoder').asked('prepare').at(-1)?.format).toMatchObject({ digit: true });
    const [asked] = workerOf('decoder').asked('read');
    expect(asked?.format).toEqual({ shape: COLOUR, digit: false });
    expect(imageInput.shown?.shape).toEqual(COLOUR);
    const { getByTestId } = render(DrawingPad, { imageInput });
    expect(getByTestId('drawing-pad').getAttribute('viewBox')).toBe('0 0 255 204');
  });

  /** More than an address carries. */
  function noisy(): Pixels {
    const shape = { channels: 3, height: 400, width: 400 };
    const next = randomFrom(1);
    return { levels: Uint8Array.from({ length: 480_000 }, () => 256 * next()), shape };
  }

  it('may be too large for an address, which then names one that is kept in this browser', async () => {
    const { imageInput, page } = await several();
    const picture = noisy();
    imageInput.take(picture);
    await pass();
    expect(imageInput.keeping).toBe('browser');
    expect(imageInput.picture).not.toBeNull();
    expect(page.link()).toContain(`image=kept:${checksumOf(picture)}`);
    imageInput.clear();
    expect(imageInput.keeping).toBeNull();
  });

  it('is there again where the address names one that is kept, and said to be lost where it is not', async () => {
    const picture = noisy();
    const id = checksumOf(picture);
    const store = { get: async () => picture, put: async () => undefined };
    const { imageInput } = await several(`#lab=elbo&image=kept:${id}`, store);
    expect(imageInput.isPixels).toBe(true);
    expect(imageInput.foreignShape({ image: COLOUR })).toEqual(picture.shape);
    clearUp();
    const none = { ...store, get: async () => null };
    const other = await several(`#lab=elbo&image=kept:${id}`, none);
    expect(other.imageInput.lost).toBe(true);
    expect(other.imageInput.source).toEqual({ example: '' });
    other.imageInput.take(flat(7, COLOUR));
    expect(other.imageInput.lost).toBe(false);
  });

  it('says where there is no room to keep it', async () => {
    const full = {
      get: async () => null,
      put: () => Promise.reject(new DOMException('full', 'QuotaExceededError')),
    };
    const { imageInput } = await several('#lab=elbo', full);
    imageInput.take(noisy());
    await pass();
    expect(imageInput.keeping).toBe('page');
    expect(imageInput.picture).not.toBeNull();
  });

  it('never get what was asked for before in place of what came later', async () => {
    const { imageInput, entry } = await several();
    imageInput.draw([10, 10, 90, 90, 100, 20]);
    imageInput.lift();
    imageInput.take(flat(7, COLOUR));
    await pass();
    expect(imageInput.imageFor(entry)?.levels[0]).toBe(7);
  });
});
