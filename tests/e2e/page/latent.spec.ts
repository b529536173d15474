import { decode, priorSample } from '../crate.ts';
import { en, expect, expectLevels, open, test, valueOf } from '../fixtures.ts';
import { between, expectStrip } from '../strip.ts';

const text = en.latent;
const LATENTS = 16;

/** A slider that keeps a list of the values that are written to it. */
interface Written {
  written: number[];
}

test('moves that come before the page has followed the first count on from it, and the thumb stays where it was put', async ({
  page,
  crate,
}) => {
  await open(page, 'z=0.5');
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

  await slider.evaluate((input: HTMLInputElement) => {
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
    Object.assign(input, { written: values });
  });
  await expectLevels(digit, decode(crate, zero.with(0, 1.5)));
  // The address comes last: by then the page has written all that it will.
  await expect(page).toHaveURL(/z=1\.5(,0)*$/);
  const written = await slider.evaluate((input) => (input as unknown as Written).written);
  expect(written.slice(0, 2)).toEqual([1, 1.5]);
  expect(new Set(written.slice(2))).toEqual(new Set([1.5]));
});

test('an address that comes right after a move is what the page shows', async ({ page, crate }) => {
  await open(page, 'z=0.5');
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
  crate,
}) => {
  await open(page, 'z=1,1,-2');
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

test('the film strip and the position show the way from A to B', async ({ page, crate }) => {
  await open(page, 'z=path:0.25&a=seed:4&b=seed:5');
  const digit = page.getByTestId('latent-digit');
  const strip = page.getByTestId('latent-strip');
  await expectLevels(digit, between(crate, 0.25, 'spherical'));
  await expectStrip(strip, crate, 'spherical');

  await page.getByRole('radio', { name: text.path.modes.linear }).check();
  await expectLevels(digit, between(crate, 0.25, 'linear'));
  await expectStrip(strip, crate, 'linear');
  await page.getByRole('button', { name: text.path.frame({ percent: 75 }) }).click();
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
