import { expect, it } from 'vitest';
import { missingFeatures } from './support.ts';

const complete = {
  WebAssembly,
  Worker: class {},
  OffscreenCanvas: class {},
  HTMLCanvasElement: class {
    transferControlToOffscreen() {}
  },
};
const browser = (part: object) => ({ ...complete, ...part }) as unknown as typeof globalThis;

it('misses nothing in a complete browser', () => expect(missingFeatures(browser({}))).toEqual([]));

it.each([
  [{ WebAssembly: undefined }, ['webassembly', 'simd']],
  [{ WebAssembly: { validate: () => false } }, ['simd']],
  [{ Worker: undefined }, ['workers']],
  [{ OffscreenCanvas: undefined }, ['offscreenCanvas']],
  [{ HTMLCanvasElement: class {} }, ['offscreenCanvas']],
])('names what is missing: %#', (part, missing) =>
  expect(missingFeatures(browser(part))).toEqual(missing),
);
