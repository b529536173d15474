/** Which way up a picture stands, by the EXIF data of its file. */

/** EXIF's numbers from 1, upright, to 8. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION = 0x0112;

/** The orientation that a WebP file states; 1 where it states none. */
export function orientationOf(bytes: Uint8Array): Orientation {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || name(0) !== 'RIFF' || name(8) !== 'WEBP') return 1;
  // Chunks: a name, a length, the data, and a byte more where the length is odd.
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    if (name(at) === 'EXIF') {
      const start = at + 8 + (name(at + 8) === 'Exif' ? 6 : 0);
      return orientationIn(bytes.subarray(start, at + 8 + length));
    }
    at += 8 + length + (length % 2);
  }
  return 1;
}

/** The same of EXIF data alone: a TIFF file whose first directory has a field for it. */
function orientationIn(bytes: Uint8Array): Orientation {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8) return 1;
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > bytes.length) return 1;
  const fields = view.getUint16(directory, little);
  for (let i = 0; i < fields; i++) {
    const at = directory + 2 + 12 * i;
    if (at + 12 > bytes.length) return 1;
    if (view.getUint16(at, little) !== ORIENTATION) continue;
    const value = view.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}

/** Whether width and height change places. */
export const isTurned = (orientation: Orientation) => orientation > 4;

/** The matrix that sets a picture of the stored size upright, for `CanvasRenderingContext2D.setTransform`. */
export function uprightMatrix(
  orientation: Orientation,
  width: number,
  height: number,
): [number, number, number, number, number, number] {
  switch (orientation) {
    case 1:
      return [1, 0, 0, 1, 0, 0];
    case 2:
      return [-1, 0, 0, 1, width, 0];
    case 3:
      return [-1, 0, 0, -1, width, height];
    case 4:
      return [1, 0, 0, -1, 0, height];
    case 5:
      return [0, 1, 1, 0, 0, 0];
    case 6:
      return [0, 1, -1, 0, height, 0];
    case 7:
      return [0, -1, -1, 0, height, width];
    case 8:
      return [0, -1, 1, 0, 0, width];
  }
}
