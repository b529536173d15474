import { isDiffusion, isHierarchy, MNIST_SHAPE } from '../../../engine/facts.ts';
import type { ModelEntry } from '../../../engine/protocol.ts';
import { columnsOf, rowOf } from '../../../engine/scores.ts';
import { following } from '../apart.ts';
import { type SetsSettings, STEPS } from './settings.ts';
import type { Site } from '../../../vite/site.ts';
import { drawingsOf } from '../../../vite/pictures/drawings.ts';
import type { Painter } from '../../../vite/pictures/painter.ts';
import { HALF, Sheet, WHOLE } from '../../../vite/pictures/sheet.ts';

/** Fewer images, draws and timesteps than the page takes: a build is not to wait longer. */
const MOST_IMAGES = 8;
const MOST_DRAWS = { layered: 4, flat: 32 };
const MOST_TIMESTEPS = 2;
/** Draws that are computed together. */
const BATCH = 8;

type Drawing = ReturnType<typeof drawingsOf>[number];

function drawingsIn(site: Site, set: string, wanted: string | null): Drawing[] {
  const all = drawingsOf(site.crate).filter(
    ({ label }) =>
      (label !== null) === (set === 'digits') && (wanted ?? String(label)) === String(label),
  );
  return all.slice(0, MOST_IMAGES);
}

async function boundOf(site: Site, entry: ModelEntry, image: Uint8Array, settings: SetsSettings) {
  const { draws, schedule, seed } = settings;
  if (isDiffusion(entry)) {
    const model = await site.model(entry);
    return model.elbo(image, { schedule, steps: STEPS, timesteps: MOST_TIMESTEPS, seed });
  }
  const samples = Math.min(draws, isHierarchy(entry) ? MOST_DRAWS.layered : MOST_DRAWS.flat);
  const options = { samples, proposal: 'posterior', seed } as const;
  return isHierarchy(entry)
    ? (await site.model(entry)).bound(image, options)
    : (await site.model(entry)).bound(image, options);
}

/** All columns of a drawing's scores, which several states sort by. */
const scored = new Map<string, Float64Array>();

async function valueOf(
  site: Site,
  entry: ModelEntry,
  { name, levels }: Drawing,
  settings: SetsSettings,
): Promise<number> {
  const key = [entry.id, name, settings.draws, settings.seed].join(' ');
  let row = scored.get(key);
  if (!row) {
    const bound = await boundOf(site, entry, levels, settings);
    while (!bound.done) bound.advance(BATCH);
    const result = bound.result();
    if (!result) throw new Error(`${entry.id} gives no bound`);
    scored.set(key, (row = rowOf(entry, result)));
    bound.free();
  }
  const column = columnsOf(entry).findIndex((column) => column === settings.sort);
  return row[column] ?? NaN;
}

/** The scores of two sets as marks on one axis, or the first images of a set in the order of the table. */
export const picture: Painter = async (site, { sets, besideSets }) => {
  const { on, ...own } = besideSets;
  const other = following(sets, own);
  const modelOf = (id: string) => site.entries.find((entry) => id === '' || entry.id === id);
  const [entry, second] = [modelOf(sets.model), modelOf(other.model)];
  if (!entry || !second) return null;
  const scores = async (set: string) =>
    Promise.all(
      drawingsIn(site, set, sets.label).map(async (drawing) => {
        const value = await valueOf(site, entry, drawing, sets);
        const compared = on ? (await valueOf(site, second, drawing, other)) - value : value;
        return { drawing, value: compared };
      }),
    );
  const sheet = new Sheet(site.crate);
  const first = await scores(sets.set);
  if (sets.other !== '') {
    const both = [first, await scores(sets.other)];
    const values = both.flat().map(({ value }) => value);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    for (const [i, of] of both.entries()) {
      const top = 3 + i * (HALF - 1);
      sheet.box('sunken', 2, top, 2 * WHOLE - 4, HALF - 5);
      for (const { value } of of) {
        const at = 3 + ((2 * WHOLE - 7) * (value - least)) / (most - least);
        sheet.box(i === 0 ? 'a' : 'b', at, top, 1, HALF - 5);
      }
    }
    return sheet.picture;
  }
  const sign = sets.descending ? -1 : 1;
  const rows = first
    .sort((a, b) => sign * (a.value - b.value))
    .map(({ drawing: { levels } }) => levels);
  if (rows.length <= 2) {
    for (const [i, levels] of rows.entries()) sheet.image(levels, MNIST_SHAPE, i * WHOLE);
    return sheet.picture;
  }
  const columns = (2 * WHOLE) / HALF;
  const all = Uint8Array.from(rows.slice(0, 2 * columns).flatMap((levels) => [...levels]));
  return sheet.images(all, MNIST_SHAPE, 0, columns).picture;
};
