/** A module whose one function uses v128: what engines without SIMD refuse to validate. */
const SIMD_PROBE = new Uint8Array([
  0x00,
  0x61,
  0x73,
  0x6d,
  0x01,
  0x00,
  0x00,
  0x00, // \0asm, version 1
  0x01,
  0x05,
  0x01,
  0x60,
  0x00,
  0x01,
  0x7b, // type: () -> v128
  0x03,
  0x02,
  0x01,
  0x00, // one function of that type
  0x0a,
  0x0a,
  0x01,
  0x08,
  0x00,
  0x41,
  0x00,
  0xfd,
  0x0f,
  0xfd,
  0x62,
  0x0b, // i32.const 0, i8x16.splat, i8x16.popcnt
]);

const FEATURES = ['webassembly', 'simd', 'workers', 'offscreenCanvas'] as const;
export type Feature = (typeof FEATURES)[number];

/** What this browser lacks of what the page cannot do without. */
export function missingFeatures(scope: typeof globalThis = globalThis): Feature[] {
  const has: Record<Feature, boolean> = {
    webassembly: typeof scope.WebAssembly === 'object',
    simd: typeof scope.WebAssembly === 'object' && scope.WebAssembly.validate(SIMD_PROBE),
    workers: typeof scope.Worker === 'function',
    offscreenCanvas:
      typeof scope.OffscreenCanvas === 'function' &&
      typeof scope.HTMLCanvasElement.prototype.transferControlToOffscreen === 'function',
  };
  return FEATURES.filter((feature) => !has[feature]);
}
