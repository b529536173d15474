/** Data sets that the site brings along: the drawings of the crate, by names that an address can have. */
import type { WorkerClient } from '../../../engine/client.ts';
import { MNIST_SHAPE } from '../../../engine/facts.ts';
import { fromShares, toShares } from '../../drawing/strokes.ts';
import { messages } from '../../messages/index.ts';
import type { OpenedSet } from './opening.ts';
import { DRAWN } from './settings.ts';

type Drawn = (typeof DRAWN)[number];

export const isDrawn = (set: string): set is Drawn => (DRAWN as readonly string[]).includes(set);

/** Digits with their labels, or what is none with its name. */
export async function drawnSet(which: Drawn, client: WorkerClient): Promise<OpenedSet> {
  const shape = MNIST_SHAPE;
  const drawings = (await client.call('examples', null)).filter(
    ({ label }) => (label !== null) === (which === 'digits'),
  );
  const images = await Promise.all(
    drawings.map(({ strokes }) =>
      client.call('prepare', {
        of: { strokes: toShares(fromShares(strokes)) },
        format: { shape, digit: true },
      }),
    ),
  );
  const size = shape.channels * shape.height * shape.width;
  const levels = new Uint8Array(size * images.length);
  images.forEach((image, i) => levels.set(image, i * size));
  return {
    name: messages.setsLab.open.drawn[which],
    shape,
    count: images.length,
    levels,
    labels: drawings.map(({ name, label }) => (label === null ? name : String(label))),
    reading: 'levels',
  };
}
