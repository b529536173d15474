/** What both engines are given: fixed, dense values in the networks' ranges, so that neither meets a zero it could skip. */

/** In [-1, 1], without a period that a network's strides share. */
const wave = (count: number, scale = 1) =>
  Float32Array.from({ length: count }, (_, i) => scale * Math.sin(1 + 0.731 * i));

/** What the crate's `probeOnnx` gives to each input of real numbers. */
export const probe = (count: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(Math.fround(Math.fround(0.37) * i)));

export const latents = (count: number) => wave(count, 2);

/** Values in [0, 1]. */
export const picture = (pixels: number) => wave(pixels).map((value) => (value + 1) / 2);

export const noisy = (pixels: number) => wave(pixels, 1.5);

/** Signal and noise in equal parts, where the parameterizations `lattice` and `v` are one. */
export const LOG_SNR = 0;
export const CLASS = 3;

const clamp = (value: number) => Math.min(1, Math.max(-1, value));

/** The clean image that a raw network output stands for at `LOG_SNR` (Salimans & Ho 2022), as the crate's `predict` gives it. */
export function cleanImage(
  parameterization: string,
  xT: ArrayLike<number>,
  output: ArrayLike<number>,
): Float64Array {
  if (parameterization !== 'v' && parameterization !== 'lattice') {
    throw new Error(`outputs of the parameterization ${parameterization} are not compared here`);
  }
  const share = Math.sqrt(0.5);
  return Float64Array.from(xT, (x, i) => clamp(share * x - share * (output[i] as number)));
}

export const sigmoid = (values: ArrayLike<number>) =>
  Float64Array.from(values, (value) => 1 / (1 + Math.exp(-value)));
