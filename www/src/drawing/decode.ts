/** Files as pictures that a canvas can draw, upright. */
import { inspect, PictureError } from './file.ts';
import { type Orientation, orientationOf } from './orientation.ts';

export interface Decoded {
  picture: CanvasImageSource;
  /** As they are stored, before `orientation` is heeded. */
  width: number;
  height: number;
  /** What the browser has left to be done. */
  orientation: Orientation;
  close: () => void;
}

/** What is drawn of a picture without a size of its own, as SVG may be, along its longer side. */
const DRAWN_SIDE = 1024;

/** Decodes a file; throws a {@link PictureError} if it is not a picture, too large, or in a format that the browser does not read. */
export async function decode(file: Blob): Promise<Decoded> {
  const { format } = await inspect(file);
  if (format === 'SVG') return draw(file, format);
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(file);
  } catch {
    // Some browsers show what they do not decode for scripts.
    return draw(file, format);
  }
  const { width, height } = bitmap;
  const orientation = format === 'WebP' ? await leftToTurn(file) : 1;
  return { picture: bitmap, width, height, orientation, close: () => bitmap.close() };
}

/** Through an image element: there, scripts and links of an SVG file do nothing. */
async function draw(file: Blob, format: string): Promise<Decoded> {
  const url = URL.createObjectURL(
    format === 'SVG' ? new Blob([file], { type: 'image/svg+xml' }) : file,
  );
  const picture = new Image();
  try {
    picture.src = url;
    await picture.decode();
  } catch {
    URL.revokeObjectURL(url);
    throw new PictureError({ reason: 'damaged', format });
  }
  let [width, height] = [picture.naturalWidth, picture.naturalHeight];
  const longest = Math.max(width, height);
  if (format === 'SVG' || longest === 0) {
    // Lines have any size: enough for every model.
    const scale = longest === 0 ? 0 : DRAWN_SIDE / longest;
    [width, height] = scale ? [width * scale, height * scale] : [DRAWN_SIDE, DRAWN_SIDE];
    [width, height] = [Math.max(1, Math.round(width)), Math.max(1, Math.round(height))];
  }
  return { picture, width, height, orientation: 1, close: () => URL.revokeObjectURL(url) };
}

/** Two pixels side by side in a WebP file whose EXIF data stand them one above the other. */
const TURNED =
  'UklGRlIAAABXRUJQVlA4WAoAAAAIAAAAAQAAAAAAVlA4TBEAAAAvAQAAAAfQ//73v/+BiOh/AABFWElGGgAAAE1NACoAAAAIAAEBEgADAAAAAQAGAAAAAAAA';
let turnsWebp: Promise<boolean> | undefined;

/** Not every browser heeds the EXIF data of WebP files. */
async function leftToTurn(file: Blob): Promise<Orientation> {
  // The chunk with these data comes last.
  const orientation = orientationOf(new Uint8Array(await file.arrayBuffer()));
  if (orientation === 1) return 1;
  turnsWebp ??= createImageBitmap(
    new Blob([Uint8Array.from(atob(TURNED), (c) => c.charCodeAt(0))], { type: 'image/webp' }),
  ).then(
    ({ height }) => height === 2,
    () => true,
  );
  return (await turnsWebp) ? 1 : orientation;
}
