/** The plane of two latents, the grid of places on it that an address holds, and its colours. Pure: no DOM. */
import { GRID, type Stroke, toGrid } from '../../../drawing/strokes.ts';
import { LATENT_RANGE, toLatentGrid } from '../../../../engine/latent-grid.ts';

export const STRIP_FRAMES = 13;
/** Digits in a row, of one picture of the plane after the other. */
export const GRIDS = [4, 12, 24] as const;
/** Shares of a class that its contours enclose, the inner one first. */
export const SHARES = [0.5, 0.9] as const;

/** z_1 to the right, z_2 upwards. */
export type PlanePoint = readonly [number, number];

/** Where a point lies: shares of the plane's width and height, from the top left. */
export const toShare = ([x, y]: PlanePoint): PlanePoint => [
  (x + LATENT_RANGE) / (2 * LATENT_RANGE),
  (LATENT_RANGE - y) / (2 * LATENT_RANGE),
];

/** The point at these shares, on the grid of the sliders. */
export const fromShare = ([right, down]: PlanePoint): [number, number] => [
  toLatentGrid((2 * right - 1) * LATENT_RANGE),
  toLatentGrid((1 - 2 * down) * LATENT_RANGE),
];

/** The place of a point on the grid that the address holds paths on. */
export const toPlace = (z: PlanePoint): [number, number] => {
  const [right, down] = toShare(z);
  return [toGrid(right), toGrid(down)];
};

/** Corners of a path as coordinates z_1, z_2, z_1, z_2 …, at the places themselves. */
export const toCoordinates = (path: Stroke): number[] =>
  path.map((place, i) => (i % 2 === 0 ? 1 : -1) * LATENT_RANGE * ((2 * place) / (GRID - 1) - 1));

/** Lines of coordinates as one SVG path in a square of the given side. */
export function toSvgPath(lines: readonly ArrayLike<number>[], side: number): string {
  const round = (value: number) => Math.round(value * 10) / 10;
  return lines
    .map((line) =>
      Array.from({ length: line.length / 2 }, (_, i) => {
        const [right, down] = toShare([line[2 * i] ?? 0, line[2 * i + 1] ?? 0]);
        return `${i === 0 ? 'M' : 'L'}${round(side * right)} ${round(side * down)}`;
      }).join(''),
    )
    .join('');
}

type Line = ArrayLike<number>;

/** Whether a point lies within closed lines, by the crossings of a ray to the right. */
function isInside(lines: readonly Line[], [x, y]: PlanePoint): boolean {
  let inside = false;
  for (const line of lines) {
    for (let i = 2; i < line.length; i += 2) {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = [line[i - 2], line[i - 1], line[i], line[i + 1]];
      if (y0 > y !== y1 > y && x < x0 + ((y - y0) / (y1 - y0)) * (x1 - x0)) inside = !inside;
    }
  }
  return inside;
}

function distanceTo(lines: readonly Line[], [x, y]: PlanePoint): number {
  let least = Infinity;
  for (const line of lines) {
    for (let i = 0; i < line.length; i += 2)
      least = Math.min(least, Math.hypot((line[i] ?? 0) - x, (line[i + 1] ?? 0) - y));
  }
  return least;
}

/** Places on the plane where a label may stand, along each side. */
const LABEL_PLACES = 49;
/** Labels keep this far from each other. */
const LABEL_ROOM = 0.42;

/**
 * Where the name of each class stands, given the lines around its core: in the part of the core that the fewest others share, far
 * from every line, and beside the labels before it. `peaks` are where classes without a place of their own get theirs.
 */
export function labelPlaces(
  cores: readonly (readonly Line[])[],
  peaks: readonly PlanePoint[],
): PlanePoint[] {
  const grid = Array.from(
    { length: LABEL_PLACES },
    (_, i) => LATENT_RANGE * ((2 * i) / (LABEL_PLACES - 1) - 1),
  );
  const taken: PlanePoint[] = [];
  return cores.map((core, index) => {
    const others = cores.filter((_, other) => other !== index);
    let best = { place: peaks[index] ?? ([0, 0] as const), shared: Infinity, room: -1 };
    for (const x of grid) {
      for (const y of grid) {
        const place = [x, y] as const;
        if (!isInside(core, place)) continue;
        const nearest = Math.min(
          LABEL_ROOM,
          ...taken.map((label) => Math.hypot(label[0] - x, label[1] - y)),
        );
        const crowded = cores.length * (1 - nearest / LABEL_ROOM);
        const shared = others.filter((lines) => isInside(lines, place)).length + crowded;
        if (shared > best.shared) continue;
        const room = Math.min(...cores.map((lines) => distanceTo(lines, place)));
        if (shared < best.shared || room > best.room) best = { place, shared, room };
      }
    }
    taken.push(best.place);
    return best.place;
  });
}
