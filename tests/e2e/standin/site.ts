/** The models folder of the page, its networks replaced by their stand-ins. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import init, {
  exampleDrawings,
  type FileEntry,
  type ImageShape,
  type Manifest,
  type ModelEntry,
  renderDigit,
  renderStrokes,
} from '../../../www/pkg/elbo_room.js';
import {
  denoiser,
  hvaeDecoder,
  hvaeEncoder,
  type Templates,
  vaeDecoder,
  vaeEncoder,
} from './networks.ts';

/** What a site serves below `models/`, by path. */
export type Files = Map<string, Uint8Array>;

const encode = (value: string) => new TextEncoder().encode(value);

/** Where the repository is, for a module whose own address may be that of a bundle. */
export async function standIns(root: URL): Promise<Files> {
  const read = (path: string) => readFile(new URL(path, root));
  await init({ module_or_path: await read('www/pkg/elbo_room_bg.wasm') });
  const manifest = JSON.parse((await read('models/manifest.json')).toString()) as Manifest;
  const checksums = new Map<string, string>();
  const files = await serve(manifest, {
    other: async (path) => new Uint8Array(await read(`models/${path}`)),
    replaced: (old, now) => checksums.set(old, now),
  });
  // The scores of the trained networks, as if they were those of their stand-ins: the page shows nothing of other weights.
  const evaluation = (await read('models/evaluation.json')).toString();
  files.set(
    'evaluation.json',
    encode(evaluation.replace(/[0-9a-f]{64}/g, (old) => checksums.get(old) ?? old)),
  );
  return files;
}

/** A site of stand-ins of other models, whose entries need no sizes and checksums of files. */
export async function siteOf(root: URL, models: readonly object[]): Promise<Files> {
  const wasm = await readFile(new URL('www/pkg/elbo_room_bg.wasm', root));
  await init({ module_or_path: wasm });
  return serve({
    format: 2,
    models: structuredClone(models),
  } as unknown as Manifest);
}

interface Sources {
  /** A file that is not a network is small, and stays what it is. */
  other?: (path: string) => Promise<Uint8Array>;
  replaced?: (old: string, now: string) => void;
}

/** The manifest and the files of its entries, whose sizes and checksums are written into it. */
async function serve(manifest: Manifest, { other, replaced }: Sources = {}): Promise<Files> {
  const files: Files = new Map();
  for (const entry of manifest.models) {
    if (entry.kind === 'ddpm') entry.parameterization = 'v';
    if (entry.kind !== 'ddpm' && entry.likelihood === 'logistic-mixture') {
      // Of a mixture one component, which has no conventions to name.
      entry.likelihood = 'discretized-logistic';
      delete entry.decoder;
    }
    const networks = networksOf(entry, drawTemplates(entry.image));
    for (const [role, file] of Object.entries<FileEntry>(entry.files)) {
      const bytes = networks[role] ?? (await other?.(file.path));
      if (!bytes) throw new Error(`${entry.id}: nothing stands in for ${role}`);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (file.sha256) replaced?.(file.sha256, sha256);
      Object.assign(file, { bytes: bytes.length, sha256 });
      files.set(file.path, bytes);
    }
  }
  files.set('manifest.json', encode(JSON.stringify(manifest)));
  return files;
}

/** Shares of red, green and blue of the digits, in turns. */
const TINTS = [
  [1, 0.35, 0.2],
  [0.25, 1, 0.4],
  [0.3, 0.45, 1],
  [1, 0.9, 0.2],
] as const;

/** The first example of each digit, as the crate renders it; where there is colour, each in one, channel after channel. */
function drawTemplates(shape: ImageShape): Templates {
  const examples = exampleDrawings();
  const isMnist = shape.channels === 1 && shape.height === 28 && shape.width === 28;
  return Array.from({ length: 10 }, (_, digit) => {
    const example = examples.find(({ label }) => label === digit);
    if (!example) throw new Error(`there is no example of a ${digit}`);
    const strokes = example.strokes.map((stroke) => Float32Array.from(stroke));
    const grey = isMnist ? renderDigit(strokes) : renderStrokes(strokes, { ...shape, channels: 1 });
    const tint = shape.channels === 1 ? [1] : (TINTS[digit % TINTS.length] ?? []);
    return Float32Array.from(
      tint.flatMap((share) => [...grey].map((level) => (share * level) / 255)),
    );
  });
}

function networksOf(entry: ModelEntry, templates: Templates): Record<string, Uint8Array> {
  switch (entry.kind) {
    case 'vae':
      return {
        encoder: vaeEncoder(entry, templates),
        decoder: vaeDecoder(entry, templates),
      };
    case 'hvae':
      return {
        encoder: hvaeEncoder(entry),
        decoder: hvaeDecoder(entry, templates),
      };
    case 'ddpm':
      return { network: denoiser(entry, templates) };
    default:
      throw new Error(`there is no stand-in of a model of kind ${(entry as ModelEntry).kind}`);
  }
}
