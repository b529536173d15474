/** Pictures that come from outside as files, by picker, drop or paste, as RGBA bytes that the crate can take. */
import { inspect, PictureError } from './file.ts';

export interface Rgba {
  rgba: Uint8ClampedArray;
  width: number;
  height: number;
}

/** Far more than a digit of 28 by 28 needs, and little enough to be read in no time. */
const LONGEST_SIDE = 512;
/** What models of larger images have for each of their pixels, along a side. */
const OVERSAMPLING = 2;

/** The first picture in what was dropped or pasted. */
export function imageIn(data: DataTransfer | null): File | undefined {
  return Array.from(data?.files ?? []).find(({ type }) => type.startsWith('image/'));
}

/**
 * Decodes a picture for images of so many pixels along their longer side; throws a {@link PictureError} where the file is
 * none, or too large.
 */
export async function readImage(file: Blob, wanted: number): Promise<Rgba> {
  const { format } = await inspect(file);
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new PictureError({ reason: 'damaged', format });
  });
  const longest = Math.max(LONGEST_SIDE, OVERSAMPLING * wanted);
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no 2-D context');
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return { rgba: context.getImageData(0, 0, width, height).data, width, height };
}
