/** What only this page knows, as the address writes it: points of latent space, paths, pictures, digits. */
import { MOST_PIXEL_TEXT, parsePixels } from '../drawing/pixels.ts';
import { parseStrokes, printStrokes, type Stroke } from '../drawing/strokes.ts';
import { LATENT_RANGE } from '../engine/latent-grid.ts';
import {
  type ImageSource,
  MOST_CLASSES,
  MOST_CORNERS,
  MOST_LATENTS,
  type PageState,
  type Point,
  type Whereabouts,
} from '../state.ts';
import { type Codec, decimal, integer } from './codecs.ts';

export const modelId: Codec<string> = {
  parse: (text) => (/^[\w.-]{1,64}$/.test(text) ? text : undefined),
  print: (value) => value,
};

export const digit: Codec<number | null> = {
  parse: (text) => (text === 'none' ? null : integer(0, MOST_CLASSES - 1).parse(text)),
  print: (value) => (value === null ? 'none' : String(value)),
};

/** Seeds are unsigned 32-bit integers. */
export const seed = integer(0, 2 ** 32 - 1);
const coordinate = decimal(-LATENT_RANGE, LATENT_RANGE, 2);

export const point: Codec<Point> = {
  parse(text) {
    if (text.startsWith('seed:')) {
      const value = seed.parse(text.slice('seed:'.length));
      return value === undefined ? undefined : { seed: value };
    }
    const z = text.split(',', MOST_LATENTS + 1).map(coordinate.parse);
    return z.length <= MOST_LATENTS && z.every((value) => value !== undefined) ? { z } : undefined;
  },
  // Trailing zeros say nothing: `fitToModels` fills up to the model's number of latents.
  print(value) {
    if ('seed' in value) return `seed:${value.seed}`;
    return value.z
      .map(coordinate.print)
      .join(',')
      .replace(/(,0)+$/, '');
  },
};

const position = decimal(0, 1, 2);

export const whereabouts: Codec<Whereabouts> = {
  parse(text) {
    if (!text.startsWith('path:')) return point.parse(text);
    const value = position.parse(text.slice('path:'.length));
    return value === undefined ? undefined : { position: value };
  },
  print: (value) =>
    'position' in value ? `path:${position.print(value.position)}` : point.print(value),
};

export const place: Codec<PageState['map']['at']> = {
  parse(text) {
    const at = whereabouts.parse(text);
    if (!at || 'seed' in at || 'position' in at) return at && 'position' in at ? at : undefined;
    const [x = 0, y = 0] = at.z;
    return at.z.length <= 2 ? { z: [x, y] } : undefined;
  },
  print: (value) => whereabouts.print('z' in value ? { z: [...value.z] } : value),
};

export const path: Codec<Stroke> = {
  parse(text) {
    const [stroke, ...more] = parseStrokes(text) ?? [];
    return stroke && more.length === 0 && stroke.length <= 2 * MOST_CORNERS ? stroke : undefined;
  },
  print: (value) => (value.length === 0 ? '' : printStrokes([value])),
};

const IMAGE_FORMS = new Map<string, (value: string) => ImageSource | undefined>([
  ['example', (example) => (/^[\w-]{0,32}$/.test(example) ? { example } : undefined)],
  ['strokes', (strokes) => (parseStrokes(strokes) ? { strokes } : undefined)],
  [
    'pixels',
    (pixels) => (pixels.length <= MOST_PIXEL_TEXT && parsePixels(pixels) ? { pixels } : undefined),
  ],
]);

export const image: Codec<ImageSource> = {
  parse(text) {
    const colon = text.indexOf(':');
    return colon < 0 ? undefined : IMAGE_FORMS.get(text.slice(0, colon))?.(text.slice(colon + 1));
  },
  // What no address can carry is left out of it.
  print: (value) =>
    'pixels' in value && value.pixels.length > MOST_PIXEL_TEXT
      ? 'example:'
      : (Object.entries(value)[0]?.join(':') ?? ''),
};
