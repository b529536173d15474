/** Files for the upload: pictures of a few blurred blobs, as a bitmap that every browser reads, and what is none. Pure. */
import { Random } from './random.ts';

const HEADER = 54;

/** 24 bits a pixel, rows from the bottom up, each filled to four bytes. */
export function bitmap(seed: number): Buffer {
  const random = new Random(seed);
  const [width, height] = [8 + random.below(120), 8 + random.below(120)];
  const row = Math.ceil((3 * width) / 4) * 4;
  const file = Buffer.alloc(HEADER + row * height);
  file.write('BM');
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(HEADER, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  file.writeUInt32LE(row * height, 34);
  const blobs = Array.from({ length: 1 + random.below(5) }, () => ({
    x: random.share() * width,
    y: random.share() * height,
    size: random.between(0.05, 0.3) * Math.min(width, height),
  }));
  const dark = random.chance(0.5);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const ink = blobs.reduce(
        (sum, blob) => sum + Math.exp(-(((x - blob.x) ** 2 + (y - blob.y) ** 2) / blob.size ** 2)),
        0,
      );
      const level = Math.round(255 * Math.min(1, ink));
      file.fill(dark ? level : 255 - level, HEADER + y * row + 3 * x, HEADER + y * row + 3 * x + 3);
    }
  return file;
}
