/** Scores of a small data set as the data set lab computes and writes them, for tests of what says the same. */
import type { ModelEntry } from '../../engine/protocol.ts';
import { columnsOf } from '../../engine/scores.ts';
import { modelHandlers } from '../../engine/worker/models.ts';
import { SetRun } from '../../engine/worker/sets.ts';
import { imageOrder, readDataFile } from '../../pkg/elbo_room.js';
import { toCsv } from '../labs/sets/export.ts';
import type { SetsSettings } from '../labs/sets/settings.ts';
import { reproductionOf, setupOf } from '../labs/sets/setup.ts';
import { filesOf } from './programs.ts';

const TASK = { cancelled: false, progress: () => undefined };

/** An IDX file of images of 28 by 28 pixels. */
export const imageFile = (images: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...[0, 0, 8, 3, 0, 0, 0, images.length, 0, 0, 0, 28, 0, 0, 0, 28],
    ...images.flatMap((levels) => [...levels]),
  ]);

/** What the lab's workers say of all images of a file, as the lab's CSV. */
export async function csvOf(
  entry: ModelEntry,
  settings: SetsSettings,
  file: Uint8Array,
): Promise<string> {
  const data = readDataFile(file);
  if (data.levels === null) throw new Error('these are labels');
  const { levels, count } = data;
  const { options } = setupOf(settings, entry, null);
  const shape = entry.image;
  const order = imageOrder(settings.seed, count);
  const size = levels.length / count;
  const image = new Uint8Array(levels.length);
  order.forEach((number, place) =>
    image.set(levels.subarray(number * size, (number + 1) * size), place * size),
  );
  void modelHandlers.load({ entry, files: { ...filesOf(entry) } }, TASK);
  const task = { kind: 'set', model: entry.id, image } as const;
  const run = new SetRun({ ...task, options: { ...options, shape, images: [...order] } });
  const rows = await run.evaluate(0, count, TASK);
  void modelHandlers.unload({ id: entry.id }, TASK);
  const set = { id: '', name: 'set', sha256: '', shape, count, added: 0, labels: null };
  const about = { address: '', title: '', images: count, given: null };
  const scores = {
    columns: columnsOf(entry),
    order,
    has: () => true,
    value: (place: number, column: number) => rows[place]?.[column] ?? NaN,
    labels: null,
  };
  const reading = reproductionOf(settings, entry, { ...set, reading: 'levels' }, about);
  return toCsv(
    reading,
    scores,
    rows.map((_, place) => place),
  );
}
