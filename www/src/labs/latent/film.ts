/** A walk through latent space as a film. Fetched when it is used. */
import type { LatentSource } from '../../../engine/protocol.ts';
import { filmOf } from '../../share/film.ts';
import { rasterOf } from '../../share/raster.ts';
import type { Asked, Film, Raster } from '../../share/subject.ts';
import type { Decode } from './lab.svelte.ts';

/** Pictures on the way there; the way back shows them again. */
const FRAMES = 61;
/** Points that are decoded in one go. */
const BATCH = 8;

export async function walkFilm(
  at: (position: number) => LatentSource,
  decode: Decode,
  seconds: number,
  { signal, onProgress }: Asked,
): Promise<Film> {
  const there: Raster[] = [];
  while (there.length < FRAMES) {
    signal.throwIfAborted();
    const count = Math.min(BATCH, FRAMES - there.length);
    const sources = Array.from({ length: count }, (_, i) => at((there.length + i) / (FRAMES - 1)));
    const { levels, shape } = await decode(sources);
    const size = levels.length / count;
    for (let i = 0; i < count; i++)
      there.push(rasterOf(levels.subarray(i * size, (i + 1) * size), shape));
    onProgress(there.length / FRAMES);
  }
  return filmOf([...there, ...there.slice(1, -1).reverse()], seconds);
}
