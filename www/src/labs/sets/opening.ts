/** From files that the visitor gives to data sets: archives are unpacked, pictures decoded, labels put beside their images. */
import { gunzipSync, unzipSync } from 'fflate';
import { baseName } from '../../models/archive.ts';
import { isSameShape } from '../../../engine/facts.ts';
import type { DataFile, ImageShape } from '../../../engine/protocol.ts';
import type { Rgba } from '../../drawing/upload.ts';

export interface Given {
  /** With the folders above it, where they are known. */
  path: string;
  blob: Blob;
}

export interface OpenedSet {
  name: string;
  shape: ImageShape;
  count: number;
  levels: Uint8Array;
  labels: string[] | null;
  reading: 'levels' | 'bits' | 'unit' | 'signed' | 'pictures';
}

interface OpenedLabels {
  name: string;
  labels: string[];
}

export interface Opened {
  sets: OpenedSet[];
  /** Those that belong to none of the sets. */
  labels: OpenedLabels[];
  /** Files of a folder or an archive that are none, beside others that are. */
  leftOut: DataSetError[];
}

/** What the crate and the browser do of it. */
export interface Tools {
  read(bytes: Uint8Array): Promise<DataFile>;
  /** A picture at most so many pixels along its longer side. */
  decode(blob: Blob): Promise<Rgba>;
  /** As 8-bit levels of the shape. */
  fit(picture: Rgba, shape: ImageShape): Promise<Uint8Array>;
  /** How far it has come, of pictures that are decoded one by one. */
  progress(done: number, total: number): void;
}

/** A file that is not a data set; `path` says which. */
export class DataSetError extends Error {
  override name = 'DataSetError';
  constructor(path: string, reason: string) {
    super(path ? `${path}: ${reason}` : reason);
  }
}

const MEGA = 2 ** 20;
/** Unpacked: beyond this the memory is full before anything can say so. */
const MOST_BYTES = 1024 * MEGA;
const MOST_PICTURES = 100_000;
const MOST_SIDE = 256;

const isPicture = ({ path }: Given) => /\.(png|jpe?g|webp|gif|bmp)$/i.test(path);
const isHidden = (path: string) =>
  path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');

/** Opens everything that was given. */
export async function openSets(given: readonly Given[], tools: Tools): Promise<Opened> {
  const files = (await Promise.all(given.map(unpack))).flat().filter(({ path }) => !isHidden(path));
  if (files.length === 0) throw new DataSetError('', 'there is no file in it');
  const pictures = files.filter(isPicture);
  const sets: OpenedSet[] = [];
  const labels: OpenedLabels[] = [];
  const leftOut: DataSetError[] = [];
  for (const { path, blob } of files.filter((file) => !isPicture(file))) {
    const name = nameOf(path);
    let found: DataFile;
    try {
      found = await tools.read(new Uint8Array(await blob.arrayBuffer()));
    } catch (error) {
      // Beside pictures there may be anything.
      if (pictures.length > 0) continue;
      const reason = new DataSetError(path, (error as Error).message);
      if (!path.includes('/')) throw reason;
      leftOut.push(reason);
      continue;
    }
    if (found.levels === null) labels.push({ name, labels: found.labels });
    else sets.push({ name, ...found });
  }
  if (pictures.length > 0) sets.push(await ofImageFiles(pictures, tools, leftOut));
  const [first] = leftOut;
  if (first && sets.length === 0 && labels.length === 0) throw first;
  return { sets, labels: labels.filter((one) => !attach(one, sets)), leftOut };
}

/** Gives labels to the first set that has none and as many images; images come before labels in every archive that has both twice. */
function attach({ labels }: OpenedLabels, sets: readonly OpenedSet[]): boolean {
  const set = sets.find((other) => other.labels === null && other.count === labels.length);
  if (set) set.labels = labels;
  return set !== undefined;
}

/** `train-images-idx3-ubyte.gz` is `train-images`. */
function nameOf(path: string): string {
  const name = baseName(path).replace(/\.(gz|npy|npz|csv|txt|idx|zip)$/gi, '');
  return name.replace(/[.-]idx\d-ubyte$/i, '').replace(/\.(npy|csv)$/i, '') || 'set';
}

const begins = async ({ blob }: Given, ...with_: readonly number[]) => {
  const head = new Uint8Array(await blob.slice(0, with_.length).arrayBuffer());
  return with_.every((byte, i) => head[i] === byte);
};

const unpack = async (given: Given): Promise<Given[]> =>
  (await begins(given, 0x50, 0x4b)) ? unzip(given) : [await decompress(given)];

/** What is in a gzip file; others as they are. */
async function decompress(given: Given): Promise<Given> {
  if (!(await begins(given, 0x1f, 0x8b))) return given;
  return { path: given.path.replace(/\.gz$/i, ''), blob: await gunzip(given) };
}

