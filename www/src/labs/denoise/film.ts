/** The chains on display as pictures that leave the page. Fetched when it is used. */
import type { FilmFrames } from '../../../engine/protocol.ts';
import { filmOf, MOST_FRAMES, STRIP_FRAMES } from '../../share/film.ts';
import { enlarged, evenly, rasterOf, sideBySide, stacked } from '../../share/raster.ts';
import type { Asked, Film, Raster } from '../../share/subject.ts';
import type { Chain } from './chain.svelte.ts';
import type { ChainLab } from './lab.svelte.ts';
import type { ChainSettings } from './settings.ts';

type Shown = Pick<ChainSettings, 'samples' | 'speed'>;

/** x_t beside what the network makes of it, as fast as it plays on the page; that of a second chain to the right. */
export async function chainFilm(
  { chain, beside }: ChainLab,
  { samples, speed }: Shown,
  asked: Asked,
): Promise<Film> {
  const count = beside.on ? beside.reach(chain.available - 1) + 1 : chain.available;
  const indices = evenly(count, MOST_FRAMES);
  const chains = beside.on ? 2 : 1;
  const ask = (of: Chain, which: number[], done: number) =>
    of.frames(which, {
      signal: asked.signal,
      onProgress: (share) => asked.onProgress((done + share) / chains),
    });
  const films = [await ask(chain, indices, 0)];
  if (beside.on) {
    const belonging = indices.map((index) => beside.stepFor(index));
    films.push(await ask(beside.chain, belonging, 1));
  }
  const columns = Math.sqrt(samples);
  const pictures = Array.from({ length: Math.min(...films.map(lengthOf)) }, (_, i) =>
    sideBySide(
      films.flatMap(({ shape, frames }) => {
        const { x, predictedX0 } = frames[i] ?? { x: [], predictedX0: [] };
        return [x, predictedX0].map((levels) => enlarged(rasterOf(levels, shape, columns), 2));
      }),
      4,
    ),
  );
  return filmOf(pictures, count / speed);
}

const lengthOf = ({ frames }: FilmFrames) => frames.length;

/** States x_t of a chain from its start to its end, in a row. */
export async function chainStrip(
  chain: Chain,
  { samples }: Pick<Shown, 'samples'>,
): Promise<Raster | null> {
  if (chain.available === 0) return null;
  const { shape, frames } = await chain.frames(evenly(chain.available, STRIP_FRAMES));
  return sideBySide(frames.map(({ x }) => rasterOf(x, shape, Math.sqrt(samples))));
}

/** That of the second chain below. */
export async function chainStrips(
  { chain, beside }: ChainLab,
  shown: Pick<Shown, 'samples'>,
): Promise<Raster | null> {
  const strips = [await chainStrip(chain, shown)];
  if (beside.on) strips.push(await chainStrip(beside.chain, shown));
  const there = strips.filter((strip) => strip !== null);
  return there.length === 0 ? null : stacked(there);
}
