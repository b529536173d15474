/** A picture of 8-bit levels and its form in the URL. Pure: no DOM. */
import { deflateSync, inflateSync } from 'fflate';
import { dimensionsOf, isSameShape, MNIST_SHAPE } from '../../engine/facts.ts';
import type { ImageShape, Pixels } from '../../engine/protocol.ts';
import { fromBase64Url, toBase64Url } from './base64url.ts';

/** Longest side of a picture: that of any model's images. */
const MOST_SIDE = 1024;
/** As many characters as an address carries of a picture: one of 256 by 256 pixels in colour fits in any case. */
const MOST_PIXEL_TEXT = 280_000;

/**
 * A picture of MNIST's shape is its bytes, black runs counted. Any other has its rows, columns and channels before a point,
 * and after it the differences of its levels from what their neighbours let expect, deflated.
 */
export function printPixels({ levels, shape }: Pixels): string {
  if (isSameShape(shape, MNIST_SHAPE)) return toBase64Url(countRuns(levels));
  const { channels, height, width } = shape;
  const packed = deflateSync(predict(levels, width * channels, channels, 1), { level: 9 });
  return `${height}x${width}x${channels}.${toBase64Url(packed)}`;
}

/** undefined where `text` does not stand for a picture. */
export function parsePixels(text: string): Pixels | undefined {
  const [, height, width, channels, packed] =
    /^([1-9]\d*)x([1-9]\d*)x([13])\.(.*)$/s.exec(text) ?? [];
  if (packed === undefined) {
    const levels = expandRuns(text);
    return levels && { levels, shape: MNIST_SHAPE };
  }
  const shape = { channels: Number(channels), height: Number(height), width: Number(width) };
  const isImage = [shape.height, shape.width].every((side) => side <= MOST_SIDE);
  // One picture has one form.
  if (!isImage || isSameShape(shape, MNIST_SHAPE)) return undefined;
  const levels = inflate(packed, dimensionsOf(shape));
  return (
    levels && { levels: predict(levels, shape.width * shape.channels, shape.channels, -1), shape }
  );
}

/** A picture that is never changed, with its form in an address, which is made once: other parts of the state change more often. */
export class Bitmap implements Pixels {
  readonly levels: Uint8Array;
  readonly shape: ImageShape;
  #text: string | undefined;

  constructor({ levels, shape }: Pixels, text?: string) {
    [this.levels, this.shape, this.#text] = [levels, shape, text];
  }

  static parse(text: string): Bitmap | undefined {
    const picture = text.length <= MOST_PIXEL_TEXT ? parsePixels(text) : undefined;
    return picture && new Bitmap(picture, text);
  }

  toString(): string {
    return (this.#text ??= printPixels(this));
  }

  /** Whether an address can carry it. */
  get fits(): boolean {
    return String(this).length <= MOST_PIXEL_TEXT;
  }
}

/** A level other than 0 stands for itself; 0 is followed by how many zeros there are, up to 255. */
function countRuns(levels: Uint8Array): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < levels.length;) {
    const level = levels[i] ?? 0;
    let run = 1;
    while (level === 0 && run < 255 && levels[i + run] === 0) run++;
    bytes.push(level);
    if (level === 0) bytes.push(run);
    i += run;
  }
  return Uint8Array.from(bytes);
}

function expandRuns(text: string): Uint8Array | undefined {
  const count = dimensionsOf(MNIST_SHAPE);
  const bytes = fromBase64Url(text, 2 * count);
  if (!bytes) return undefined;
  const levels = new Uint8Array(count);
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    const level = bytes[i] ?? 0;
    const run = level === 0 ? (bytes[++i] ?? 0) : 1;
    if (run === 0 || at + run > count) return undefined;
    if (level !== 0) levels[at] = level;
    at += run;
  }
  return at === count ? levels : undefined;
}

/** Exactly so many bytes: what claims to be more is not unpacked. */
function inflate(text: string, count: number): Uint8Array | undefined {
  const packed = fromBase64Url(text, text.length);
  if (!packed) return undefined;
  try {
    // Room for one more, to see whether there are more.
    const bytes = inflateSync(packed, { out: new Uint8Array(count + 1) });
    return bytes.length === count ? bytes.slice() : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The differences of levels from the prediction of Paeth 1991 (`sign` 1), or the levels from these differences (-1): of left,
 * upper and upper left neighbour the one that is nearest to left + upper - upper left, in the same channel.
 */
function predict(values: Uint8Array, row: number, channels: number, sign: 1 | -1): Uint8Array {
  const result = new Uint8Array(values.length);
  const levels = sign === 1 ? values : result;
  for (let i = 0; i < values.length; i++) {
    const first = i % row < channels;
    const left = first ? 0 : (levels[i - channels] ?? 0);
    const above = levels[i - row] ?? 0;
    const corner = first ? 0 : (levels[i - row - channels] ?? 0);
    const [toLeft, toAbove, toCorner] = [
      Math.abs(above - corner),
      Math.abs(left - corner),
      Math.abs(left + above - 2 * corner),
    ];
    const nearest =
      toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
    result[i] = (values[i] ?? 0) - sign * nearest;
  }
  return result;
}
