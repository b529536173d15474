import { interpolate } from '../../www/pkg/elbo_room.js';
import { type Crate, decode, loadCrate, priorSample, toGrid } from './crate.ts';
import {
  drag,
  en,
  expect,
  expectLevels,
  type Locator,
  open,
  pixels,
  test,
  valueOf,
} from './fixtures.ts';

const text = en.latent;
const LATENTS = 16;
const SIDE = 28;

/** The picture at a position between the samples of the prior with seeds 4 and 5. */
function between(crate: Crate, position: number, mode: 'linear' | 'spherical'): Uint8Array {
  const [a, b] = [4, 5].map((seed) => Float32Array.from(priorSample(crate, seed))) as [
    Float32Array,
    Float32Array,
  ];
  return decode(crate, Array.from(interpolate(a, b, position, mode), toGrid));
}

/** The film strip shows as many pictures as it has room for, evenly spaced from one to the other. */
async function expectStrip(
  strip: Locator,
  crate: Crate,
  mode: 'linear' | 'spherical',
): Promise<void> {
  await expect
    .poll(() => strip.evaluate(({ width }: HTMLCanvasElement) => width))
    .toBeGreaterThan(4 * SIDE);
  const width = await strip.evaluate((canvas: HTMLCanvasElement) => canvas.width);
  const count = width / SIDE;
  const frames = Array.from({ length: count }, (_, i) => between(crate, i / (count - 1), mode));
  await expectLevels(
    strip,
    Array.from({ length: width * SIDE }, (_, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      return frames[Math.floor(column / SIDE)]?.[row * SIDE + (column % SIDE)] ?? -1;
    }),
  );
}

test('dragging a latent changes the digit, to exactly what the crate decodes', async ({ page }) => {
  await open(page, 'z=seed:3');
  const crate = await loadCrate();
  const digit = page.getByTestId('latent-digit');
  const z = priorSample(crate, 3);
  await expectLevels(digit, decode(crate, z));

  const index = crate.vaeEntry.latents.order[0] ?? 0;
  const slider = page.getByTestId(`latent-${index}`);
  await expect.poll(() => valueOf(slider)).toBe(z[index]);
  const before = await pixels(digit);
  await drag(slider, 0.9);
  const value = await valueOf(slider);
  expect(value).toBeGreaterThan(1.5);
  await expectLevels(digit, decode(crate, z.with(index, value)));
  expect(await pixels(digit)).not.toBe(before);
});

test('moves that come before the page has followed the first count on from it, and the thumb stays where it was put', async ({
  page,
}) => {
  await open(page, 'z=0.5');
  const crate = await loadCrate();
  const digit = page.getByTestId('latent-digit');
  const zero = Array<number>(LATENTS).fill(0);
  await expectLevels(digit, decode(crate, zero.with(0, 0.5)));

  const slider = page.getByTestId('latent-0');
  await slider.evaluate((input) => {
    for (let i = 0; i < 3; i++)
      input.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight' }));
  });
  await expect.poll(() => valueOf(slider)).toBe(0.65);
  await expectLevels(digit, decode(crate, zero.with(0, 0.65)));
  await expect(page).toHaveURL(/z=0\.65(,0)*$/);

  const set = await slider.evaluate(async (input: HTMLInputElement) => {
    const values: number[] = [];
    for (const name of ['value', 'valueAsNumber'] as const) {
      const { get, set } = Object.getOwnPropertyDescriptor(
        HTMLInputElement.prototype,
        name,
      ) as PropertyDescriptor;
      Object.defineProperty(input, name, {
        get,
        set: (value) => (values.push(Number(value)), set?.call(input, value)),
      });
    }
    for (const value of [1, 1.5]) {
      input.value = String(value);
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    return values;
  });
  expect(set.slice(0, 2)).toEqual([1, 1.5]);
  expect(new Set(set.slice(2))).toEqual(new Set([1.5]));
  await expectLevels(digit, decode(crate, zero.with(0, 1.5)));
});

test('an address that comes right after a move is what the page shows', async ({ page }) => {
  await open(page, 'z=0.5');
  const crate = await loadCrate();
  const slider = page.getByTestId('latent-0');
  await slider.evaluate((input: HTMLInputElement) => {
    input.value = '1';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    location.hash = '#z=2';
  });
  await expectLevels(
    page.getByTestId('latent-digit'),
    decode(crate, [2, ...Array<number>(LATENTS - 1).fill(0)]),
  );
  await expect.poll(() => valueOf(slider)).toBe(2);
  await expect(page).toHaveURL(/#z=2$/);
});

test('a latent is reset by a double click, all by a button, and a random sample replaces them', async ({
  page,
}) => {
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
  for (const each of [page, await context.newPage()]) {
    await open(each, fragment);
    await expectLevels(each.getByTestId('latent-digit'), decode(crate, z));
    await expectLevels(each.getByTestId('latent-a'), decode(crate, priorSample(crate, 4)));
    await expectLevels(each.getByTestId('latent-b'), decode(crate, priorSample(crate, 5)));
    await expectStrip(each.getByTestId('latent-strip'), crate, 'linear');
  }
});

test('the film strip and the position show the way from A to B', async ({ page }) => {
  await open(page, 'z=path:0.25&a=seed:4&b=seed:5');
  const crate = await loadCrate();
  const digit = page.getByTestId('latent-digit');
  const strip = page.getByTestId('latent-strip');
  await expectLevels(digit, between(crate, 0.25, 'spherical'));
  await expectStrip(strip, crate, 'spherical');

  await page.getByRole('radio', { name: text.path.modes.linear }).check();
  await expectLevels(digit, between(crate, 0.25, 'linear'));
  await expectStrip(strip, crate, 'linear');
  await page.getByRole('button', { name: text.path.frame(75) }).click();
  await expectLevels(digit, between(crate, 0.75, 'linear'));

  const position = page.getByTestId('path-position');
  await page.getByRole('button', { name: text.path.play }).click();
  await expect(page.getByRole('button', { name: text.path.pause })).toBeVisible();
  await expect.poll(() => valueOf(position)).not.toBe(0.75);
  await page.getByRole('button', { name: text.path.pause }).click();
  // The page may be a picture behind; the address comes last.
  await expect.poll(async () => page.url().includes(`path:${await valueOf(position)}&`)).toBe(true);
  const rest = await valueOf(position);
  await expectLevels(digit, between(crate, rest, 'linear'));
  expect(await valueOf(position)).toBe(rest);
});
