/** The frames of chains as points of a plane, and what is drawn of them. Pure. */
import type { FilmFrames, PrincipalComponents } from '../../../engine/protocol.ts';

/** Points of a chain's path, at most: evenly along it. */
export const MOST_POINTS = 41;

/** Frames of a chain, or of all chains of a grid. */
export interface Walked {
  /** Their places in the chain. */
  indices: readonly number[];
  film: FilmFrames;
}

/** The way of one chain through the plane. */
export interface Path {
  /** Number of the chain of those walked, and of the sample within its grid. */
  of: number;
  cell: number;
  /** Places of its points in the chain, and their timesteps. */
  indices: readonly number[];
  t: readonly number[];
  points: readonly (readonly [number, number])[];
}

/** All images of all frames as points, laid end to end: walk after walk, frame after frame, sample after sample. */
export function pointsOf(walks: readonly Walked[], of: 'x' | 'predictedX0'): Float64Array {
  const images = walks.flatMap(({ film }) => film.frames.map((frame) => frame[of]));
  const points = new Float64Array(images.reduce((sum, image) => sum + image.length, 0));
  let at = 0;
  for (const image of images) {
    points.set(image, at);
    at += image.length;
  }
  return points;
}

/** The paths of the samples, from the coordinates of those points. */
export function pathsOf(
  walks: readonly Walked[],
  dimensions: number,
  { scores }: Pick<PrincipalComponents, 'scores'>,
): Path[] {
  let before = 0;
  return walks.flatMap(({ indices, film: { frames } }, of) => {
    const samples = (frames[0]?.x.length ?? 0) / dimensions;
    const first = before;
    before += frames.length * samples;
    return Array.from({ length: samples }, (_, cell) => ({
      of,
      cell,
      indices,
      t: frames.map(({ t }) => t),
      points: frames.map((_, i) => {
        const at = 2 * (first + i * samples + cell);
        return [scores[at] ?? 0, scores[at + 1] ?? 0] as const;
      }),
    }));
  });
}

/** The point of a path at a step of its chain, on the line between those that were computed. */
export function pointAt({ indices, points }: Path, step: number): readonly [number, number] {
  const after = indices.findIndex((index) => index >= step);
  const [end, start] = [points.at(after), points[Math.max(0, after - 1)]];
  const [to, from] = [indices.at(after), indices[Math.max(0, after - 1)]];
  if (!start || !end || to === undefined || from === undefined || to === from) return end ?? [0, 0];
  const share = after < 0 ? 1 : (step - from) / (to - from);
  return [start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])];
}

/** The computed point that is nearest to a step: the place of its picture. */
export function nearest({ indices }: Path, step: number): number {
  const distances = indices.map((index) => Math.abs(index - step));
  return distances.indexOf(Math.min(...distances));
}
