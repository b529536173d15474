/** The box in which the picture of a worked state is put together. */
import { type Paint, PICTURE, type PresetPicture } from '../../src/labs/presets.ts';
import type { ImageShape } from '../../engine/protocol.ts';
import { runs } from '../pixels.ts';
import type { Crate } from '../site.ts';

/** The side of an image, and of one of four in its place. */
export const WHOLE: number = PICTURE.height;
export const HALF = WHOLE / 2;

export type Point = readonly [x: number, y: number];

const short = (value: number) => String(Math.round(10 * value) / 10);
const between = (value: number, least: number, most: number) =>
  Math.min(most, Math.max(least, value));

/** Sixteen levels do at this size. */
const coarse = (level: number) => 17 * Math.round(level / 17);

export class Sheet {
  readonly #paths = new Map<Paint, string>();

  constructor(private readonly crate: Crate) {}

  add(paint: Paint, path: string): this {
    if (path !== '') this.#paths.set(paint, (this.#paths.get(paint) ?? '') + path);
    return this;
  }

  /** A grey image; another one than 28 by 28 is resampled to its place. */
  image(levels: Uint8Array, from: ImageShape, left: number, top = 0, side = WHOLE): this {
    const to = { channels: 1, height: side, width: side };
    const same = from.height === side && from.width === side;
    const small = same ? levels : this.crate.resampleImage(levels, from, to);
    this.box('ground', left, top, side, side);
    const grid = { width: side, height: side, levels: small.map(coarse) };
    for (const [level, path] of runs(grid, left, top)) this.add(level, path);
    return this;
  }

  /** Images laid end to end, in rows of so many, each half as wide as an image alone; no more than two rows. */
  images(levels: Uint8Array, from: ImageShape, left: number, columns: number): this {
    const size = from.height * from.width;
    const top = levels.length / size > columns ? 0 : HALF / 2;
    for (let i = 0; i < Math.min(2 * columns, levels.length / size); i++) {
      const image = levels.slice(i * size, (i + 1) * size);
      const row = Math.floor(i / columns);
      this.image(image, from, left + HALF * (i % columns), top + HALF * row, HALF);
    }
    return this;
  }

  box(paint: Paint, left: number, top: number, width: number, height: number): this {
    const [x, y, w, h] = [left, top, width, height].map(short);
    return this.add(paint, `M${x} ${y}h${w}v${h}H${x}z`);
  }

  line(paint: Paint, points: readonly Point[]): this {
    const path = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`);
    return this.add(paint, path.join(''));
  }

  dot(paint: Paint, [x, y]: Point, side = 1): this {
    return this.box(paint, x - side / 2, y - side / 2, side, side);
  }

  /** Densities from their logarithms on a square grid, in three tints of what is densest. */
  density(logs: ArrayLike<number>, left: number): this {
    const most = Math.max(...Array.from(logs));
    const levels = Array.from(logs, (log) => Math.round(3 * Math.exp(log - most) ** 0.5));
    const side = Math.sqrt(levels.length);
    this.box('sunken', left, 0, WHOLE, WHOLE);
    for (const [level, path] of runs({ width: side, height: side, levels }, left))
      this.add(`tint-${Number.parseInt(level, 16)}`, path);
    return this;
  }

  /** A curve over the right half, both of its axes scaled to shares from 0 to 1; what lies beyond is cut off. */
  curve(paint: Paint, shares: readonly Point[]): this {
    const [left, size] = [WHOLE + 3, WHOLE - 6];
    return this.line(
      paint,
      shares.map(([x, y]) => [left + size * between(x, 0, 1), 3 + size * (1 - between(y, 0, 1))]),
    );
  }

  axes(): this {
    const [left, bottom] = [WHOLE + 3, WHOLE - 3];
    return this.line('axis', [
      [left, 3],
      [left, bottom],
      [2 * WHOLE - 3, bottom],
    ]);
  }

  get picture(): PresetPicture {
    return [...this.#paths];
  }
}
