/** What the build leaves out of the WebAssembly is not missed by any file of the fixtures. */
import { readdir, readFile } from 'node:fs/promises';
import init, { profileOnnx } from '../../../www/pkg/elbo_room.js';
import { expect, pageless as test } from '../fixtures.ts';

const FOLDER = new URL('../../fixtures/onnx/', import.meta.url);

test('the package runs networks of all kinds, two states at once', async ({ crate }) => {
  // The crate is loaded with it.
  expect(crate.ddpmEntry.kind).toBe('ddpm');
  const names = (await readdir(FOLDER)).filter(
    (name) => name.endsWith('.onnx') && !name.startsWith('external'),
  );
  expect(names.length).toBeGreaterThan(15);
  for (const name of names) {
    const times = profileOnnx(await readFile(new URL(name, FOLDER)), 2, 1);
    expect(times.length, name).toBeGreaterThan(1);
  }
});

test('an instance takes two gigabytes of memory at most', async ({ crate }) => {
  expect(crate.ddpmEntry.kind).toBe('ddpm');
  // Loaded once, it gives the same instance again.
  const { memory } = await init();
  expect(() => memory.grow(1 << 15)).toThrow(RangeError);
});
