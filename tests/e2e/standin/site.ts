/** The models folder of the page, its networks replaced by their stand-ins. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import init, {
  exampleDrawings,
  type FileEntry,
  type Manifest,
  type ModelEntry,
  renderDigit,
} from '../../../www/pkg/elbo_room.js';
import {
  denoiser,
  hvaeDecoder,
  hvaeEncoder,
  type Templates,
  vaeDecoder,
  vaeEncoder,
} from './networks.ts';

/** Where the repository is, for a module whose own address may be that of a bundle. */
export async function standIns(root: URL): Promise<Map<string, Uint8Array>> {
  const read = (path: string) => readFile(new URL(path, root));
  await init({ module_or_path: await read('www/pkg/elbo_room_bg.wasm') });
  const templates = drawTemplates();
  const manifest = JSON.parse((await read('models/manifest.json')).toString()) as Manifest;
  const files = new Map<string, Uint8Array>();
  const checksums = new Map<string, string>();
  for (const entry of manifest.models) {
    if (entry.kind === 'ddpm') entry.parameterization = 'v';
    const networks = networksOf(entry, templates);
    for (const [role, file] of Object.entries<FileEntry>(entry.files)) {
      // What is no network is small, and stays what it is.
      const bytes = networks[role] ?? new Uint8Array(await read(`models/${file.path}`));
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (file.sha256) checksums.set(file.sha256, sha256);
      Object.assign(file, { bytes: bytes.length, sha256 });
      files.set(file.path, bytes);
    }
  }
  const text = (value: string) => new TextEncoder().encode(value);
  files.set('manifest.json', text(JSON.stringify(manifest)));
  // The scores of the trained networks, as if they were those of their stand-ins: the page shows nothing of other weights.
  const evaluation = (await read('models/evaluation.json')).toString();
  files.set(
    'evaluation.json',
    text(evaluation.replace(/[0-9a-f]{64}/g, (old) => checksums.get(old) ?? old)),
  );
  return files;
}

/** The first example of each digit, as the crate renders it. */
function drawTemplates(): Templates {
  const examples = exampleDrawings();
  return Array.from({ length: 10 }, (_, digit) => {
    const example = examples.find(({ label }) => label === digit);
    if (!example) throw new Error(`there is no example of a ${digit}`);
    const strokes = example.strokes.map((stroke) => Float32Array.from(stroke));
    return Float32Array.from(renderDigit(strokes), (level) => level / 255);
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
