/** The odd ones of a data set on one picture: images in a grid, each with its value below. */
import type { Pixels } from '../../../engine/protocol.ts';
import { enlarged, rasterOf } from '../../share/raster.ts';

interface Cell {
  picture: Pixels;
  text: string;
}

export interface SheetPart {
  title: string;
  cells: readonly Cell[];
}

const COLUMNS = 10;
/** Pixels of a cell's image, at least; small images are enlarged by a whole factor. */
const SIDE = 84;
const GAP = 8;
const LINE = 18;
const HEAD = 26;

/** The factor by which images of a size are enlarged, and the cell that they need. */
function layout(shape: { height: number; width: number }) {
  const factor = Math.max(1, Math.floor(SIDE / Math.max(shape.height, shape.width)));
  return {
    factor,
    width: shape.width * factor + GAP,
    height: shape.height * factor + LINE + GAP,
  };
}

/** Size of a sheet in pixels. */
export function sizeOf(parts: readonly SheetPart[]): { width: number; height: number } {
  const shape = parts.flatMap(({ cells }) => cells)[0]?.picture.shape ?? { height: 1, width: 1 };
  const cell = layout(shape);
  const columns = Math.min(COLUMNS, Math.max(1, ...parts.map(({ cells }) => cells.length)));
  const rows = parts.map(({ cells }) => Math.ceil(cells.length / columns));
  return {
    width: columns * cell.width + GAP,
    height: rows.reduce((sum, count) => sum + HEAD + count * cell.height, GAP),
  };
}

interface Look {
  paper: string;
  ink: string;
  font: string;
}

/** Paints it on a canvas, whose size becomes that of the sheet. */
export function paintSheet(
  canvas: HTMLCanvasElement,
  parts: readonly SheetPart[],
  { paper, ink, font }: Look,
): void {
  const { width, height } = sizeOf(parts);
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.fillStyle = paper;
  context.fillRect(0, 0, width, height);
  let top = GAP;
  for (const { title, cells } of parts) {
    context.fillStyle = ink;
    context.font = `600 14px ${font}`;
    context.textAlign = 'left';
    context.fillText(title, GAP, top + 15);
    top += HEAD;
    context.font = `12px ${font}`;
    context.textAlign = 'center';
    let bottom = top;
    cells.forEach(({ picture, text }, i) => {
      const { shape } = picture;
      const cell = layout(shape);
      const x = GAP + (i % COLUMNS) * cell.width;
      const y = top + Math.floor(i / COLUMNS) * cell.height;
      const { rgba, width, height } = enlarged(rasterOf(picture.levels, shape), cell.factor);
      context.putImageData(new ImageData(rgba, width, height), x, y);
      context.fillText(
        text,
        x + (shape.width * cell.factor) / 2,
        y + shape.height * cell.factor + 13,
      );
      bottom = y + cell.height;
    });
    top = bottom;
  }
}
