/** The difference of two pictures: signed, in colours that run from blue over white to orange. Pure. */
import type { ImageShape } from '../../engine/protocol.ts';
import { rasterOf } from '../share/raster.ts';
import type { Raster } from '../share/subject.ts';

export interface Difference {
  /** b − a, level by level. */
  values: Int16Array;
  /** Of all absolute differences, in levels. */
  mean: number;
  most: number;
  /** Ends of the colour scale, ± so many levels: the least of `RANGES` that holds all. */
  range: number;
}

/** Few, so that the colours of a film do not change their meaning at every frame. */
export const RANGES = [8, 16, 32, 64, 128, 255] as const;

export function differenceOf(a: ArrayLike<number>, b: ArrayLike<number>): Difference {
  const values = Int16Array.from(a, (level, i) => (b[i] ?? 0) - level);
  let [sum, most] = [0, 0];
  for (const value of values) {
    sum += Math.abs(value);
    most = Math.max(most, Math.abs(value));
  }
  const range = RANGES.find((end) => end >= most) ?? 255;
  return { values, mean: values.length > 0 ? sum / values.length : 0, most, range };
}

type Colour = readonly [red: number, green: number, blue: number];

/**
 * From −1 to 1 in equal steps: ColorBrewer's blues (of RdBu) and oranges (of PuOr) about one white, told apart under every kind of
 * colour blindness, and as dark on one side as on the other.
 */
const SCALE: readonly Colour[] = [
  [5, 48, 97],
  [33, 102, 172],
  [67, 147, 195],
  [146, 197, 222],
  [209, 229, 240],
  [247, 247, 247],
  [254, 224, 182],
  [253, 184, 99],
  [224, 130, 20],
  [179, 88, 6],
  [127, 59, 8],
];

/** The colour of a share of the range, from −1 to 1. */
export function divergingColour(share: number): Colour {
  const place = ((Math.min(1, Math.max(-1, share)) + 1) / 2) * (SCALE.length - 1);
  const below = Math.min(SCALE.length - 2, Math.floor(place));
  const [low, high] = [SCALE[below], SCALE[below + 1]];
  const mixed = (channel: 0 | 1 | 2) => {
    const [from, to] = [low?.[channel] ?? 0, high?.[channel] ?? 0];
    return Math.round(from + (to - from) * (place - below));
  };
  return [mixed(0), mixed(1), mixed(2)];
}

/** For CSS, from the negative end to the positive one. */
export const SCALE_GRADIENT = `linear-gradient(to right, ${SCALE.map((colour) => `rgb(${colour.join(' ')})`).join(', ')})`;

/** As a picture; the channels of a pixel give the mean of their differences. */
export function rasterOfDifference(
  { values, range }: Difference,
  { channels, height, width }: ImageShape,
  columns = 1,
): Raster {
  const levels = new Uint8ClampedArray((3 * values.length) / channels);
  for (let pixel = 0; pixel < values.length / channels; pixel++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++)
      sum += values[pixel * channels + channel] ?? 0;
    levels.set(divergingColour(sum / channels / range), 3 * pixel);
  }
  return rasterOf(levels, { channels: 3, height, width }, columns);
}
