/** Films of what the labs compute, in the size of a slide's figure. Pure. */
import { enlarged } from './raster.ts';
import type { Film, Raster } from './subject.ts';

/** Frames of a film, at most: a GIF of more is too large to be sent. */
export const MOST_FRAMES = 120;
/** Frames of a film strip. */
export const STRIP_FRAMES = 11;
/** A film's height in pixels, at least; small pictures are enlarged by a whole factor. */
const LEAST_HEIGHT = 224;
/** Limits of how long a frame is shown, in milliseconds: what a GIF can say, and what still moves. */
const DELAYS = [20, 200] as const;

/** A film that lasts so many seconds, within what a frame can be shown. */
export function filmOf(frames: readonly Raster[], seconds: number): Film {
  const height = frames[0]?.height ?? LEAST_HEIGHT;
  const factor = Math.max(1, Math.ceil(LEAST_HEIGHT / height));
  const delay = Math.round((1000 * seconds) / Math.max(1, frames.length) / 10) * 10;
  return {
    frames: frames.map((frame) => enlarged(frame, factor)),
    delay: Math.min(DELAYS[1], Math.max(DELAYS[0], delay)),
  };
}
