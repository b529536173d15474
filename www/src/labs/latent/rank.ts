/** How informative the latents of a VAE are on pictures of the visitor's. */
import { readImage } from '../../drawing/upload.ts';
import type { Engine } from '../../engine/engine.svelte.ts';
import { formatOf } from '../../engine/facts.ts';
import type { VaeEntry } from '../../engine/protocol.ts';

/** The mean KL of each latent over pictures, in nats; the scorer must hold the model. */
export async function klOver(
  engine: Engine,
  entry: VaeEntry,
  files: readonly File[],
  given: number | null,
): Promise<number[]> {
  const { client } = engine.scorer;
  const format = formatOf(entry);
  const longest = Math.max(format.shape.height, format.shape.width);
  const images = await Promise.all(
    files.map(async (file) => {
      const of = await readImage(file, longest);
      return client.call('prepare', { of, format });
    }),
  );
  const levels = Uint8Array.from(images.flatMap((image) => [...image]));
  return client.call('estimateKl', { model: entry.id, images: levels, class: given });
}
