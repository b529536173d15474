/** Pictures from latent space, and what the VAEs make of them. */
import { alongPath, interpolate, toLevels, type Vae } from '../../pkg/elbo_room.js';
import { toLatentGrid } from '../latent-grid.ts';
import type { LatentPoint, LatentSource } from '../protocol.ts';
import { sharedTime } from '../shared-time.ts';
import { PacedBatches } from '../together.ts';
import { shapeOf } from './images.ts';
import { hierarchy, vae } from './models.ts';
import { surface } from './surfaces.ts';
import { breathe, type Handlers, PROGRESS_MS } from './task.ts';

/** Between two looks at a growing plane. */
const PLANE_MS = 50;

function point(model: Vae, at: LatentPoint): Float32Array {
  return Float32Array.from('seed' in at ? model.samplePrior(at.seed) : at.z, toLatentGrid);
}

/** Latents on the slider grid, so that what is decoded is what the sliders and the URL say. */
function locate(model: Vae, source: LatentSource): number[] {
  const find = () => {
    if ('a' in source)
      return interpolate(
        point(model, source.a),
        point(model, source.b),
        source.position,
        source.mode,
      );
    if (!('path' in source)) return point(model, source);
    return alongPath(
      Float32Array.from(source.path),
      model.latents,
      Float64Array.of(source.position),
    );
  };
  return Array.from(find(), toLatentGrid);
}

export const latentHandlers: Handlers<
  'pixels' | 'encode' | 'prior' | 'decode' | 'plane' | 'classRegions' | 'generate' | 'reconstruct'
> = {
  pixels({ model, z, class: given }) {
    const means = vae(model).decode(z, given);
    return { means, levels: toLevels(means) };
  },

  encode: ({ model, image, class: given }) =>
    vae(model).encode(
      Float32Array.from(image, (level) => level / 255),
      given,
    ),

  prior: ({ model, seed }) => vae(model).samplePrior(seed),

  async decode({ model: id, sources, class: given, surface: name }) {
    const canvas = name === null ? null : await surface(name);
    const model = vae(id);
    const z = sources.map((source) => locate(model, source));
    const [points, condition] = [Float32Array.from(z.flat()), given ?? undefined];
    const levels = canvas
      ? model.paint(canvas, points, condition)
      : toLevels(model.decode(points, condition));
    return { z, levels, shape: shapeOf(model), painted: sharedTime() };
  },

  async plane({ model, surface: name, range, grids, class: given = null }, task) {
    const canvas = await surface(name);
    const plane = vae(model).plane({ range, grids: [...grids], class: given });
    const batches = new PacedBatches(PROGRESS_MS);
    try {
      // At once, and then as often as an eye can tell: painting the whole plane takes longer than decoding tiles.
      for (let painted = -PLANE_MS; ;) {
        batches.next((count) => plane.advance(count));
        const now = performance.now();
        if (plane.done || now - painted >= PLANE_MS) {
          plane.paint(canvas);
          task.progress(plane.decoded / plane.total);
          painted = now;
        }
        if (plane.done) return null;
        await breathe();
        if (task.cancelled) return null;
      }
    } finally {
      plane.free();
    }
  },

  classRegions: ({ model, shares }) => vae(model).classRegions(Float64Array.from(shares)),

  generate: ({ model, seeds }) =>
    seeds.map((layers) => toLevels(hierarchy(model).generate({ seeds: layers }))),

  reconstruct: ({ model, image, layers, seeds }) =>
    seeds.map((seed) =>
      toLevels(hierarchy(model).reconstruct(image, { posteriorLayers: layers, seed })),
    ),
};
