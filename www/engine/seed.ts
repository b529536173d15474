/** A fresh random seed, an integer from 0 to 2^32 - 1. */
export const randomSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
