/** The programs of whole data sets are run, and set against the file that the data set lab writes of the same set and seed. */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { JobResult, ModelEntry } from '../../../engine/protocol.ts';
import { rowOf } from '../../../engine/scores.ts';
import { defaultSets, type SetsSettings } from '../../labs/sets/settings.ts';
import { setupOf } from '../../labs/sets/setup.ts';
import { inJavascript } from '../../testing/javascript.ts';
import { entryOf, hasPython, inPython, softStroke } from '../../testing/programs.ts';
import { csvOf, imageFile } from '../../testing/sets.ts';
import { scoringSet } from '../programs.ts';

vi.setConfig({ testTimeout: 60_000 });

const NAME = 'digits-idx3-ubyte';
/** Strokes in black and white, each thicker than the one before. */
const file = imageFile(
  [0, 1, 2].map((width) =>
    Uint8Array.from(softStroke, (_, i) => {
      const [row, column] = [Math.floor(i / 28), i % 28];
      return row > 4 && row < 23 && Math.abs(column - 14) <= width ? 255 : 0;
    }),
  ),
);

const SETS: [string, ModelEntry, Partial<SetsSettings>][] = [
  ['a VAE', entryOf('mnist-vae') as ModelEntry, { draws: 64, proposal: 'posterior' }],
  ['a hierarchy', entryOf('mnist-hvae') as ModelEntry, { draws: 16, proposal: 'defensive' }],
  ['a VAE of levels', entryOf('mnist-vae-8bit') as ModelEntry, { draws: 64 }],
  ['a diffusion model', entryOf('mnist-ddpm') as ModelEntry, { timesteps: 16 }],
];

const settingsOf = (part: Partial<SetsSettings>): SetsSettings => ({
  ...defaultSets(),
  seed: 7,
  ...part,
});

/** As the share menu of the lab asks for it. */
function programsOf(entry: ModelEntry, settings: SetsSettings) {
  const { options } = setupOf(settings, entry, null);
  const code = scoringSet(entry, { name: NAME, images: 3, seed: settings.seed }, options, 'Scores');
  const { python, javascript } = code;
  if (!python || !javascript) throw new Error(`no programs of ${entry.id}`);
  return { python: python('#'), javascript: javascript('#') };
}

/** The lines of the lab's file after its settings. */
const tableOf = (csv: string) => csv.trim().split('\n').slice(1);

const files: Record<string, Promise<string[]>> = {};
const labOf = (entry: ModelEntry, settings: SetsSettings) =>
  (files[entry.id] ??= csvOf(entry, settings, file).then(tableOf));

it.each(SETS)('in JavaScript says what the lab writes, bit for bit: %s', async (_, entry, part) => {
  const settings = settingsOf(part);
  const { said } = await inJavascript(await programsOf(entry, settings).javascript, {
    [NAME]: file,
  });
  const rows = (said as [number, JobResult][]).map(([image, result]) =>
    [image, ...rowOf(entry, result)].join(',').replaceAll('NaN', ''),
  );
  const [head, ...expected] = await labOf(entry, settings);
  expect(head).toMatch(/^image,elbo,elboError/);
  expect(expected).toHaveLength(3);
  expect(rows).toEqual(expected);
});

describe.skipIf(!hasPython)('in Python, with other noise', () => {
  let said: string[];

  beforeAll(async () => {
    const texts = SETS.map(([, entry, part]) => {
      // Draws enough to tell one image from another.
      const settings = settingsOf({ ...part, draws: 256 });
      return programsOf(entry, settings).python;
    });
    const request = { data: [...file], programs: await Promise.all(texts) };
    const driver = `
open("${NAME}", "wb").write(bytes(request["data"]))
report = [said(text) for text in request["programs"]]
`;
    said = inPython(
      driver,
      request,
      SETS.map(([, entry]) => entry),
    ) as string[];
  }, 240_000);

  it.each(SETS.map(([name], i) => [name, i] as const))(
    'says what the lab writes, as far as chance goes: %s',
    async (_, i) => {
      const [, entry, part] = SETS[i] as (typeof SETS)[number];
      const table = await labOf(entry, settingsOf(part));
      const found = Array.from(
        (said[i] ?? '').matchAll(/image (\d+)\nELBO (\S+) ± (\S+) nats/g),
        (match) => match.slice(1).map(Number),
      );
      expect(found.map(([image]) => image)).toEqual([0, 1, 2]);
      for (const line of table.slice(1)) {
        const [image = NaN, elbo = NaN, error = NaN] = line.split(',').map(Number);
        const [, mean = NaN, ownError = NaN] = found[image] ?? [];
        expect(Math.abs(mean - elbo)).toBeLessThan(4 * Math.hypot(error, ownError) + 1e-3);
      }
    },
  );
});
