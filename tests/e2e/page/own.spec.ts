import { MNIST_SHAPE } from '../../../www/engine/facts.ts';
import { printPixels } from '../../../www/src/drawing/pixels.ts';
import { fixed } from '../../../www/src/format.ts';
import { CONTRAST, expectAccessible, expectNoOverflow, SPANS } from '../checks.ts';
import { type Crate, decode, denoised, priorSample, STEPS, tiled } from '../crate.ts';
import {
  en,
  expect,
  expectLevels,
  levels,
  open,
  type Page,
  tabTo,
  test,
  valueOf,
} from '../fixtures.ts';
import { keep } from '../keep.ts';

const text = en.denoise;
const SIDE = 28;

/** A picture that is in no example, and its form in the address. */
function own(crate: Crate): { picture: Uint8Array; image: string } {
  const picture = decode(crate, priorSample(crate, 3));
  return { picture, image: `image=pixels:${printPixels({ levels: picture, shape: MNIST_SHAPE })}` };
}

const lab = (page: Page) => ({
  original: page.getByTestId('denoise-original'),
  start: page.getByTestId('denoise-start'),
  x: page.getByTestId('denoise-x'),
  predicted: page.getByTestId('denoise-x0'),
  step: page.getByTestId('denoise-step'),
  distance: page.getByTestId('denoise-distance'),
  from: page.getByTestId('from'),
});

test('the sampler’s settings hold, sixteen draws stand beside each other, and pure noise is one choice away', async ({
  page,
  crate,
}) => {
  const { picture, image } = own(crate);
  const options = {
    seed: 2,
    class: 8,
    method: 'ddim',
    eta: 0.5,
    guidance: 1,
    chains: 16,
  } as const;
  const frames = denoised(crate, picture, 9, options);
  await open(
    page,
    `lab=denoise&steps=${STEPS}&from=9&digit=8&sampler=ddim&eta=0.5&guidance=1&samples=16&seed=2&step=9&cell=6&${image}`,
  );
  const { start, predicted, distance, original } = lab(page);
  await expectLevels(start, tiled(frames[0]?.x, 4));
  await expectLevels(predicted, tiled(frames[9]?.predictedX0, 4));
  await expect(distance).toHaveText(
    text.distance({ levels: fixed(frames[9]?.rmsToOriginal?.[6] ?? null, 1) }),
  );

  await page.getByTestId('start').getByRole('radio', { name: text.starts.noise }).check();
  await expect(original).toBeHidden();
  await expect(page).not.toHaveURL(/from=/);
  await expect(page.getByTestId('denoise-step')).toHaveText(
    text.step({ index: STEPS, steps: STEPS }),
  );
});

test('how far a picture is noised is chosen by keyboard, and less noise stays closer to it', async ({
  page,
  crate,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const { picture, image } = own(crate);
  await open(page, `lab=denoise&steps=${STEPS}&seed=4&${image}`);
  await page.getByTestId('start').getByRole('radio', { name: text.starts.picture }).focus();
  await page.keyboard.press('Space');
  const { from, step, x, distance } = lab(page);
  await expect(page).toHaveURL(/from=10/);
  await expect(page).toHaveURL(/digit=none/);
  await expect(step).toHaveText(text.step({ index: 10, steps: 10 }));
  await tabTo(from);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('PageDown');
  await expect.poll(() => valueOf(from)).toBe(7);
  const last = (t: number) => denoised(crate, picture, t, { seed: 4, class: null })[t];
  await expectLevels(x, last(7)?.x ?? []);
  await expect(step).toHaveText(text.step({ index: 7, steps: 7 }));
  // In a longer chain it is as far down the way.
  await page.getByTestId('steps').getByRole('radio', { name: '100', exact: true }).check();
  await expect(page).toHaveURL(/from=35/);
  await page
    .getByTestId('steps')
    .getByRole('radio', { name: String(STEPS), exact: true })
    .check();
  await expect(page).toHaveURL(/from=7/);

  const rms = async (t: number) => {
    await from.focus();
    while ((await valueOf(from)) > t) await page.keyboard.press('ArrowLeft');
    const frame = last(t);
    await expectLevels(x, frame?.x ?? []);
    const found = frame?.rmsToOriginal?.[0] ?? 0;
    await expect(distance).toHaveText(text.distance({ levels: fixed(found, 1) }));
    return found;
  };
  expect(await rms(1)).toBeLessThan(last(16)?.rmsToOriginal?.[0] ?? 0);
});

test('pictures of other labs come over, and a drawing starts a chain of its own', async ({
  page,
  crate,
}) => {
  await open(page, `z=seed:5&steps=${STEPS}&seed=3`);
  const digit = decode(crate, priorSample(crate, 5));
  await expectLevels(page.getByTestId('latent-digit'), digit);
  await page.getByTestId('noise').click();
  await expect(page).toHaveURL(/lab=denoise/);
  const { original, start } = lab(page);
  await expectLevels(original, digit);
  await expectLevels(
    start,
    denoised(crate, digit, STEPS / 2, { seed: 3, class: null })[0]?.x ?? [],
  );

  // The examples are there, and the ELBO lab has the same picture.
  await page
    .getByTestId(/^example-/)
    .nth(1)
    .click();
  await expect(page).toHaveURL(/image=example/);
  let example = digit;
  await expect
    .poll(async () => {
      example = Uint8Array.from((await levels(original)) ?? []);
      return example.length === SIDE * SIDE && example.some((level, i) => level !== digit[i]);
    })
    .toBe(true);
  await expectLevels(
    start,
    denoised(crate, example, STEPS / 2, { seed: 3, class: null })[0]?.x ?? [],
  );

  await page.goto('about:blank');
  await open(page, 'lab=elbo&k=100&timesteps=64&perClass=10&T=50&steps=20');
  await page.getByTestId('noise-picture').click();
  await expect(page).toHaveURL(/lab=denoise/);
  await expect(page).toHaveURL(/from=10/);
  await expect(original).toBeVisible();
});

test('an empty pad has nothing to noise, and says so', async ({ page }) => {
  await open(page, `lab=denoise&steps=${STEPS}&from=10&image=strokes:`);
  await expect(lab(page).distance).toHaveText(en.elboLab.noPicture);
});

test('the denoise lab with a picture and a second chain fits screens of every width, and axe finds nothing', async ({
  page,
  crate,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const { picture, image } = own(crate);
  const settings = `lab=denoise&steps=${STEPS}&from=10&step=10&digit=none&timesteps=64&vs=1`;
  await open(page, `${settings}&vs.seed=2&vs.steps=50&${image}`);
  await expectLevels(
    lab(page).x,
    denoised(crate, picture, 10, { seed: 1, class: null })[10]?.x ?? [],
  );
  await expect(page.getByTestId('denoise-b-x')).toHaveAttribute('data-painted', '25');
  await expect(page.getByTestId('elbo-ddpm')).toHaveAttribute('data-status', 'done');
  await expectAccessible(page, { exclude: SPANS });
  for (const width of [390, 768, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoOverflow(page, `${width} pixels`);
    await keep(page, `own-${width}`);
  }
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await expectAccessible(page, { exclude: SPANS, rules: CONTRAST });
});
