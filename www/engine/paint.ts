/** Paints images on canvases of the calling thread. */
import type { Canvas, Paint } from './api.ts';
import type { ImageShape } from './protocol.ts';

/** RGBA bytes of images laid end to end, `columns` in a row; transparent where there is none. */
export function layOut(
  levels: Uint8Array,
  { channels, height, width }: ImageShape,
  columns: number,
): { rgba: Uint8ClampedArray; width: number; height: number } {
  const size = channels * height * width;
  if (levels.length === 0 || levels.length % size !== 0 || !(columns >= 1))
    throw new RangeError(
      `${levels.length} levels are not images of ${height} x ${width} with ${channels} channels in ${columns} columns: give a multiple of ${size}`,
    );
  const count = levels.length / size;
  const rows = Math.ceil(count / columns);
  const rgba = new Uint8ClampedArray(rows * height * columns * width * 4);
  for (let pixel = 0; pixel < count * height * width; pixel++) {
    const image = Math.floor(pixel / (height * width));
    const [y, x] = [Math.floor((pixel % (height * width)) / width), pixel % width];
    const row = Math.floor(image / columns) * height + y;
    const to = 4 * (row * columns * width + (image % columns) * width + x);
    for (let channel = 0; channel < 3; channel++)
      rgba[to + channel] = levels[pixel * channels + (channels === 3 ? channel : 0)] ?? 0;
    rgba[to + 3] = 255;
  }
  return { rgba, width: columns * width, height: rows * height };
}

export const paint: Paint = (canvas, { levels, shape }, { columns } = {}) => {
  const each = shape.channels * shape.height * shape.width;
  const { rgba, width, height } = layOut(
    levels,
    shape,
    columns ?? Math.max(1, levels.length / each),
  );
  const context = contextOf(canvas);
  canvas.width = width;
  canvas.height = height;
  const image = context.createImageData(width, height);
  image.data.set(rgba);
  context.putImageData(image, 0, 0);
};

function contextOf(canvas: Canvas) {
  const context = canvas.getContext('2d');
  if (context) return context;
  throw new TypeError(
    'the canvas has no 2d context: it has one of another kind, or was given to a worker',
  );
}
