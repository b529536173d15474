import { interpolate } from '../../www/pkg/elbo_room.js';
import { decode, loadCrate, priorSample, toGrid } from './crate.ts';
import { drag, en, expect, expectLevels, levels, open, pixels, test, valueOf } from './fixtures.ts';

const text = en.latent;
const LATENTS = 16;

test('dragging a latent changes the digit, to exactly what the crate decodes', async ({ page }) => {
  await open(page, 'z=seed:3');
  const crate = await loadCrate();
  const digit = page.getByTestId('latent-digit');
  const z = priorSample(crate, 3);
  await expectLevels(digit, decode(crate, z));

  const index = crate.vaeEntry.latents.order[0] ?? 0;
  const slider = page.getByTestId(`latent-${index}`);
  expect(await valueOf(slider)).toBe(z[index]);
  const before = await pixels(digit);
  await drag(slider, 0.9);
  const value = await valueOf(slider);
  expect(value).toBeGreaterThan(1.5);
  await expectLevels(digit, decode(crate, z.with(index, value)));
  expect(await pixels(digit)).not.toBe(before);
});

test('a latent is reset by a double click, all by a button, and a random sample replaces them', async ({ page }) => {
  await open(page, 'z=1,1,-2');
  const crate = await loadCrate();
  const digit = page.getByTestId('latent-digit');
  const start = [1, 1, -2, ...Array<number>(LATENTS - 3).fill(0)];
  await expectLevels(digit, decode(crate, start));

  await page.getByTestId('latent-0').dblclick();
  await expectLevels(digit, decode(crate, start.with(0, 0)));

  await page.getByRole('button', { name: text.reset, exact: true }).click();
  await expectLevels(digit, decode(crate, Array<number>(LATENTS).fill(0)));

  // The map further down has such a button of its own.
  await page.getByRole('button', { name: text.random, exact: true }).first().click();
  await expect(page).toHaveURL(/z=seed:\d+/);
  const seed = Number(/z=seed:(\d+)/.exec(page.url())?.[1]);
  await expectLevels(digit, decode(crate, priorSample(crate, seed)));
});

test('the same address gives the same pixels', async ({ page, context }) => {
  const fragment = 'z=0.5,-1.25,2&a=seed:4&b=seed:5&path=linear';
  const crate = await loadCrate();
  const z = [0.5, -1.25, 2, ...Array<number>(LATENTS - 3).fill(0)];
  await open(page, fragment);
  await expectLevels(page.getByTestId('latent-digit'), decode(crate, z));
  const other = await context.newPage();
  await open(other, fragment);
  await expectLevels(other.getByTestId('latent-digit'), decode(crate, z));
  for (const name of ['latent-digit', 'latent-a', 'latent-b', 'latent-strip']) {
    await expect.poll(() => pixels(other.getByTestId(name))).toBe(await pixels(page.getByTestId(name)));
  }
});

test('the film strip and the position show the way from A to B', async ({ page }) => {
  await open(page, 'z=path:0.25&a=seed:4&b=seed:5');
  const crate = await loadCrate();
  const [a, b] = [priorSample(crate, 4), priorSample(crate, 5)];
  const at = (position: number, mode: 'linear' | 'spherical') =>
    decode(crate, Array.from(interpolate(Float32Array.from(a), Float32Array.from(b), position, mode), toGrid));
  const digit = page.getByTestId('latent-digit');
  await expectLevels(digit, at(0.25, 'spherical'));

  await page.getByRole('radio', { name: text.path.modes.linear }).check();
  await expectLevels(digit, at(0.25, 'linear'));
  await page.getByRole('button', { name: text.path.frame(75) }).click();
  await expectLevels(digit, at(0.75, 'linear'));

  const strip = await levels(page.getByTestId('latent-strip'));
  const last = at(1, 'linear');
  const side = Math.sqrt(last.length);
  const frames = (strip?.length ?? 0) / last.length;
  expect(frames).toBeGreaterThan(4);
  const lastInStrip = Array.from(last, (_, i) => strip?.[(Math.floor(i / side) * frames + frames - 1) * side + (i % side)]);
  expect(lastInStrip).toEqual(Array.from(last));

  const position = page.getByTestId('path-position');
  await page.getByRole('button', { name: text.path.play }).click();
  await expect(page.getByRole('button', { name: text.path.pause })).toBeVisible();
  await expect.poll(() => valueOf(position)).not.toBe(0.75);
  await page.getByRole('button', { name: text.path.pause }).click();
  const rest = await valueOf(position);
  await expectLevels(digit, at(rest, 'linear'));
  expect(await valueOf(position)).toBe(rest);
});
