/** How informative the latents of a VAE are on pictures of the visitor's. */
import { readingSide, Sheet } from '../../drawing/upload.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import { formatOf } from '../../../engine/facts.ts';
import type { VaeEntry } from '../../../engine/protocol.ts';

/** The mean KL of each latent over pictures, in nats. */
export async function klOver(
  engine: Engine,
  entry: VaeEntry,
  files: readonly File[],
  given: number | null,
): Promise<number[]> {
  const { client } = engine.decoder;
  const format = formatOf(entry);
  const side = readingSide(Math.max(format.shape.height, format.shape.width));
  const images = await Promise.all(
    files.map(async (file) => {
      const of = (await Sheet.open(file)).read(side);
      const { levels } = await client.call('read', { of, format, whole: false });
      // What is not one digit is taken as it is.
      return levels ?? (await client.call('read', { of, format, whole: true })).levels;
    }),
  );
  const levels = Uint8Array.from(images.flatMap((image) => [...(image ?? [])]));
  const params = { model: entry.id, images: levels, class: given };
  return engine.pool.use(entry.id, (worker) => worker.call('estimateKl', params));
}
