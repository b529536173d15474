import { fixed } from '../../../www/src/format.ts';
import { sampled, STEPS, tiled } from '../crate.ts';
import {
  drag,
  en,
  expect,
  expectLevels,
  levels,
  open,
  type Page,
  pixels,
  recordCalls,
  test,
  valueOf,
} from '../fixtures.ts';

const text = en.denoise;
const lab = (page: Page) => ({
  x: page.getByTestId('denoise-x'),
  predicted: page.getByTestId('denoise-x0'),
  scrub: page.getByTestId('denoise-scrub'),
  step: page.getByTestId('denoise-step'),
  computed: page.getByTestId('denoise-computed'),
  button: (name: string) =>
    page.getByTestId('denoise-transport').getByRole('button', { name, exact: true }),
});

test('plays, pauses, steps back and scrubs through stored frames', async ({ page, crate }) => {
  const record = await recordCalls(page);
  // Slow enough that a busy machine can press Pause in time.
  const steps = 50;
  await open(page, `lab=denoise&steps=${steps}&seed=7&speed=5`);
  const frames = sampled(crate, steps + 1, { seed: 7, class: 3, steps });
  const { x, predicted, scrub, step, computed, button } = lab(page);
  const shows = async (index: number) => {
    await expect(step).toHaveText(text.step({ index, steps }));
    await expectLevels(x, frames[index]?.x ?? []);
    await expectLevels(predicted, frames[index]?.predictedX0 ?? []);
  };
  await shows(0);

  await button(text.play).click();
  await expect.poll(() => valueOf(scrub)).toBeGreaterThan(0);
  await button(text.pause).click();
  const paused = await valueOf(scrub);
  await shows(paused);

  await expect(computed).toHaveText(text.computedAll);
  await expect(page.getByTestId('denoise-t')).toHaveText(String(frames[paused]?.t));
  const before = (await record.calls()).length;

  const then = [await pixels(x), await pixels(predicted)];
  await button(text.forward).click();
  await button(text.forward).click();
  await shows(paused + 2);
  await button(text.back).click();
  await button(text.back).click();
  await shows(paused);
  expect([await pixels(x), await pixels(predicted)]).toEqual(then);

  await drag(scrub, 0.8);
  await shows(0.8 * steps);
  await button(text.end).click();
  await shows(steps);
  await page.getByLabel(text.speed).selectOption('240');
  await button(text.back).click();
  await shows(steps - 1);
  await button(text.replay).click();
  await expect(step).toHaveText(text.step({ index: steps, steps }));

  // Frames are painted again; nothing is sampled again.
  const sampler = (await record.calls()).slice(before).filter((call) => call.startsWith('sampler'));
  expect(new Set(sampler)).toEqual(new Set(['sampler frame']));
});

test('a control makes another chain, and a grid shows sixteen', async ({ page, crate }) => {
  await open(page, `lab=denoise&steps=${STEPS}&seed=2&step=1&samples=16`);
  const frame = sampled(crate, 2, { seed: 2, class: 3, chains: 16 })[1];
  const { x, step } = lab(page);
  const side = 28;
  await expect(step).toHaveText(text.step({ index: 1, steps: STEPS }));
  await expectLevels(x, tiled(frame?.x, 4));

  await page
    .getByTestId('samples')
    .getByRole('radio', { name: text.sampleCounts[1], exact: true })
    .check();
  await page.getByTestId('digit').getByRole('radio', { name: '7', exact: true }).check();
  await expect(page).toHaveURL(/digit=7/);
  // A changed control starts its chain and plays it to the end.
  await expect(step).toHaveText(text.step({ index: STEPS, steps: STEPS }));
  const last = sampled(crate, STEPS + 1, { seed: 2, class: 7 })[STEPS];
  await expectLevels(x, last?.x ?? []);
  expect(await levels(x)).toHaveLength(side * side);

  // A second chain, which differs in its seed: its picture, and how it differs.
  await page.getByTestId('compare').check();
  await expect(page).toHaveURL(/vs=1&vs\.seed=3/);
  const other = sampled(crate, STEPS + 1, { seed: 3, class: 7 })[STEPS];
  await expectLevels(page.getByTestId('denoise-b-x0'), other?.predictedX0 ?? []);
  const differences = Array.from(
    last?.predictedX0 ?? [],
    (level, i) => (other?.predictedX0[i] ?? 0) - level,
  ).map(Math.abs);
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  await expect(page.getByTestId('denoise-difference-x0-numbers')).toHaveText(
    en.difference.numbers({ mean: fixed(mean, 2), most: Math.max(...differences) }),
  );

  // Both as paths, each with the picture at its playhead; the keyboard goes from one to the other.
  await page.getByTestId('paths').check();
  const picture = page.getByTestId('paths-picture');
  await expectLevels(picture, last?.predictedX0 ?? []);
  await page.getByTestId('paths-chart').press('ArrowRight');
  await expectLevels(picture, other?.predictedX0 ?? []);
});
