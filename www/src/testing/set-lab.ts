/** The data set lab on scripted workers that score sets of single pixels. */
import type { JobTask } from '../../engine/protocol.ts';
import { columnsOf } from '../../engine/scores.ts';
import { SetsLab } from '../labs/sets/lab.svelte.ts';
import { SetLibrary } from '../labs/sets/library.svelte.ts';
import type { Given } from '../labs/sets/opening.ts';
import type { Files } from '../labs/sets/store.ts';
import { manifest, VAE } from './manifest.ts';
import { open, pass } from './page.svelte.ts';
import { type Script, ScriptedWorker } from './worker.ts';

const vae = manifest.models.find(({ id }) => id === VAE);
const COLUMNS = vae ? columnsOf(vae).length : 0;
export const COUNT = 300;

/** A place to keep files that outlives a page. */
export function memory(): Files & { kept: Map<string, Uint8Array<ArrayBuffer>> } {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  return {
    kept,
    read: (name) => Promise.resolve(kept.get(name) ?? null),
    write: (name, bytes) => Promise.resolve(void kept.set(name, new Uint8Array(bytes))),
    remove: (name) => Promise.resolve(void kept.delete(name)),
    names: () => Promise.resolve([...kept.keys()]),
  };
}

const KL = vae ? columnsOf(vae).indexOf('kl') : -1;
/** The ELBO of image i is -i, and i more for each number of the seed; three images that follow each other have the same KL. */
const scoreOf = (image: number, column: number, seed: number) =>
  column === 0 ? (seed - 1) * image : column === KL ? Math.floor(image / 3) : column;

/** Each image takes a millisecond. */
export function scoring(refuse = false): Script {
  const tasks = new Map<number, Extract<JobTask, { kind: 'set' }>>();
  const rows = new Map<string, Float64Array[]>();
  return {
    readData: ({ bytes }) =>
      bytes[0] === 0
        ? {
            labels: Array.from({ length: bytes.length - 1 }, (_, i) => String(i % 3)),
            levels: null,
          }
        : {
            shape: { channels: 1, height: 1, width: 1 },
            count: bytes.length - 1,
            levels: bytes.slice(1),
            labels: null,
            reading: 'levels' as const,
          },
    // Backwards, so that a place is never the number of its image.
    imageOrder: ({ images }) => Uint32Array.from({ length: images }, (_, i) => images - 1 - i),
    histogram: ({ values }) => ({ edges: [Math.min(...values), 0], counts: [values.length] }),
    roc: ({ positives, negatives }) => ({
      auroc: positives.length / (positives.length + negatives.length),
      standardError: 0.1,
      points: [
        [0, 0],
        [1, 1],
      ],
    }),
    openJob: ({ jobId, task }, { worker }) => {
      if (task.kind !== 'set') throw new Error('another job');
      tasks.set(jobId, task);
      rows.set(`${worker.name} ${ScriptedWorker.all.indexOf(worker)} ${jobId}`, []);
      return { total: task.options.images.length };
    },
    evaluate: async ({ jobId, from, to }) => {
      if (refuse) throw new Error('no such image');
      await new Promise((resolve) => setTimeout(resolve, to - from));
      const { images = [], seed = 0 } = tasks.get(jobId)?.options ?? {};
      return images
        .slice(from, to)
        .map((image) => Float64Array.from({ length: COLUMNS }, (_, i) => scoreOf(image, i, seed)));
    },
    record: ({ jobId, from, values }, { worker }) => {
      const own = rows.get(`${worker.name} ${ScriptedWorker.all.indexOf(worker)} ${jobId}`) ?? [];
      values.forEach((value, i) => (own[from + i] = value));
      const all = new Float64Array(own.length * COLUMNS);
      own.forEach((row, i) => all.set(row, i * COLUMNS));
      return { evaluations: own.length, result: { columns: COLUMNS, rows: all } };
    },
    closeJob: () => null,
  };
}

/** Without the thread that reads a real one, which does not keep to the fake clock. */
const blobOf = (bytes: Uint8Array<ArrayBuffer>): Blob =>
  ({
    slice: (from: number, to: number) => blobOf(bytes.slice(from, to)),
    arrayBuffer: () => Promise.resolve(bytes.slice().buffer),
  }) as Blob;

export const images = (count: number) => ({
  path: `set${count}`,
  blob: blobOf(Uint8Array.from({ length: count + 1 }, (_, i) => (i === 0 ? 1 : i % 256))),
});
export const labels = (count: number) => ({
  path: 'labels',
  blob: blobOf(new Uint8Array(count + 1)),
});

/** Opens files, which asks a worker in between. */
export async function give(lab: SetsLab, ...given: Given[]) {
  const opening = lab.open(given);
  await pass(50);
  await opening;
  await pass(50);
}

export async function opened(
  hash = '#lab=sets&setImages=all',
  files = memory(),
  script = scoring(),
) {
  const { lab, page, engine } = await open(
    { hash, script },
    (engine, page) => new SetsLab(engine, page, new SetLibrary(Promise.resolve(files))),
  );
  await pass(100);
  return { lab, page, engine, files };
}

export async function begun(...given: Parameters<typeof opened>) {
  const all = await opened(...given);
  await give(all.lab, images(COUNT));
  await pass(100);
  if (all.lab.current) all.lab.start(all.lab.current);
  return all;
}
