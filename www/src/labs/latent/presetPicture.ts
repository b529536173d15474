import { hasLatents } from '../../../engine/facts.ts';
import { LATENT_RANGE, toLatentGrid } from '../../../engine/latent-grid.ts';
import { type Point as Latents, settings } from './settings.ts';
import { SHARES, toCoordinates, toShare, toSvgPath } from './map/plane.ts';
import { standardOf } from '../../schema/rows.ts';
import type { Painter } from '../../../vite/pictures/painter.ts';
import { type Point, Sheet, WHOLE } from '../../../vite/pictures/sheet.ts';

/** Of a walk. */
const FRAMES = 8;

const isStandard = (map: object) =>
  JSON.stringify(map) === JSON.stringify(standardOf(settings.map));

/** What is decoded: the way, the ends of it, or a point beside its latents. The map, where the state is about it. */
export const picture: Painter = async (site, state) => {
  if (!isStandard(state.map)) return mapPicture(site, state);
  const { at, a, b, mode, points } = state.latent;
  const entry = site.entry('decoder', state.decoder);
  if (!entry) return null;
  const vae = await site.model(entry);
  const { crate } = site;
  const { image: shape } = entry;
  const sheet = new Sheet(crate);
  const place = (of: Latents) =>
    Float32Array.from('seed' in of ? vae.samplePrior(of.seed) : of.z, toLatentGrid);
  const decoded = (z: Float32Array) => crate.toLevels(vae.decode(z));
  if (points)
    return sheet.image(decoded(place(a)), shape, 0).image(decoded(place(b)), shape, WHOLE).picture;
  if ('position' in at) {
    const frames = Array.from({ length: FRAMES }, (_, i) =>
      crate.interpolate(place(a), place(b), i / (FRAMES - 1), mode),
    );
    const levels = frames.map((z) => decoded(z.map(toLatentGrid)));
    return sheet.images(Uint8Array.from(levels.flatMap((of) => [...of])), shape, 0, FRAMES / 2)
      .picture;
  }
  const z = place(at);
  sheet.image(decoded(z), shape, 0);
  const [left, step, middle] = [WHOLE + 3, (WHOLE - 6) / z.length, WHOLE / 2];
  const axis: Point[] = [
    [left, middle],
    [2 * WHOLE - 3, middle],
  ];
  sheet.line('axis', axis);
  for (const [i, value] of z.entries()) {
    const height = ((middle - 3) * Math.abs(value)) / LATENT_RANGE;
    const top = value > 0 ? middle - height : middle;
    sheet.box('a', left + i * step, top, Math.max(0.5, step - 0.4), height);
  }
  return sheet.picture;
};

const mapPicture: Painter = async (site, { map }) => {
  const planes = site.entries.filter(
    (entry) => hasLatents(entry) && entry.latents.count === 2 && entry.files.density,
  );
  const entry = site.entry('decoder', map.model === '' ? planes[0]?.id : map.model);
  if (!entry?.files.density) return null;
  const vae = await site.model(entry);
  const sheet = new Sheet(site.crate).box('sunken', 0, 0, WHOLE, WHOLE);
  for (const { contours } of vae.classRegions(Float64Array.from(SHARES)))
    sheet.add('tint-1', toSvgPath(contours[0] ?? [], WHOLE));
  const way = Float32Array.from(toCoordinates(map.path));
  sheet.add('line', toSvgPath([way], WHOLE));
  const z =
    'z' in map.at
      ? Float32Array.from(map.at.z)
      : site.crate.alongPath(way, 2, Float64Array.of(map.at.position));
  const [right, down] = toShare([z[0] ?? 0, z[1] ?? 0]);
  sheet.dot('a', [WHOLE * right, WHOLE * down], 3);
  const levels = site.crate.toLevels(vae.decode(z.map(toLatentGrid)));
  return sheet.image(levels, entry.image, WHOLE).picture;
};
