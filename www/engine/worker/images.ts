/** Images as the models of this worker take them, and as canvases do. */
import { resampleImage } from '../../pkg/elbo_room.js';
import { isSameShape } from '../facts.ts';
import type { ImageShape, Pixels } from '../protocol.ts';

/** A model by what it says of its images. */
type Shaped = Readonly<ImageShape>;

export const shapeOf = ({ channels, height, width }: Shaped): ImageShape => ({
  channels,
  height,
  width,
});

/** An image for a model, resampled where it has another shape. */
export const levelsFor = (model: Shaped, { levels, shape }: Pixels): Uint8Array =>
  isSameShape(model, shape) ? levels : resampleImage(levels, shape, shapeOf(model));
