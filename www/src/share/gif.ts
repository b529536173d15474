/** A film as an animated GIF. Fetched when it is used. */
import { applyPalette, GIFEncoder, quantize } from 'gifenc/dist/gifenc.esm.js';
import { type Asked, type Film, type Imprint, type Raster, SOFTWARE } from './subject.ts';

const COLOURS = 256;
/** The unit of a GIF's delays, in milliseconds; browsers take less than two of them for ten. */
const TICK = 10;
const LAST_FRAME_MS = 1500;
/** A block of a comment holds no more bytes. */
const BLOCK = 255;
const TRAILER = 0x3b;

const GREYS = Array.from({ length: COLOURS }, (_, level) => [level, level, level]);

function isGrey({ rgba }: Raster): boolean {
  for (let i = 0; i < rgba.length; i += 4)
    if (rgba[i] !== rgba[i + 1] || rgba[i] !== rgba[i + 2]) return false;
  return true;
}

/** A comment extension (GIF89a, section 24) of a text in UTF-8. */
function comment(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const out = [0x21, 0xfe];
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK);
    out.push(block.length, ...block);
  }
  return Uint8Array.from([...out, 0]);
}

/** The level itself is the colour's number where all is grey: such a film loses nothing. */
function indexed(frame: Raster, grey: boolean): { index: Uint8Array; palette: number[][] } {
  if (grey) {
    const index = new Uint8Array(frame.width * frame.height);
    for (let i = 0; i < index.length; i++) index[i] = frame.rgba[4 * i] ?? 0;
    return { index, palette: GREYS };
  }
  const palette = quantize(frame.rgba, COLOURS);
  return { index: applyPalette(frame.rgba, palette), palette };
}

export async function toGif(
  { frames, delay }: Film,
  { title, address }: Imprint,
  { signal, onProgress }: Asked,
): Promise<Uint8Array<ArrayBuffer>> {
  const gif = GIFEncoder();
  const grey = frames.every(isGrey);
  for (const [i, frame] of frames.entries()) {
    signal.throwIfAborted();
    const { index, palette } = indexed(frame, grey);
    gif.writeFrame(index, frame.width, frame.height, {
      // The greys stand once, before all frames.
      ...((!grey || i === 0) && { palette }),
      delay: i === frames.length - 1 ? LAST_FRAME_MS : Math.max(2 * TICK, delay),
    });
    onProgress((i + 1) / frames.length);
    await new Promise((resolve) => setTimeout(resolve));
  }
  gif.stream.writeBytes(comment(`${title}\n${address}\n${SOFTWARE}`));
  gif.stream.writeByte(TRAILER);
  return gif.bytes() as Uint8Array<ArrayBuffer>;
}
