/**
 * A drawing: strokes on a grid of 256 by 256 places, and their form in the URL. What is scored is rendered from these
 * places, so that the same address gives the same picture. Pure: no DOM.
 */
import { fromBase64Url, toBase64Url } from './base64url.ts';

/** x0, y0, x1, y1, … as whole numbers from 0 to `GRID - 1`, y downwards. */
export type Stroke = readonly number[];

export const GRID = 256;
/** As many points as an address can reasonably carry: about 4,000 characters. */
export const MOST_POINTS = 1500;
/** Points closer than this to the line through their neighbours say nothing, in places of the grid. */
const TOLERANCE = 0.75;

/** The grid's place of a share of the drawing's side. */
export const toGrid = (share: number) =>
  Math.min(GRID - 1, Math.max(0, Math.round(share * (GRID - 1))));

export const pointCount = (strokes: readonly Stroke[]) =>
  strokes.reduce((sum, stroke) => sum + stroke.length / 2, 0);

/** Strokes as the crate takes them: shares of the side. */
export const toShares = (strokes: readonly Stroke[]): Float32Array[] =>
  strokes.map((stroke) => Float32Array.from(stroke, (place) => place / (GRID - 1)));

/** Strokes of shares, as the crate gives its examples, on the grid. */
export const fromShares = (strokes: readonly Float32Array[]): Stroke[] =>
  strokes.map((stroke) => simplify(Array.from(stroke, toGrid)));

/** Leaves out the points that the others tell already (Ramer 1972, Douglas and Peucker 1973). */
export function simplify(stroke: Stroke): Stroke {
  const count = stroke.length / 2;
  if (count < 3) return stroke;
  const kept = new Set([0, count - 1]);
  const open: [number, number][] = [[0, count - 1]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [first, last] = span;
    let farthest = -1;
    let most = TOLERANCE;
    for (let i = first + 1; i < last; i++) {
      const distance = distanceToSegment(stroke, i, first, last);
      if (distance > most) [farthest, most] = [i, distance];
    }
    if (farthest < 0) continue;
    kept.add(farthest);
    open.push([first, farthest], [farthest, last]);
  }
  return stroke.filter((_, i) => kept.has(i >> 1));
}

function distanceToSegment(stroke: Stroke, at: number, from: number, to: number): number {
  const x = (i: number) => stroke[2 * i] ?? 0;
  const y = (i: number) => stroke[2 * i + 1] ?? 0;
  const [dx, dy] = [x(to) - x(from), y(to) - y(from)];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : ((x(at) - x(from)) * dx + (y(at) - y(from)) * dy) / length;
  const clamped = Math.min(1, Math.max(0, share));
  return Math.hypot(x(at) - x(from) - clamped * dx, y(at) - y(from) - clamped * dy);
}

/** Each stroke as its number of points, in one or two bytes, and two bytes per point. */
export function printStrokes(strokes: readonly Stroke[]): string {
  const bytes = strokes.flatMap((stroke) => {
    const count = stroke.length / 2;
    return [...(count < 128 ? [count] : [128 | (count >> 8), count & 255]), ...stroke];
  });
  return toBase64Url(Uint8Array.from(bytes));
}

/** undefined where `text` does not stand for strokes. */
export function parseStrokes(text: string): Stroke[] | undefined {
  // A point takes two bytes, and the length of its stroke at most two more.
  const bytes = fromBase64Url(text, 4 * MOST_POINTS);
  if (!bytes) return undefined;
  const strokes: Stroke[] = [];
  let at = 0;
  while (at < bytes.length) {
    let count = bytes[at++] ?? 0;
    if (count >= 128) count = ((count & 127) << 8) | (bytes[at++] ?? 0);
    const stroke = Array.from(bytes.subarray(at, at + 2 * count));
    if (count === 0 || stroke.length < 2 * count) return undefined;
    strokes.push(stroke);
    at += 2 * count;
  }
  return pointCount(strokes) <= MOST_POINTS ? strokes : undefined;
}

/** Strokes that are never changed, with their form in an address, which is made once. */
export class Drawing {
  #text: string | undefined;

  constructor(readonly strokes: readonly Stroke[]) {}

  static parse(text: string): Drawing | undefined {
    const strokes = parseStrokes(text);
    return strokes && new Drawing(strokes);
  }

  toString(): string {
    return (this.#text ??= printStrokes(this.strokes));
  }
}

type Vector = readonly [number, number];

/** A bend sharper than this is a corner of the drawing. */
const CORNER = Math.cos(Math.PI / 3);

/**
 * The strokes as one path in the coordinates of the grid: smooth through the places of each stroke but at its corners, since a
 * simplified curve would show its facets at the size of the pad. A single point is a dot of the brush. `scale` is that of a
 * pad that is not square.
 */
export const toPath = (strokes: readonly Stroke[], scale: Vector = [1, 1]): string =>
  strokes.map((stroke) => strokePath(stroke, scale)).join('');

const STILL: Vector = [0, 0];

function strokePath(stroke: Stroke, [across, down]: Vector): string {
  const points = Array.from({ length: stroke.length / 2 }, (_, i): Vector => [
    (stroke[2 * i] ?? 0) * across,
    (stroke[2 * i + 1] ?? 0) * down,
  ]);
  const [first] = points;
  if (!first) return '';
  if (points.length === 1) return `M${first.join(' ')}L${first.join(' ')}`;
  const directions = points.map((point, i) => direction(points[i - 1], point, points[i + 1]));
  const curves = points.slice(1).map((end, i) => {
    const start = points[i] ?? end;
    const reach = Math.hypot(end[0] - start[0], end[1] - start[1]) / 3;
    const control = (at: Vector, [dx, dy]: Vector, sign: number) =>
      `${round(at[0] + sign * reach * dx)} ${round(at[1] + sign * reach * dy)}`;
    const [leaving = STILL, arriving = STILL] = [directions[i], directions[i + 1]];
    return `C${control(start, leaving, 1)} ${control(end, arriving, -1)} ${end.join(' ')}`;
  });
  return `M${first.join(' ')}${curves.join('')}`;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** Unit vector in which a curve passes a point; zero at ends and corners. */
function direction(before: Vector | undefined, at: Vector, after: Vector | undefined): Vector {
  if (!before || !after) return STILL;
  const [ax, ay, bx, by] = [
    at[0] - before[0],
    at[1] - before[1],
    after[0] - at[0],
    after[1] - at[1],
  ];
  const cosine = (ax * bx + ay * by) / (Math.hypot(ax, ay) * Math.hypot(bx, by));
  if (!(cosine > CORNER)) return STILL;
  const length = Math.hypot(ax + bx, ay + by);
  return [(ax + bx) / length, (ay + by) / length];
}
