/** The first picture of the latent lab, as the model itself gives it, for the document to show before any script runs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasLatents } from '../../engine/facts.ts';
import { toLatentGrid } from '../../engine/latent-grid.ts';
import { settings } from '../../src/labs/latent/settings.ts';
import { standardOf } from '../../src/schema/rows.ts';

type VaeFiles = import('../../pkg/elbo_room.js').VaeFiles;
type Crate = typeof import('../../pkg/elbo_room.js');

export interface Digit {
  width: number;
  height: number;
  /** One grey level for each pixel, in rows. */
  levels: Uint8Array;
}

/** What the page paints at its own address; null where the first VAE has another size of latents, or colours. */
export async function firstDigit(root: string): Promise<Digit | null> {
  const { at } = standardOf(settings.latent);
  const crate = (await import(
    /* @vite-ignore */ pathToFileURL(join(root, 'www/pkg/elbo_room.js')).href
  )) as Crate;
  await crate.default({
    module_or_path: await readFile(join(root, 'www/pkg/elbo_room_bg.wasm')),
  });
  const read = async (path: string) => new Uint8Array(await readFile(join(root, 'models', path)));
  const { models } = crate.parseManifest(
    await readFile(join(root, 'models/manifest.json'), 'utf8'),
  );
  const entry = models.find(hasLatents);
  if (!entry || !('seed' in at) || entry.image.channels !== 1) return null;
  const files = await Promise.all(
    Object.entries<{ path: string }>(entry.files).map(
      async ([name, { path }]) => [name, await read(path)] as const,
    ),
  );
  const vae = crate.Vae.load(entry, Object.fromEntries(files) as VaeFiles);
  const z = Float32Array.from(vae.samplePrior(at.seed), toLatentGrid);
  const { width, height } = entry.image;
  return { width, height, levels: crate.toLevels(vae.decode(z)) };
}

const hex = (level: number) => level.toString(16).padStart(2, '0').repeat(3);

/** Its pixels as squares, those of each level in one path; black is left to the ground. */
export function svgOf({ width, height, levels }: Digit): string {
  const runs = new Map<number, string>();
  for (let start = 0; start < levels.length;) {
    const level = levels[start] ?? 0;
    const row = Math.floor(start / width);
    let end = start + 1;
    while (end < (row + 1) * width && levels[end] === level) end++;
    if (level > 0)
      runs.set(
        level,
        `${runs.get(level) ?? ''}M${start % width} ${row}h${end - start}v1H${start % width}z`,
      );
    start = end;
  }
  const paths = [...runs]
    .sort(([a], [b]) => a - b)
    .map(([level, path]) => `<path fill="#${hex(level)}" d="${path}"/>`);
  return `<svg class="first-digit" viewBox="0 0 ${width} ${height}" shape-rendering="crispEdges" aria-hidden="true">${paths.join('')}</svg>`;
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
