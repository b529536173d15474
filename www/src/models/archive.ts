/** Files that the visitor gives, and the archive that a model of his leaves in. */
import { unzipSync, zipSync } from 'fflate';
import type { FileEntry, ModelEntry } from '../../engine/protocol.ts';

export interface NamedBytes {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

export const isModelFile = ({ name }: { name: string }) => /\.onnx$/i.test(name);
export const isManifest = ({ name }: { name: string }) => /\.json$/i.test(name);
export const isArchive = ({ name }: { name: string }) => /\.zip$/i.test(name);

/** Whether files that were dropped together are a model: a graph is among them, or all that there is is a manifest. */
export const isModel = (files: readonly { name: string }[]): boolean =>
  files.some(isModelFile) || (files.length > 0 && files.every(isManifest));

/** The last part of a path, with nothing in it that a manifest cannot name. */
export function baseName(path: string): string {
  const last = path.split(/[\\/]/).at(-1) ?? '';
  return last.replaceAll(/[^\p{L}\p{N}._() -]/gu, '_').replace(/^\.*$/, 'file');
}

/** A larger archive is not a set of models, and would fill the memory before it could be refused. */
const MOST_BYTES = 2 ** 31;
const MOST_FILES = 1000;

export class ArchiveError extends Error {
  override name = 'ArchiveError';
}

/** The files that were given, those in archives unpacked, by the last parts of their names. */
export async function readFiles(files: Iterable<File>): Promise<NamedBytes[]> {
  const read = [...files].map(async (file): Promise<NamedBytes[]> => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return isArchive(file) ? unpack(file.name, bytes) : [{ name: baseName(file.name), bytes }];
  });
  return (await Promise.all(read)).flat();
}

const isInside = (path: string) => !path.endsWith('/') && !path.startsWith('__MACOSX/');

/** Whether files are a model, or an archive among them is one, by the names in it. */
export async function holdModel(files: readonly File[]): Promise<boolean> {
  const inArchives = files.filter(isArchive).map(async (file) => isModel(await namesIn(file)));
  return isModel(files) || (await Promise.all(inArchives)).includes(true);
}

/** The files in an archive, of which nothing is unpacked; none where it cannot be read. */
async function namesIn(archive: File): Promise<{ name: string }[]> {
  const names: { name: string }[] = [];
  const filter = ({ name }: { name: string }) => {
    if (isInside(name)) names.push({ name });
    return false;
  };
  try {
    unzipSync(new Uint8Array(await archive.arrayBuffer()), { filter });
  } catch {
    return [];
  }
  return names;
}

async function unpack(name: string, bytes: Uint8Array): Promise<NamedBytes[]> {
  // The variants that start workers of their own need a policy that allows them.
  let size = 0;
  let count = 0;
  const filter = ({ name: path, originalSize }: { name: string; originalSize: number }) => {
    if (!isInside(path)) return false;
    size += originalSize;
    count++;
    if (size > MOST_BYTES || count > MOST_FILES)
      throw new Error(`more than ${MOST_FILES} files or ${MOST_BYTES} bytes`);
    return true;
  };
  try {
    return Object.entries(unzipSync(bytes, { filter })).map(([path, inner]) => ({
      name: baseName(path),
      bytes: new Uint8Array(inner),
    }));
  } catch (error) {
    throw new ArchiveError(`${name}: ${(error as Error).message}`, { cause: error });
  }
}

/** A zip of a manifest with one model and its files, which this page opens again, and which any site of this project serves. */
export async function pack(
  entry: ModelEntry,
  files: Record<string, Uint8Array>,
): Promise<Uint8Array<ArrayBuffer>> {
  const manifest = JSON.stringify({ format: 2, models: [entry] }, null, 2);
  const parts: Record<string, Uint8Array> = { 'manifest.json': new TextEncoder().encode(manifest) };
  for (const [role, { path }] of Object.entries<FileEntry>(entry.files)) {
    const bytes = files[role];
    if (bytes) parts[path] = bytes;
  }
  // Weights are noise to a compressor: it would only take time.
  return new Uint8Array(zipSync(parts, { level: 0 }));
}
