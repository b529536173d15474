/** The chain on display as pictures that leave the page. Fetched when it is used. */
import { filmOf, MOST_FRAMES, STRIP_FRAMES } from '../../share/film.ts';
import { enlarged, evenly, rasterOf, sideBySide } from '../../share/raster.ts';
import type { Asked, Film, Raster } from '../../share/subject.ts';
import type { ChainLab } from './lab.svelte.ts';
import type { ChainSettings } from './settings.ts';

type Shown = Pick<ChainSettings, 'samples' | 'speed'>;

/** x_t beside what the network makes of it, as fast as it plays on the page. */
export async function chainFilm(
  lab: ChainLab,
  { samples, speed }: Shown,
  asked: Asked,
): Promise<Film> {
  const count = lab.available;
  const { shape, frames } = await lab.frames(evenly(count, MOST_FRAMES), {
    signal: asked.signal,
    onProgress: asked.onProgress,
  });
  const columns = Math.sqrt(samples);
  const pictures = frames.map(({ x, predictedX0 }) =>
    sideBySide(
      [x, predictedX0].map((levels) => enlarged(rasterOf(levels, shape, columns), 2)),
      4,
    ),
  );
  return filmOf(pictures, count / speed);
}

/** States x_t of the chain from its start to its end, in a row. */
export async function chainStrip(
  lab: ChainLab,
  { samples }: Pick<Shown, 'samples'>,
): Promise<Raster | null> {
  if (lab.available === 0) return null;
  const { shape, frames } = await lab.frames(evenly(lab.available, STRIP_FRAMES));
  return sideBySide(frames.map(({ x }) => rasterOf(x, shape, Math.sqrt(samples))));
}
