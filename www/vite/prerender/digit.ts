/** The first picture of the latent lab, as the model itself gives it, for the document to show before any script runs. */
import { toLatentGrid } from '../../engine/latent-grid.ts';
import { settings } from '../../src/labs/latent/settings.ts';
import { standardOf } from '../../src/schema/rows.ts';
import { type Grid, runs } from '../pixels.ts';
import { Site } from '../site.ts';

/** What the page paints at its own address; null where the first VAE has another size of latents, or colours. */
export async function firstDigit(root: string): Promise<Grid | null> {
  const { at } = standardOf(settings.latent);
  const site = await Site.open(root);
  const entry = site.entry('decoder');
  if (!entry || !('seed' in at) || entry.image.channels !== 1) return null;
  const vae = await site.model(entry);
  const z = Float32Array.from(vae.samplePrior(at.seed), toLatentGrid);
  const { width, height } = entry.image;
  return { width, height, levels: site.crate.toLevels(vae.decode(z)) };
}

/** Its pixels as squares, those of each level in one path; black is left to the ground. */
export function svgOf(digit: Grid): string {
  const paths = [...runs(digit)].map(
    ([level, path]) => `<path fill="#${level.repeat(3)}" d="${path}"/>`,
  );
  return `<svg class="first-digit" viewBox="0 0 ${digit.width} ${digit.height}" shape-rendering="crispEdges" aria-hidden="true">${paths.join('')}</svg>`;
}

/** The levels that such a picture has. */
export function levelsIn(svg: string): Uint8Array {
  const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []).map(Number);
  const levels = new Uint8Array(width * height);
  for (const [, level = '', path = ''] of svg.matchAll(/fill="#(\w\w)\w+" d="([^"]*)"/g)) {
    for (const [, x, y, length] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
      const start = Number(y) * width + Number(x);
      levels.fill(Number.parseInt(level, 16), start, start + Number(length));
    }
  }
  return levels;
}