async function gunzip({ path, blob }: Given): Promise<Blob> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  // The last four bytes say how long the content is; no more than that is unpacked.
  const size = bytes.length < 18 ? 0 : new DataView(bytes.buffer).getUint32(bytes.length - 4, true);
  try {
    if (size > MOST_BYTES) throw new Error(`${Math.ceil(size / MEGA)} MB when unpacked`);
    const content = gunzipSync(bytes);
    if (content.length !== size) throw new Error('unexpected end');
    return new Blob([new Uint8Array(content)]);
  } catch (error) {
    throw new DataSetError(
      path,
      `the gzip file is damaged or too large (${(error as Error).message})`,
    );
  }
}

async function unzip({ path, blob }: Given): Promise<Given[]> {
  let size = 0;
  let count = 0;
  const filter = (inner: { name: string; originalSize: number }) => {
    if (inner.name.endsWith('/') || isHidden(inner.name)) return false;
    size += inner.originalSize;
    count++;
    if (size > MOST_BYTES || count > MOST_PICTURES)
      throw new Error(`more than ${MOST_PICTURES} files or ${MOST_BYTES / MEGA} MB when unpacked`);
    return true;
  };
  try {
    const files = unzipSync(new Uint8Array(await blob.arrayBuffer()), { filter });
    const inner = Object.entries(files).map(([name, bytes]) => ({
      path: `${path}/${name}`,
      blob: new Blob([new Uint8Array(bytes)]),
    }));
    const order = new Intl.Collator('en', { numeric: true });
    return await Promise.all(inner.sort((a, b) => order.compare(a.path, b.path)).map(decompress));
  } catch (error) {
    if (error instanceof DataSetError) throw error;
    throw new DataSetError(path, `the archive cannot be unpacked (${(error as Error).message})`);
  }
}

/** Pictures of the first one's size, grey where all of them are; the folders right above them are labels where there are several. */
async function ofImageFiles(
  given: readonly Given[],
  tools: Tools,
  leftOut: DataSetError[],
): Promise<OpenedSet> {
  const order = new Intl.Collator('en', { numeric: true });
  const sorted = [...given].sort((a, b) => order.compare(a.path, b.path));
  if (sorted.length > MOST_PICTURES)
    throw new DataSetError('', `${sorted.length} pictures, ${MOST_PICTURES} are possible`);
  const pictures: Given[] = [];
  let shape: ImageShape | null = null;
  let grey = true;
  const images: Uint8Array[] = [];
  for (const [i, file] of sorted.entries()) {
    let picture: Rgba;
    try {
      picture = await tools.decode(file.blob);
    } catch (error) {
      const reason = `it is not a readable picture (${(error as Error).message})`;
      leftOut.push(new DataSetError(file.path, reason));
      continue;
    }
    pictures.push(file);
    shape ??= shapeOf(picture);
    if (images.length * shape.height * shape.width * 3 > MOST_BYTES)
      throw new DataSetError('', `the pictures have more than ${MOST_BYTES / MEGA} MB`);
    grey &&= isGrey(picture.rgba);
    images.push(await tools.fit(picture, shape));
    tools.progress(i + 1, sorted.length);
  }
  const [first] = leftOut;
  if (first && images.length === 0) throw first;
  const colour = shape ?? { channels: 3, height: 1, width: 1 };
  const parents = pictures.map(({ path }) => path.split('/').at(-2) ?? '');
  const top = pictures[0]?.path.split('/')[0] ?? '';
  return {
    name: pictures.some(({ path }) => path.includes('/')) ? nameOf(top) : 'pictures',
    shape: grey ? { ...colour, channels: 1 } : colour,
    count: images.length,
    levels: together(images, grey),
    labels: new Set(parents).size > 1 ? parents : null,
    reading: 'pictures',
  };
}

function shapeOf({ width, height }: Rgba): ImageShape {
  const scale = Math.min(1, MOST_SIDE / Math.max(width, height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { channels: 3, height: side(height), width: side(width) };
}

function isGrey(rgba: Uint8ClampedArray): boolean {
  for (let i = 0; i < rgba.length; i += 4)
    if (rgba[i] !== rgba[i + 1] || rgba[i] !== rgba[i + 2]) return false;
  return true;
}

/** Coloured images laid end to end, one of their channels alone where all are grey. */
function together(images: readonly Uint8Array[], grey: boolean): Uint8Array {
  const step = grey ? 3 : 1;
  const each = (images[0]?.length ?? 0) / step;
  const levels = new Uint8Array(images.length * each);
  images.forEach((image, n) => {
    for (let i = 0; i < each; i++) levels[n * each + i] = image[i * step] ?? 0;
  });
  return levels;
}

/** Whether a set's images are resampled for a model. */
export const isResampled = (set: { shape: ImageShape }, image: ImageShape) =>
  !isSameShape(set.shape, image);
