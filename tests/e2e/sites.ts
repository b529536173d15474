/** Sites with other models than the project's own, served to a page in place of its models folder. */
import init, {
  Ddpm,
  type DdpmFiles,
  type ModelEntry,
  parseManifest,
  Vae,
  type VaeFiles,
} from '../../www/pkg/elbo_room.js';
import { readFile } from 'node:fs/promises';
import type { Page } from './fixtures.ts';
import { type Files, siteOf } from './standin/site.ts';

export type { Files };

const root = new URL('../../', import.meta.url);

/** A VAE of coloured pictures that are wider than high, 3x32x40. */
export const COLOUR_VAE = {
  id: 'colour-vae',
  title: 'VAE of coloured pictures',
  kind: 'vae',
  image: { channels: 3, height: 32, width: 40 },
  likelihood: 'discretized-logistic',
  dataset: 'Tinted drawings',
  latents: { count: 6 },
  files: {
    encoder: { path: 'colour-encoder.onnx' },
    decoder: { path: 'colour-decoder.onnx' },
  },
};

/** A diffusion model of grey pictures that are higher than wide, with classes that are not digits. */
export const TALL_DDPM = {
  id: 'tall-ddpm',
  title: 'Diffusion model of tall pictures',
  kind: 'ddpm',
  image: { channels: 1, height: 36, width: 20 },
  likelihood: 'discretized-gaussian',
  parameterization: 'v',
  logSnr: { min: -6, max: 13 },
  dataset: 'Tall drawings',
  classes: ['ring', 'stick', 'swan'],
  network: { condition: {} },
  files: { network: { path: 'tall-ddpm.onnx' } },
};

/** One without classes. */
export const PLAIN_DDPM = { ...TALL_DDPM, id: 'plain-ddpm', classes: [], network: {} };

export const SMALL_VAE = {
  id: 'small-vae',
  title: 'VAE of small pictures',
  kind: 'vae',
  image: { channels: 1, height: 28, width: 28 },
  likelihood: 'bernoulli',
  dataset: 'MNIST, dynamically binarized',
  latents: { count: 4 },
  files: {
    encoder: { path: 'small-encoder.onnx' },
    decoder: { path: 'small-decoder.onnx' },
  },
};

/** A decoder without its encoder. */
export const DECODER = {
  ...SMALL_VAE,
  id: 'decoder-only',
  title: 'Decoder alone',
  files: { decoder: { path: 'alone-decoder.onnx' } },
};

/** With the scores of other weights, of which the page shows none, if they are asked for. */
export async function makeSite(models: readonly object[], { scores = false } = {}): Promise<Files> {
  const files = await siteOf(root, models);
  if (scores) files.set('evaluation.json', await readFile(new URL('models/evaluation.json', root)));
  return files;
}

/** Serves the files in place of the page's models folder; what is not among them is missing. */
export async function serve(page: Page, files: Files): Promise<void> {
  await page.route('**/models/**', async (route) => {
    const path = new URL(route.request().url()).pathname.split('/models/')[1] ?? '';
    const bytes = files.get(path);
    const contentType = path.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    await route.fulfill(bytes ? { body: Buffer.from(bytes), contentType } : { status: 404 });
  });
}

/** The models of a site in Node, by their ids. */
export async function loadSite(files: Files): Promise<(id: string) => Vae | Ddpm> {
  await init({
    module_or_path: await readFile(new URL('www/pkg/elbo_room_bg.wasm', root)),
  });
  const { models } = parseManifest(new TextDecoder().decode(files.get('manifest.json')));
  const load = (entry: ModelEntry) => {
    const roles = Object.entries(entry.files).map(([role, { path }]) => [role, files.get(path)]);
    const named: unknown = Object.fromEntries(roles);
    if (entry.kind === 'hvae') throw new Error('no site has a hierarchy');
    return entry.kind === 'ddpm'
      ? Ddpm.load(entry, named as DdpmFiles)
      : Vae.load(entry, named as VaeFiles);
  };
  const loaded = new Map(models.map((entry) => [entry.id, load(entry)]));
  return (id) => {
    const model = loaded.get(id);
    if (!model) throw new Error(`the site has no model ${id}`);
    return model;
  };
}
