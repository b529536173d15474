import { MNIST_SHAPE } from '../../../www/engine/facts.ts';
import { printPixels } from '../../../www/src/drawing/pixels.ts';
import { fixed } from '../../../www/src/format.ts';
import { decode, denoised, priorSample, sampled, STEPS, tiled } from '../crate.ts';
import {
  en,
  expect,
  expectLevels,
  open,
  type Page,
  recordCalls,
  test,
  withCores,
} from '../fixtures.ts';

const text = en.denoise;

const lab = (page: Page) => ({
  original: page.getByTestId('denoise-original'),
  start: page.getByTestId('denoise-start'),
  x: page.getByTestId('denoise-x'),
  predicted: page.getByTestId('denoise-x0'),
  step: page.getByTestId('denoise-step'),
  distance: page.getByTestId('denoise-distance'),
});

test('the same address gives the same pixels', async ({ page, crate, context }) => {
  const fragment = `lab=denoise&steps=${STEPS}&seed=11&digit=5&sampler=ddim&eta=0.5&guidance=1.5&step=12`;
  const frame = sampled(crate, 13, {
    seed: 11,
    class: 5,
    method: 'ddim',
    eta: 0.5,
    guidance: 1.5,
  })[12];
  const other = await context.newPage();
  for (const each of [page, other]) {
    await open(each, fragment);
    await expectLevels(lab(each).x, frame?.x ?? []);
    await expectLevels(lab(each).predicted, frame?.predictedX0 ?? []);
    await expect(lab(each).step).toHaveText(text.step({ index: 12, steps: STEPS }));
  }
});

test('a grid is computed by every core there is, and is the same for any number of them', async ({
  page,
  crate,
}) => {
  const options = { seed: 2, class: 3, chains: 16, guidance: 0 };
  const whole = sampled(crate, STEPS + 1, options)[STEPS];
  const { calls } = await recordCalls(page);
  for (const cores of [1, 3]) {
    await withCores(page, cores);
    await open(page, `lab=denoise&steps=${STEPS}&seed=2&step=${STEPS}&samples=16&guidance=0`);
    await expectLevels(lab(page).x, tiled(whole?.x, 4));
    expect((await calls()).filter((call) => call === 'pool assist')).toHaveLength(cores - 1);
  }
});

test('a picture is noised to t and denoised from there, pixel by pixel as the crate does', async ({
  page,
  crate,
  context,
}) => {
  const picture = decode(crate, priorSample(crate, 3));
  const image = `image=pixels:${printPixels({ levels: picture, shape: MNIST_SHAPE })}`;
  const frames = denoised(crate, picture, 12, { seed: 7, class: null });
  expect(frames).toHaveLength(13);
  const other = await context.newPage();
  for (const each of [page, other]) {
    await open(each, `lab=denoise&steps=${STEPS}&from=12&digit=none&seed=7&step=5&${image}`);
    const shown = lab(each);
    await expect(shown.step).toHaveText(text.step({ index: 5, steps: 12 }));
    await expectLevels(shown.original, picture);
    await expectLevels(shown.start, frames[0]?.x ?? []);
    await expectLevels(shown.x, frames[5]?.x ?? []);
    await expectLevels(shown.predicted, frames[5]?.predictedX0 ?? []);
    await expect(shown.distance).toHaveText(
      text.distance({ levels: fixed(frames[5]?.rmsToOriginal?.[0] ?? null, 1) }),
    );
    await expect(each.getByTestId('denoise-t')).toHaveText('7');
  }
});
