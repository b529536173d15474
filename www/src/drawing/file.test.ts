import { expect, it } from 'vitest';
import { pngHead } from '../testing/pictures.ts';
import { inspect, type PictureError } from './file.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

it.each<[string, BlobPart, string]>([
  ['PNG', pngHead(28, 28), 'PNG'],
  ['a picture of as many pixels as are taken', pngHead(13_000, 10_000), 'PNG'],
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'SVG'],
  ['GIF', bytesOf('GIF89a\x09\x00\x09\x00'), 'GIF'],
])('tells %s by its first bytes', async (_, part, format) => {
  expect(await inspect(new Blob([part]))).toEqual({ format });
});

it.each<[string, BlobPart, PictureError['fault']]>([
  ['nothing', '', { reason: 'empty' }],
  ['text', 'not a picture', { reason: 'format', format: '' }],
  ['the start of a PNG', pngHead(28, 28).slice(0, 12), { reason: 'format', format: '' }],
  ['PDF', '%PDF-1.7 and so on', { reason: 'format', format: 'PDF' }],
  [
    'a few bytes that unfold into 3.6 GB',
    pngHead(30_000, 30_000),
    { reason: 'pixels', megapixels: 900, most: 130 },
  ],
  ['a huge file', new Uint8Array(64e6 + 1), { reason: 'bytes', megabytes: 65, most: 64 }],
])('refuses %s before it is decoded', async (_, part, fault) => {
  await expect(inspect(new Blob([part]))).rejects.toMatchObject({ name: 'PictureError', fault });
});
