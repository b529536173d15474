/** The source of the picture that labs share, and how it is written in an address. Pure. */
import { Bitmap } from '../../drawing/pixels.ts';
import { Drawing } from '../../drawing/strokes.ts';
import type { Codec } from '../../schema/codecs.ts';

/**
 * The picture: an example by its name (empty: the first), strokes of a drawing, the pixels of what was uploaded or sent from
 * another lab, or the checksum of a picture that is too large for an address and kept in this browser.
 */
export type ImageSource =
  { example: string } | { strokes: Drawing } | { pixels: Bitmap } | { kept: string };

const form = <Name extends string, T>(name: Name, value: T | undefined) =>
  value && ({ [name]: value } as Record<Name, T>);

const IMAGE_FORMS = new Map<string, (value: string) => ImageSource | undefined>([
  ['example', (example) => (/^[\w-]{0,32}$/.test(example) ? { example } : undefined)],
  ['strokes', (text) => form('strokes', Drawing.parse(text))],
  ['kept', (kept) => (/^[0-9a-f]{16}$/.test(kept) ? { kept } : undefined)],
  ['pixels', (text) => form('pixels', Bitmap.parse(text))],
]);

export const imageSource: Codec<ImageSource> = {
  parse(text) {
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : IMAGE_FORMS.get(text.slice(0, colon))?.(text.slice(colon + 1));
  },
  print: (value) =>
    Object.entries<string | Drawing | Bitmap>(value)
      .map(([name, of]) => `${name}:${String(of)}`)
      .join(),
};

/** What only equal sources share. */
export const keyOf = (source: ImageSource): string => imageSource.print(source);
