/** A picture of 8-bit levels and its form in the URL: black runs are counted, all else is written out. Pure: no DOM. */
import { fromBase64Url, toBase64Url } from './base64url.ts';

/** Rows times columns of every picture on the page. */
export const PIXELS = 28 * 28;

/** A level other than 0 stands for itself; 0 is followed by how many zeros there are, up to 255. */
export function printPixels(levels: Uint8Array): string {
  const bytes: number[] = [];
  for (let i = 0; i < levels.length;) {
    const level = levels[i] ?? 0;
    let run = 1;
    while (level === 0 && run < 255 && levels[i + run] === 0) run++;
    bytes.push(level);
    if (level === 0) bytes.push(run);
    i += run;
  }
  return toBase64Url(Uint8Array.from(bytes));
}

/** undefined where `text` does not stand for a picture. */
export function parsePixels(text: string): Uint8Array | undefined {
  const bytes = fromBase64Url(text, 2 * PIXELS);
  if (!bytes) return undefined;
  const levels = new Uint8Array(PIXELS);
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    const level = bytes[i] ?? 0;
    const run = level === 0 ? (bytes[++i] ?? 0) : 1;
    if (run === 0 || at + run > PIXELS) return undefined;
    if (level !== 0) levels[at] = level;
    at += run;
  }
  return at === PIXELS ? levels : undefined;
}
