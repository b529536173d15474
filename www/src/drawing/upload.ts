/** Pictures that come from outside as files, by picker, drop or paste, as RGBA bytes that the crate can take. */
import { decode } from './decode.ts';
import { PictureError } from './file.ts';
import { isTurned, uprightMatrix } from './orientation.ts';

export interface Rgba {
  rgba: Uint8ClampedArray;
  width: number;
  height: number;
}

/** A rectangle of a sheet, in its pixels. */
export interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What is kept of a picture, for frames that are much smaller than it, along its longer side. */
const SHEET_SIDE = 2048;
/** Far more than a digit of 28 by 28 needs, and little enough to be read in no time. */
const LONGEST_SIDE = 512;
/** What models of larger images have for each of their pixels, along a side. */
const OVERSAMPLING = 2;
/** Browsers that hide what distinguishes a machine change levels by one, or replace them all. */
const SLIGHT = 2;

type Context = OffscreenCanvasRenderingContext2D;

function canvasOf(width: number, height: number): { canvas: OffscreenCanvas; context: Context } {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no 2-D context');
  context.imageSmoothingQuality = 'high';
  return { canvas, context };
}

/** A decoded picture, upright, of which any part can be read. */
export class Sheet {
  private constructor(
    private readonly canvas: OffscreenCanvas,
    /** Whether the browser changes the levels that are read, by next to nothing. */
    readonly altered: boolean,
  ) {}

  /** Decodes a file; throws a {@link PictureError} where it is none, too large, or cannot be read back. */
  static async open(file: Blob): Promise<Sheet> {
    const alteration = alterationOfLevels();
    if (alteration > SLIGHT) throw new PictureError({ reason: 'randomized' });
    const { picture, width, height, orientation, close } = await decode(file);
    const scale = Math.min(1, SHEET_SIDE / Math.max(width, height));
    const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
    const [w, h] = [across ?? 1, down ?? 1];
    const { canvas, context } = isTurned(orientation) ? canvasOf(h, w) : canvasOf(w, h);
    if (orientation !== 1) context.setTransform(...uprightMatrix(orientation, w, h));
    context.drawImage(picture, 0, 0, w, h);
    close();
    return new Sheet(canvas, alteration > 0);
  }

  get width(): number {
    return this.canvas.width;
  }

  get height(): number {
    return this.canvas.height;
  }

  /** The whole picture, or a part of it, no longer than so many pixels. */
  read(longest: number, frame?: Frame): Rgba {
    const { x, y, width, height } = frame ?? { x: 0, y: 0, width: this.width, height: this.height };
    const scale = Math.min(1, longest / Math.max(width, height));
    const [w, h] = [
      Math.max(1, Math.round(width * scale)),
      Math.max(1, Math.round(height * scale)),
    ];
    const { context } = canvasOf(w, h);
    context.drawImage(this.canvas, x, y, width, height, 0, 0, w, h);
    return { rgba: context.getImageData(0, 0, w, h).data, width: w, height: h };
  }
}

/** How large a picture is read for images of so many pixels along their longer side. */
export const readingSide = (wanted: number) => Math.max(LONGEST_SIDE, OVERSAMPLING * wanted);

/** Whether a file says that it is a picture; by its name where the browser does not know its type, as of photographs of iPhones. */
export const isPicture = ({ type, name }: Pick<File, 'type' | 'name'>): boolean =>
  type.startsWith('image/') || (type === '' && /\.(hei[cf]|avif|webp|tiff?)$/i.test(name));

/** What was dropped or pasted, pictures first: a file that is none is refused with the reason. */
export function filesIn(data: DataTransfer | null): File[] {
  return Array.from(data?.files ?? []).sort((a, b) => Number(isPicture(b)) - Number(isPicture(a)));
}

/** The greatest difference between levels that are written to a canvas and those that are read back. */
function alterationOfLevels(): number {
  const SIDE = 32;
  const { context } = canvasOf(SIDE, SIDE);
  const written = context.createImageData(SIDE, SIDE);
  for (let i = 0; i < written.data.length; i++)
    written.data[i] = i % 4 === 3 ? 255 : (i * 37 + (i >> 7) * 11) % 256;
  context.putImageData(written, 0, 0);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return written.data.reduce(
    (most, level, i) => Math.max(most, Math.abs(level - (data[i] ?? 0))),
    0,
  );
}
