/** What a file of a picture says of itself, read before any of it is decoded. */

/** Why a file is not taken. */
export type PictureFault =
  | { reason: 'empty' }
  | { reason: 'bytes'; megabytes: number; most: number }
  | { reason: 'pixels'; megapixels: number; most: number }
  /** `format` is its common name; empty where nobody knows it. */
  | { reason: 'format'; format: string }
  | { reason: 'damaged'; format: string }
  /** The browser does not let a page read what a canvas shows. */
  | { reason: 'randomized' }
  /** Nothing can be told from its ground. */
  | { reason: 'blank' }
  /** A text or a link, no file. */
  | { reason: 'text' };

export class PictureError extends Error {
  override name = 'PictureError';
  constructor(readonly fault: PictureFault) {
    super(JSON.stringify(fault));
  }
}

const MEGA = 1e6;
/** What a browser decodes at four bytes a pixel, beside the page's own memory, on a phone. */
const MOST_BYTES = 64 * MEGA;
const MOST_PIXELS = 130 * MEGA;

/** How far into a file the size of its picture may stand: behind a camera's preview and colour profile. */
const HEAD_BYTES = 1 << 20;

/** Formats that browsers do not decode, by how their files begin. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['PDF', '%PDF'],
  ['PostScript', '%!PS'],
  ['ZIP', 'PK\x03\x04'],
];

const NAMES: Record<string, string> = {
  avif: 'AVIF',
  heic: 'HEIC',
  heif: 'HEIC',
  'jxl-stream': 'JPEG XL',
  jxl: 'JPEG XL',
  jp2: 'JPEG 2000',
  j2c: 'JPEG 2000',
  jpg: 'JPEG',
  pnm: 'PNM',
  webp: 'WebP',
};

/** Formats that every browser reads; others some do. */
export const COMMON: ReadonlySet<string> = new Set([
  'AVIF',
  'BMP',
  'GIF',
  'ICO',
  'JPEG',
  'PNG',
  'SVG',
  'WebP',
]);

/** The format and the size of a picture; throws for other files, and for pictures above the limits. */
export async function inspect(file: Blob): Promise<{ format: string }> {
  if (file.size === 0) throw new PictureError({ reason: 'empty' });
  if (file.size > MOST_BYTES)
    throw new PictureError({
      reason: 'bytes',
      megabytes: Math.ceil(file.size / MEGA),
      most: MOST_BYTES / MEGA,
    });
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const start = String.fromCharCode(...head.subarray(0, 16));
  const other = OTHERS.find(([, magic]) => start.startsWith(magic));
  if (other) throw new PictureError({ reason: 'format', format: other[0] });
  const { imageSize } = await import('image-size');
  let size: ReturnType<typeof imageSize>;
  try {
    size = imageSize(head);
  } catch {
    // One without a size is drawn at any.
    if (/<svg[\s>]/.test(new TextDecoder().decode(head))) return { format: 'SVG' };
    throw new PictureError({ reason: 'format', format: '' });
  }
  const { type = '', width, height } = size;
  if (width * height > MOST_PIXELS)
    throw new PictureError({
      reason: 'pixels',
      megapixels: Math.ceil((width * height) / MEGA),
      most: MOST_PIXELS / MEGA,
    });
  return { format: NAMES[type] ?? type.toUpperCase() };
}
