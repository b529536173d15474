/** What the latent lab and its map can be set to, and how points and paths are written in an address. Pure. */
import { parseStrokes, printStrokes, type Stroke } from '../../drawing/strokes.ts';
import { LATENT_RANGE } from '../../../engine/latent-grid.ts';
import { isOwn } from '../../../engine/own.ts';
import { bare, choice, type Codec, decimal, integer, list, optional } from '../../schema/codecs.ts';
import { row, standardOf, type StateOf } from '../../schema/rows.ts';
import { classIndex, modelId, MOST_CLASSES, seed } from '../../schema/values.ts';
import type { ModelFacts, Reject } from '../define.ts';

export const PATH_MODES = ['linear', 'spherical'] as const;
export type PathMode = (typeof PATH_MODES)[number];
/** What the latent map shows: decoded digits, where the classes lie, or one over the other. */
export const MAP_VIEWS = ['both', 'digits', 'classes'] as const;
/** Corners that a path can have: some hundred characters of the address. */
export const MOST_CORNERS = 100;
/** As many numbers as a point of latent space can have here. */
const MOST_LATENTS = 1024;

/** A place in latent space: drawn from the prior by a seed, or given by its coordinates in the model's own order. */
export type Point = { seed: number } | { z: number[] };
/** What the latent lab shows: a point, or a position in [0, 1] on the path from A to B. */
export type LatentPosition = Point | { position: number };
/** A point of the map's plane, or a position in [0, 1] on the path. */
export type Place = { z: [number, number] } | { position: number };

const coordinate = decimal(-LATENT_RANGE, LATENT_RANGE, 2);

const point: Codec<Point> = {
  parse(text) {
    if (text.startsWith('seed:')) {
      const value = seed.parse(text.slice('seed:'.length));
      return value === undefined ? undefined : { seed: value };
    }
    const z = text.split(',', MOST_LATENTS + 1).map(coordinate.parse);
    return z.length <= MOST_LATENTS && z.every((value) => value !== undefined) ? { z } : undefined;
  },
  // Trailing zeros say nothing: `fitModels` fills up to the model's number of latents.
  print(value) {
    if ('seed' in value) return `seed:${value.seed}`;
    return value.z
      .map(coordinate.print)
      .join(',')
      .replace(/(,0)+$/, '');
  },
};

const position = decimal(0, 1, 2);

const latentPosition: Codec<LatentPosition> = {
  parse(text) {
    if (!text.startsWith('path:')) return point.parse(text);
    const value = position.parse(text.slice('path:'.length));
    return value === undefined ? undefined : { position: value };
  },
  print: (value) =>
    'position' in value ? `path:${position.print(value.position)}` : point.print(value),
};

const place: Codec<Place> = {
  parse(text) {
    const at = latentPosition.parse(text);
    if (!at || 'seed' in at || 'position' in at) return at && 'position' in at ? at : undefined;
    const [x = 0, y = 0] = at.z;
    return at.z.length <= 2 ? { z: [x, y] } : undefined;
  },
  print: (value) => latentPosition.print('z' in value ? { z: [...value.z] } : value),
};

/** Corners x0, y0, x1, y1, … on the grid of drawing/strokes.ts, laid over the plane; empty: no path. */
const path: Codec<Stroke> = {
  parse(text) {
    const [stroke, ...more] = parseStrokes(text) ?? [];
    return stroke && more.length === 0 && stroke.length <= 2 * MOST_CORNERS ? stroke : undefined;
  },
  print: (value) => (value.length === 0 ? '' : printStrokes([value])),
};

export const settings = {
  latent: {
    at: row('z', latentPosition, { seed: 28 }),
    a: row('a', point, { seed: 28 }),
    b: row('b', point, { seed: 45 }),
    mode: row('path', choice(PATH_MODES), 'spherical'),
    /** Of a VAE that is conditioned on one. */
    class: row('class', classIndex, null),
    /** The id of a second model under the same sliders. */
    beside: row('vs.vae', optional(modelId.parse, String), null),
    /** Whether A and B stand beside each other. */
    points: row('vs.points', bare, false),
  },
  map: {
    /** The model's id; empty means the first with two latents. */
    model: row('mapModel', modelId, ''),
    at: row('map', place, { z: [0, 0] }),
    path: row('way', path, []),
    show: row('mapView', choice(MAP_VIEWS), 'both'),
    /** Classes that are switched off. */
    hidden: row('hide', list(integer(0, MOST_CLASSES - 1), ',', MOST_CLASSES), []),
  },
};

type State = StateOf<typeof settings>;

export function fit({ map }: State, reject: Reject): void {
  if (!('position' in map.at) || map.path.length > 0) return;
  reject('map', place.print(map.at));
  map.at = standardOf(settings.map).at;
}

/** Points with fewer coordinates than the model has are filled up; those with more give way. */
export function fitModels(
  { latent }: State,
  { decoder, decoders }: ModelFacts,
  reject: Reject,
): void {
  if (!decoder) return;
  const { beside } = latent;
  const fits = decoders.some(
    ({ id, latents }) => id === beside && id !== decoder.id && latents === decoder.latents,
  );
  if (beside !== null && !fits && !isOwn(beside)) {
    reject(settings.latent.beside.key, beside);
    latent.beside = null;
  }
  const standard = standardOf(settings.latent);
  const resize = <T extends LatentPosition>(key: string, at: T, fallback: T): T => {
    if (!('z' in at)) return at;
    if (at.z.length > decoder.latents) {
      reject(key, latentPosition.print(at));
      return fallback;
    }
    return at.z.length === decoder.latents
      ? at
      : { ...at, z: [...at.z, ...Array<number>(decoder.latents - at.z.length).fill(0)] };
  };
  latent.at = resize('z', latent.at, standard.at);
  latent.a = resize('a', latent.a, standard.a);
  latent.b = resize('b', latent.b, standard.b);
}
