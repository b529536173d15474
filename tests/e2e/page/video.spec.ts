/** A film as MP4, decoded again by the browser: what it shows is what the page showed. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type * as Mediabunny from '../../../www/node_modules/mediabunny/dist/mediabunny.d.ts';
import { en, expect, open, test } from '../fixtures.ts';
import { between } from '../strip.ts';

const READER = fileURLToPath(
  new URL('../../../www/node_modules/mediabunny/dist/bundles/mediabunny.min.mjs', import.meta.url),
);
/** Of a walk, there and back. */
const FRAMES = 120;

test('an exported MP4 has all frames of the walk, in their time, the first and the middle one as the page shows them', async ({
  page,
  crate,
}) => {
  await open(page, 'z=path:0&a=seed:4&b=seed:5');
  await expect(page.getByTestId('path-frames')).toBeVisible();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: en.share.open({ title: en.latent.path.title }) }).click();
  await page.getByTestId('share-mp4').click();
  const file = await readFile(await (await downloading).path());
  // Its brand comes first, whatever encoder the browser has.
  expect(file.subarray(4, 8).toString('latin1')).toBe('ftyp');
  await page.route('**/reader.mjs', (route) => route.fulfill({ path: READER }));
  const film = await page.evaluate(async (base64) => {
    const url = './reader.mjs';
    const { ALL_FORMATS, BlobSource, Input, VideoSampleSink } = (await import(
      url
    )) as typeof Mediabunny;
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const input = new Input({ formats: ALL_FORMATS, source: new BlobSource(new Blob([bytes])) });
    const track = await input.getPrimaryVideoTrack();
    if (!track) throw new Error('it has no picture');
    const frames: { at: number; grey: number[] }[] = [];
    const side = 28;
    const canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('no 2-D context');
    for await (const sample of new VideoSampleSink(track).samples()) {
      sample.draw(context, 0, 0, side, side);
      const { data } = context.getImageData(0, 0, side, side);
      frames.push({
        at: sample.timestamp,
        grey: Array.from({ length: side * side }, (_, i) => data[4 * i] ?? NaN),
      });
      sample.close();
    }
    return {
      frames,
      codec: await track.getCodec(),
      duration: await input.computeDuration(),
      size: [await track.getDisplayWidth(), await track.getDisplayHeight()],
      tags: await input.getMetadataTags(),
    };
  }, file.toString('base64'));
  expect(film.frames).toHaveLength(FRAMES);
  expect(['avc', 'av1']).toContain(film.codec);
  const [width = 0, height = 0] = film.size;
  expect([width % 28, width === height]).toEqual([0, true]);
  // Evenly spaced, but for the last one, which stands for a while.
  const delay = film.frames[1]?.at ?? 0;
  for (const [i, { at }] of film.frames.entries()) expect(at).toBeCloseTo(i * delay, 3);
  expect(film.duration).toBeCloseTo((FRAMES - 1) * delay + 1.5, 3);
  expect(film.tags.title).toBe(en.latent.path.title);
  expect(film.tags.comment).toContain('a=seed:4');
  // What a lossy encoder leaves of large pixels: a few levels in the mean.
  const far = (at: number, levels: Uint8Array) => {
    const grey = film.frames[at]?.grey ?? [];
    return (
      levels.reduce((sum, level, i) => sum + Math.abs(level - (grey[i] ?? NaN)), 0) / levels.length
    );
  };
  const ends = [between(crate, 0, 'spherical'), between(crate, 1, 'spherical')] as const;
  expect(far(0, ends[0])).toBeLessThan(4);
  expect(far(FRAMES / 2, ends[1])).toBeLessThan(4);
  expect(far(0, ends[1])).toBeGreaterThan(8);
});
