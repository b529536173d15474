/** What the shipped networks leave of an instance's memory. README.md has the figure. */
import { readFile } from 'node:fs/promises';
import init, { Vae, type VaeFiles } from '../../../www/pkg/elbo_room.js';
import { expect, pageless as test } from '../fixtures.ts';

const MODELS = new URL('../../../models/', import.meta.url);
const LOADS = 200;

test('two hundred loads and frees of a model take no memory', async ({ crate }) => {
  const { vaeEntry } = crate;
  const files = Object.fromEntries(
    await Promise.all(
      Object.entries(vaeEntry.files).map(async ([role, { path }]) => [
        role,
        new Uint8Array(await readFile(new URL(path, MODELS))),
      ]),
    ),
  ) as VaeFiles;
  const { memory } = await init();
  const load = (count: number) => {
    for (let i = 0; i < count; i++) Vae.load(vaeEntry, files).free();
  };
  // What the first ones leave free the others use again.
  load(10);
  const before = memory.buffer.byteLength;
  load(LOADS);
  const growth = memory.buffer.byteLength - before;
  test.info().annotations.push({ type: 'growth in bytes', description: String(growth) });
  expect(growth).toBe(0);
});
