import { inflateSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { crc32, toPng } from './png.ts';
import { rasterOf } from './raster.ts';

const imprint = { title: 'Chain, x₀ — 链', address: 'https://page.example/#len=7&seed=3' };

/** Chunks of a file, whose checksums are compared on the way. */
function chunksOf(file: Uint8Array): { type: string; data: Uint8Array }[] {
  const view = new DataView(file.buffer);
  expect([...file.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  const chunks: { type: string; data: Uint8Array }[] = [];
  for (let at = 8; at < file.length;) {
    const length = view.getUint32(at);
    const type = new TextDecoder().decode(file.subarray(at + 4, at + 8));
    expect(crc32(file.subarray(at + 4, at + 8 + length))).toBe(view.getUint32(at + 8 + length));
    chunks.push({ type, data: file.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

it('has the checksum that every PNG file ends with', () => {
  expect(crc32(new TextEncoder().encode('IEND'))).toBe(0xae426082);
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

it('says what it shows and where, in any language', () => {
  const file = toPng(rasterOf([7], { channels: 1, height: 1, width: 1 }), imprint);
  const chunks = chunksOf(file);
  expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'iTXt', 'iTXt', 'iTXt', 'IDAT', 'IEND']);
  const texts = chunks
    .filter(({ type }) => type === 'iTXt')
    .map(({ data }) => new TextDecoder().decode(data).split('\0\0\0\0\0'));
  expect(texts).toEqual([
    ['Title', imprint.title],
    ['Source', imprint.address],
    ['Software', 'ELBO Room'],
  ]);
});

it.each([
  ['grey', 1, 0, [1, 2, 3, 4], [0, 1, 2, 0, 3, 4]],
  ['colour', 3, 2, [1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 0, 4, 5, 6]],
])('keeps every level of a picture in %s', (_, channels, colourType, levels, rows) => {
  const width = levels.length / channels / 2;
  const file = toPng(rasterOf(levels, { channels, height: 2, width }), imprint);
  const chunks = chunksOf(file);
  const data = (type: string) => chunks.find((chunk) => chunk.type === type)?.data;
  expect([...(data('IHDR') ?? [])]).toEqual([0, 0, 0, width, 0, 0, 0, 2, 8, colourType, 0, 0, 0]);
  expect([...inflateSync(data('IDAT') ?? new Uint8Array())]).toEqual(rows);
});

it('keeps what shines through', () => {
  const rgba = Uint8ClampedArray.of(1, 2, 3, 4);
  const [header, , , , pixels] = chunksOf(toPng({ width: 1, height: 1, rgba }, imprint));
  expect(header?.data[9]).toBe(6);
  expect([...inflateSync(pixels?.data ?? new Uint8Array())]).toEqual([0, 1, 2, 3, 4]);
});
