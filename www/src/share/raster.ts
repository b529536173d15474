/** Pictures as pixels: from levels, from canvases, enlarged, side by side. */
import type { ImageShape } from '../../engine/protocol.ts';
import type { Raster } from './subject.ts';

/** Between pictures side by side: neither black nor white. */
const GAP_LEVEL = 128;

const blank = (width: number, height: number): Raster => ({
  width,
  height,
  rgba: new Uint8ClampedArray(4 * width * height),
});

/** Copies a picture into a larger one, each pixel `factor` by `factor`. */
function place(from: Raster, to: Raster, left: number, top: number, factor = 1): void {
  // Whole pixels at a time.
  const source = new Uint32Array(from.rgba.buffer, from.rgba.byteOffset, from.width * from.height);
  const target = new Uint32Array(to.rgba.buffer, to.rgba.byteOffset, to.width * to.height);
  for (let y = 0; y < from.height * factor; y++) {
    const row = Math.floor(y / factor) * from.width;
    const start = (top + y) * to.width + left;
    for (let x = 0; x < from.width; x++)
      target.fill(source[row + x] ?? 0, start + x * factor, start + (x + 1) * factor);
  }
}

/** Each pixel `factor` by `factor`: no value is made up in between. */
export function enlarged(raster: Raster, factor: number): Raster {
  if (factor === 1) return raster;
  const large = blank(raster.width * factor, raster.height * factor);
  place(raster, large, 0, 0, factor);
  return large;
}

/** Pictures of one height in a row, `gap` pixels of grey between them. */
export function sideBySide(rasters: readonly Raster[], gap = 0): Raster {
  const width = rasters.reduce((sum, raster) => sum + raster.width + gap, -gap);
  const row = blank(Math.max(0, width), Math.max(0, ...rasters.map(({ height }) => height)));
  if (gap > 0)
    for (let i = 0; i < row.rgba.length; i++) row.rgba[i] = i % 4 === 3 ? 255 : GAP_LEVEL;
  let left = 0;
  for (const raster of rasters) {
    place(raster, row, left, 0);
    left += raster.width + gap;
  }
  return row;
}

/** Pictures of one width, one below the other. */
export function stacked(rasters: readonly Raster[]): Raster {
  const height = rasters.reduce((sum, raster) => sum + raster.height, 0);
  const column = blank(Math.max(0, ...rasters.map(({ width }) => width)), height);
  let top = 0;
  for (const raster of rasters) {
    place(raster, column, 0, top);
    top += raster.height;
  }
  return column;
}

/** 8-bit levels of images laid end to end, as a grid so many wide. */
export function rasterOf(
  levels: ArrayLike<number>,
  { channels, height, width }: ImageShape,
  columns = 1,
): Raster {
  const size = channels * height * width;
  const rows = Math.ceil(levels.length / size / columns);
  const grid = blank(columns * width, rows * height);
  for (let i = 0; i < levels.length / channels; i++) {
    const image = Math.floor(i / (height * width));
    const pixel = i % (height * width);
    const x = (image % columns) * width + (pixel % width);
    const y = Math.floor(image / columns) * height + Math.floor(pixel / width);
    const at = 4 * (y * grid.width + x);
    for (let channel = 0; channel < 3; channel++)
      grid.rgba[at + channel] = levels[i * channels + (channel % channels)] ?? 0;
    grid.rgba[at + 3] = 255;
  }
  return grid;
}

/** What a canvas shows, one that a worker paints too; null where there is nothing on it. */
export function rasterOn(canvas: HTMLCanvasElement | null | undefined): Raster | null {
  if (!canvas || canvas.width * canvas.height === 0) return null;
  const { width, height } = canvas;
  const copy = document.createElement('canvas');
  Object.assign(copy, { width, height });
  const context = copy.getContext('2d', { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, rgba: new Uint8ClampedArray(data) };
}

/** What the canvas of a name shows. */
export const rasterNamed =
  (name: string) =>
  (root: ParentNode): Raster | null =>
    rasterOn(root.querySelector<HTMLCanvasElement>(`canvas[data-testid="${name}"]`));

/** As many of `count` things as fit, evenly, the first and the last among them. */
export const evenly = (count: number, most: number): number[] =>
  count <= most
    ? Array.from({ length: count }, (_, i) => i)
    : Array.from({ length: most }, (_, i) => Math.round((i * (count - 1)) / (most - 1)));
