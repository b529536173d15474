/** The fit on display as a film, from its start to where it is. Fetched when it is used. */
import { filmOf, MOST_FRAMES } from '../../share/film.ts';
import { evenly } from '../../share/raster.ts';
import type { Asked, Film } from '../../share/subject.ts';
import type { InferenceLab } from './lab.svelte.ts';

/** Pixels along each side. */
const SIDE = 320;

export async function fitFilm(lab: InferenceLab, { signal, onProgress }: Asked): Promise<Film> {
  const { iterations, pace } = lab.settings;
  const frames = await lab.frames(evenly(iterations + 1, MOST_FRAMES), SIDE, {
    signal,
    onProgress,
  });
  const pictures = frames.map((rgba) => ({ width: SIDE, height: SIDE, rgba }));
  return filmOf(pictures, iterations / pace);
}
