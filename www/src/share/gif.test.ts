import { expect, it } from 'vitest';
import { toGif } from './gif.ts';
import { rasterOf } from './raster.ts';

const imprint = { title: '链, “chain”', address: `https://page.example/#z=${'1,'.repeat(200)}` };
const shape = { channels: 1, height: 2, width: 3 };
const asked = () => {
  const shares: number[] = [];
  return {
    shares,
    signal: new AbortController().signal,
    onProgress: (share: number) => void shares.push(share),
  };
};

/** LZW as GIF has it (appendix F of GIF89a). */
function unpacked(data: number[], least: number): number[] {
  const [clear, end] = [1 << least, (1 << least) + 1];
  let table: number[][] = [];
  let bits = least + 1;
  let before: number[] | null = null;
  const out: number[] = [];
  let at = 0;
  for (;;) {
    let code = 0;
    for (let i = 0; i < bits; i++, at++) code |= (((data[at >> 3] ?? 0) >> (at & 7)) & 1) << i;
    if (code === end) return out;
    if (code === clear) {
      table = Array.from({ length: end + 1 }, (_, i) => [i]);
      [bits, before] = [least + 1, null];
      continue;
    }
    const entry: number[] = table[code] ?? [...(before ?? []), before?.[0] ?? 0];
    out.push(...entry);
    if (before) table.push([...before, entry[0] ?? 0]);
    if (table.length === 1 << bits && bits < 12) bits++;
    before = entry;
  }
}

interface Read {
  size: [number, number];
  palette: number[];
  frames: { delay: number; pixels: number[] }[];
  comment: string;
}

function read(file: Uint8Array): Read {
  expect(new TextDecoder().decode(file.subarray(0, 6))).toBe('GIF89a');
  const two = (at: number) => (file[at] ?? 0) + 256 * (file[at + 1] ?? 0);
  const entries = 2 << ((file[10] ?? 0) & 7);
  const found: Read = {
    size: [two(6), two(8)],
    palette: [...file.subarray(13, 13 + 3 * entries)],
    frames: [],
    comment: '',
  };
  let at = 13 + 3 * entries;
  let delay = 0;
  const blocks = () => {
    const data: number[] = [];
    for (; file[at] !== 0; at += 1 + (file[at] ?? 0))
      data.push(...file.subarray(at + 1, at + 1 + (file[at] ?? 0)));
    at++;
    return data;
  };
  while (file[at] !== 0x3b) {
    if (file[at] === 0x21) {
      const label = file[at + 1];
      if (label === 0xf9) delay = two(at + 4);
      at += 2;
      const data = blocks();
      if (label === 0xfe) found.comment = new TextDecoder().decode(Uint8Array.from(data));
    } else {
      expect(file[at]).toBe(0x2c);
      const packed = file[at + 9] ?? 0;
      expect(packed & 0x80).toBe(0);
      const least = file[at + 10] ?? 0;
      at += 11;
      found.frames.push({ delay, pixels: unpacked(blocks(), least) });
    }
  }
  expect(at).toBe(file.length - 1);
  return found;
}

it('keeps every level of a grey film, its pace, its caption and its address', async () => {
  const levels = [
    [0, 1, 127, 128, 254, 255],
    [9, 9, 9, 9, 9, 9],
  ];
  const call = asked();
  const file = await toGif(
    { frames: levels.map((frame) => rasterOf(frame, shape)), delay: 60 },
    imprint,
    call,
  );
  const { size, palette, frames, comment } = read(file);
  expect(size).toEqual([3, 2]);
  expect(palette).toEqual(Array.from({ length: 256 }, (_, i) => [i, i, i]).flat());
  expect(frames).toEqual([
    { delay: 6, pixels: levels[0] },
    { delay: 150, pixels: levels[1] },
  ]);
  expect(comment).toBe(`${imprint.title}\n${imprint.address}\nELBO Room`);
  expect(call.shares).toEqual([0.5, 1]);
});

it('stops when it is told to', async () => {
  const abort = new AbortController();
  const making = toGif(
    { frames: Array.from({ length: 5 }, () => rasterOf(new Uint8Array(6), shape)), delay: 60 },
    imprint,
    { signal: abort.signal, onProgress: () => abort.abort() },
  );
  await expect(making).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }) as Error);
});
