/// <reference types="vite-plugin-pwa/vanillajs" />
/** Filled in by vite.config.ts. */
declare const __REPOSITORY__: string;
declare const __ISSUES__: string;
declare const __CRATE_VERSION__: string;
/** Size of the wasm file, 0 where it is not known. */
declare const __WASM_BYTES__: number;
/** Of onnxruntime-web, the benchmark's peer. */
declare const __PEER_VERSION__: string;
/** Whether this is the page itself, and not an element of another one. */
declare const __PAGE__: boolean;
/** All styles, in the build of the element. */
declare const __STYLES__: string;
/** Whether the models come with the scores of a test set. */
declare const __EVALUATED__: boolean;

/** Of the private file system. */
interface FileSystemDirectoryHandle {
  keys(): AsyncIterableIterator<string>;
}

/** Its package has no types. */
declare module 'gifenc/dist/gifenc.esm.js' {
  type Palette = number[][];
  export function quantize(rgba: Uint8ClampedArray, colours: number): Palette;
  export function applyPalette(rgba: Uint8ClampedArray, palette: Palette): Uint8Array;
  export function GIFEncoder(): {
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { palette?: Palette; delay?: number },
    ): void;
    bytes(): Uint8Array;
    stream: { writeByte(byte: number): void; writeBytes(bytes: Uint8Array): void };
  };
}
