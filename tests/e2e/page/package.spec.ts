/** What the build leaves out of the WebAssembly is not missed by any file of the fixtures. */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import init, { profileOnnx } from '../../../www/pkg/elbo_room.js';
import { expect, pageless, test } from '../fixtures.ts';

const FOLDER = new URL('../../fixtures/onnx/', import.meta.url);
const PACKAGE = new URL('../../../www/pkg/', import.meta.url);

pageless('the package runs networks of all kinds, two states at once', async ({ crate }) => {
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

pageless('an instance takes two gigabytes of memory at most', async ({ crate }) => {
  expect(crate.ddpmEntry.kind).toBe('ddpm');
  // Loaded once, it gives the same instance again.
  const { memory } = await init();
  expect(() => memory.grow(1 << 15)).toThrow(RangeError);
});

/** Every `step`-th value of an output, and the root mean square of all. */
interface Answer {
  step: number;
  values: number[];
  rms: number;
}

test('the networks of the fixtures give in Chromium what onnxruntime gives', async ({ page }) => {
  const answers = JSON.parse(await readFile(new URL('probes.json', FOLDER), 'utf8')) as Record<
    string,
    Answer[]
  >;
  const names = await readdir(FOLDER);
  const base64 = async (name: string) => (await readFile(new URL(name, FOLDER))).toString('base64');
  const cases = await Promise.all(
    Object.entries(answers).map(async ([name, outputs]) => ({
      name,
      outputs,
      file: await base64(name),
      external: names.includes(`${name}.data`) ? await base64(`${name}.data`) : null,
    })),
  );
  expect(Object.keys(answers).sort()).toEqual(
    names.filter((name) => name.endsWith('.onnx')).sort(),
  );
  await page.route('**/package/*', (route) => {
    const name = new URL(route.request().url()).pathname.split('/').at(-1) ?? '';
    if (name === '') return route.fulfill({ contentType: 'text/html', body: '<!doctype html>' });
    return route.fulfill({ path: fileURLToPath(new URL(name, PACKAGE)) });
  });
  await page.goto('./package/');
  const errors = await page.evaluate(async (given) => {
    const url = './elbo_room.js';
    const crate = (await import(url)) as typeof import('../../../www/pkg/elbo_room.js');
    await crate.default();
    const bytesOf = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    return given.map(({ name, outputs, file, external }) => {
      const found = crate.probeOnnx(
        bytesOf(file),
        external === null ? undefined : bytesOf(external),
      );
      const error = outputs.map(({ step, values, rms }, i) => {
        const far = values.map((value, at) => Math.abs((found[i]?.[at * step] ?? NaN) - value));
        return Math.max(...far) / rms;
      });
      return { name, count: found.length - outputs.length, error: Math.max(...error) };
    });
  }, cases);
  for (const { name, count, error } of errors) {
    expect(count, name).toBe(0);
    expect(error, name).toBeLessThan(1e-4);
  }
});
