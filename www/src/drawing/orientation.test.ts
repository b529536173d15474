import { expect, it } from 'vitest';
import { isTurned, orientationOf, type Orientation, uprightMatrix } from './orientation.ts';

/** A WebP file with as much in it as is looked at, its EXIF data behind a chunk of odd length. */
function webp(orientation: number, { little = true, named = false } = {}): Uint8Array {
  const tiff = new DataView(new ArrayBuffer(26));
  tiff.setUint16(0, little ? 0x4949 : 0x4d4d);
  tiff.setUint16(2, 42, little);
  tiff.setUint32(4, 8, little);
  tiff.setUint16(8, 1, little);
  tiff.setUint16(10, 0x0112, little);
  tiff.setUint16(12, 3, little);
  tiff.setUint32(14, 1, little);
  tiff.setUint16(18, orientation, little);
  const text = (name: string) => Array.from(name, (c) => c.charCodeAt(0));
  const length = (count: number) => [count & 255, count >> 8, 0, 0];
  const exif = [...(named ? text('Exif\0\0') : []), ...new Uint8Array(tiff.buffer)];
  const chunks = [
    ...[...text('VP8L'), ...length(3), 1, 2, 3, 0],
    ...[...text('EXIF'), ...length(exif.length), ...exif],
  ];
  return Uint8Array.from([
    ...text('RIFF'),
    ...length(chunks.length + 4),
    ...text('WEBP'),
    ...chunks,
  ]);
}

it.each([1, 2, 3, 4, 5, 6, 7, 8])('reads the orientation %i of a WebP file', (orientation) => {
  for (const little of [true, false])
    for (const named of [true, false])
      expect(orientationOf(webp(orientation, { little, named }))).toBe(orientation);
});

it('takes a file that states none, or nonsense, for upright', () => {
  expect(orientationOf(webp(0))).toBe(1);
  expect(orientationOf(webp(9))).toBe(1);
  const file = webp(6);
  for (let length = 0; length < file.length - 6; length++)
    expect(orientationOf(file.slice(0, length))).toBe(1);
});

/** Where EXIF says that the first row and the first column of the stored picture are to be seen. */
const SEEN: Record<Orientation, readonly [string, string]> = {
  1: ['top', 'left'],
  2: ['top', 'right'],
  3: ['bottom', 'right'],
  4: ['bottom', 'left'],
  5: ['left', 'top'],
  6: ['right', 'top'],
  7: ['right', 'bottom'],
  8: ['left', 'bottom'],
};

it.each(Object.entries(SEEN))('stands orientation %s upright', (number, [row, column]) => {
  const orientation = Number(number) as Orientation;
  const [width, height] = [30, 20];
  const [a, b, c, d, e, f] = uprightMatrix(orientation, width, height);
  const place = (x: number, y: number) => [a * x + c * y + e, b * x + d * y + f];
  const [across, down] = isTurned(orientation) ? [height, width] : [width, height];
  const sideOf = (x: number, y: number) =>
    x === 0 ? 'left' : x === across ? 'right' : y === 0 ? 'top' : y === down ? 'bottom' : 'inside';
  const middle = (x: number, y: number) => {
    const [px = NaN, py = NaN] = place(x, y);
    return sideOf(px, py);
  };
  expect(middle(width / 2, 0)).toBe(row);
  expect(middle(0, height / 2)).toBe(column);
});
