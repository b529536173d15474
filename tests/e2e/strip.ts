/** The latent lab's film strip between the samples of the prior with seeds 4 and 5. */
import { interpolate } from '../../www/pkg/elbo_room.js';
import { type Crate, decode, priorSample, tiled, toGrid } from './crate.ts';
import { expect, expectLevels, type Locator } from './fixtures.ts';

const SIDE = 28;

type Mode = 'linear' | 'spherical';

/** The picture at a position between the two. */
export function between(crate: Crate, position: number, mode: Mode): Uint8Array {
  const a = Float32Array.from(priorSample(crate, 4));
  const b = Float32Array.from(priorSample(crate, 5));
  return decode(crate, Array.from(interpolate(a, b, position, mode), toGrid));
}

/** The strip shows as many pictures as it has room for, evenly spaced from one to the other. */
export async function expectStrip(strip: Locator, crate: Crate, mode: Mode): Promise<void> {
  const widthOf = () => strip.evaluate(({ width }: HTMLCanvasElement) => width);
  await expect.poll(widthOf).toBeGreaterThan(4 * SIDE);
  const count = (await widthOf()) / SIDE;
  const frames = Array.from({ length: count }, (_, i) => between(crate, i / (count - 1), mode));
  await expectLevels(
    strip,
    tiled(
      frames.flatMap((frame) => [...frame]),
      count,
    ),
  );
}
