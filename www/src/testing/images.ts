/** Images for tests. */
import { dimensionsOf, MNIST_SHAPE } from '../../engine/facts.ts';
import type { ImageShape, Pixels } from '../../engine/protocol.ts';
import { fc } from './properties.ts';

/** One level everywhere; of MNIST's shape if no other is named. */
export const flat = (level: number, shape: ImageShape = MNIST_SHAPE): Pixels => ({
  levels: new Uint8Array(dimensionsOf(shape)).fill(level),
  shape,
});

const side = fc.integer({ min: 1, max: 40 });
const shapes: fc.Arbitrary<ImageShape> = fc.oneof(
  fc.constant(MNIST_SHAPE),
  fc.record({ channels: fc.constantFrom(1, 3), height: side, width: side }),
);

/** Images of any shape: noise, and drawings, which are mostly black, with runs of every length. */
export const images: fc.Arbitrary<Pixels> = shapes.chain((shape) => {
  const count = dimensionsOf(shape);
  const drawn = fc
    .array(fc.tuple(fc.nat(600), fc.uint8Array({ minLength: 1, maxLength: 30 })), { maxLength: 20 })
    .map((runs) => {
      const levels = new Uint8Array(count);
      let at = 0;
      for (const [black, ink] of runs) {
        at += black;
        levels.set(ink.subarray(0, Math.max(0, count - at)), Math.min(at, count));
        at += ink.length;
      }
      return levels;
    });
  const noise = fc.uint8Array({ minLength: count, maxLength: count });
  return fc.oneof(noise, drawn).map((levels) => ({ levels, shape }));
});
