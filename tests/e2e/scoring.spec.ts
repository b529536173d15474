import { readFile } from 'node:fs/promises';
import { parseStrokes, toShares } from '../../www/src/drawing/strokes.ts';
import { zh } from '../../www/src/messages/zh.ts';
import type { Estimate } from '../../www/src/engine/protocol.ts';
import { estimate } from '../../www/src/format.ts';
import { decode, loadCrate, priorSample, renderDrawing } from './crate.ts';
import {
  en,
  expect,
  expectLevels,
  levels,
  open,
  type Page,
  pixels,
  recordCalls,
  tabTo,
  test,
  withCores,
} from './fixtures.ts';

const text = en.elboLab;
/** Few evaluations, so that a test ends soon: the numbers are compared, not their precision. */
const FEW = 'k=100&timesteps=64&perClass=10&T=50';

test.beforeAll(async () => {
  await loadCrate();
});

/** Draws a seven with the pointer: across, then down. */
async function drawSeven(page: Page): Promise<void> {
  const pad = page.getByTestId('drawing-pad');
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (!box) throw new Error('the pad is not on the page');
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(0.25, 0.2));
  await page.mouse.down();
  await page.mouse.move(...at(0.75, 0.2), { steps: 8 });
  await page.mouse.move(...at(0.45, 0.85), { steps: 8 });
  await page.mouse.up();
}

/** The drawing as the address holds it. */
async function strokesOf(page: Page): Promise<Float32Array[]> {
  await expect(page).toHaveURL(/image=strokes:[\w-]/);
  const coded = /image=strokes:([\w-]+)/.exec(page.url())?.[1] ?? '';
  const strokes = parseStrokes(coded);
  if (!strokes) throw new Error(`the address holds no drawing: ${page.url()}`);
  return toShares(strokes);
}

/** What is the same for every sample has no error but that of rounding, and none is shown. */
const told = ({ mean, standardError }: Estimate): Estimate => ({
  mean,
  standardError: (standardError ?? 0) > 1e-9 * Math.abs(mean) ? standardError : null,
});

const mean = (page: Page, testid: string) => page.getByTestId(testid).locator('.mean');

test('a digit drawn by hand gets the terms that the crate gives', async ({ page }) => {
  await open(page, `lab=elbo&image=strokes:&${FEW}`);
  await drawSeven(page);
  const crate = await loadCrate();
  const image = renderDrawing(await strokesOf(page));
  await expectLevels(page.getByTestId('elbo-picture'), image);

  for (const { entry, model } of crate.latent) {
    const { id } = entry;
    await expect(page.getByTestId(`bound-${id}`)).toHaveAttribute('data-status', 'done');
    const run = model.bound(image, { samples: 100, seed: 0 });
    while (!run.done) run.step();
    const result = run.result();
    if (!result) throw new Error('the bound is complete');
    for (const [testid, value, decimals] of [
      ['reconstruction', result.reconstruction, 2],
      ['kl', result.kl, 2],
      ['elbo', result.elbo, 2],
      ['log-likelihood', result.logLikelihood, 2],
      ['gap', result.gap, 2],
      ...(result.task === '8-bit' ? [['bits', result.bitsPerDim, 4] as const] : []),
      ...(result.layers.length > 1
        ? result.layers.map(({ kl }, i) => [`layer-${i}`, kl, 2] as const)
        : []),
    ] as const) {
      const shown = estimate(told(value), decimals);
      await expect(mean(page, `${id}-${testid}`)).toHaveText(shown.mean);
      await expect(page.getByTestId(`${id}-${testid}`).locator('.error')).toHaveText(
        shown.error && `± ${shown.error}`,
      );
    }
    const binarized = page.getByTestId(`binarized-${id}`);
    if (result.binarized)
      await expectLevels(
        binarized,
        Array.from(result.binarized, (bit) => bit * 255),
      );
    else await expect(binarized).toHaveCount(0);
    run.free();
  }

  const ddpm = crate.ddpmEntry.id;
  await expect(page.getByTestId(`bound-${ddpm}`)).toHaveAttribute('data-status', 'done');
  const options = {
    schedule: 'log-snr-linear',
    steps: 50,
    timesteps: 64,
    class: null,
    seed: 0,
    consistency: true,
  } as const;
  const bound = crate.ddpm.elbo(image, options);
  while (!bound.done) bound.step();
  const diffusion = bound.result();
  if (!diffusion?.consistency) throw new Error('the bound is complete, in both forms');
  for (const [testid, value, decimals] of [
    ['prior', { mean: diffusion.lT, standardError: null }, 3],
    ['denoising', diffusion.lDenoising, 2],
    ['reconstruction', diffusion.l0, 2],
    ['elbo', diffusion.elbo, 2],
    ['bits', diffusion.bitsPerDim, 4],
  ] as const) {
    await expect(mean(page, `${ddpm}-${testid}`)).toHaveText(estimate(value, decimals).mean);
  }
  await expect(page.getByTestId(`${ddpm}-consistency`)).toContainText(
    estimate(diffusion.consistency.elbo, 2).mean,
  );

  await expect(page.getByTestId('which-digit')).toHaveAttribute('data-status', 'done');
  const classify = {
    schedule: 'log-snr-linear',
    steps: 50,
    evaluationsPerClass: 10,
    seed: 0,
  } as const;
  const posterior = crate.ddpm.classify(image, classify);
  while (!posterior.done) posterior.step();
  const classes = posterior.result();
  if (!classes) throw new Error('the posterior is complete');
  await expect(page.getByTestId('predicted')).toHaveText(
    crate.ddpmEntry.classes[classes.predicted] ?? '',
  );
  await expect(page.getByTestId('class-entropy')).toContainText(
    estimate({ mean: classes.entropy, standardError: null }, 3).mean,
  );
});

test('the number of workers leaves no trace in the numbers', async ({ page }) => {
  const { calls } = await recordCalls(page);
  const { latent, ddpmEntry } = await loadCrate();
  let read: string[] | undefined;
  for (const cores of [1, 4]) {
    await withCores(page, cores);
    await open(page, `lab=elbo&${FEW}`);
    for (const testid of [
      ...latent.map(({ entry }) => `bound-${entry.id}`),
      `bound-${ddpmEntry.id}`,
      'which-digit',
    ]) {
      await expect(page.getByTestId(testid)).toHaveAttribute('data-status', 'done');
    }
    await expect(page.getByTestId('playhead-readout')).toHaveAttribute('data-t', '25');
    await expect
      .poll(async () => (await calls()).filter((call) => call === 'pool start').length)
      .toBe(cores);
    const numbers = page.getByTestId('elbo-lab').locator('dd');
    if (read) await expect(numbers).toHaveText(read);
    else read = await numbers.allTextContents();
  }
});

test('a drawing survives undo, another lab, and a reload', async ({ page }) => {
  await open(page, `lab=elbo&image=strokes:&${FEW}`);
  await drawSeven(page);
  const picture = page.getByTestId('elbo-picture');
  const image = renderDrawing(await strokesOf(page));
  await expectLevels(picture, image);

  await page.getByRole('button', { name: text.picture.clear }).click();
  await expectLevels(picture, new Uint8Array(784));
  await page.getByRole('button', { name: text.picture.undo }).click();
  await expectLevels(picture, image);

  await page.getByRole('link', { name: en.labs.latent }).click();
  await expect(page.getByTestId('latent-digit')).toBeVisible();
  await page.getByRole('link', { name: en.labs.elbo }).click();
  await expectLevels(picture, image);
  await strokesOf(page);
  await page.reload();
  await expectLevels(picture, image);
});

test('what the latent lab shows can be sent over', async ({ page }) => {
  await open(page, 'z=seed:3&timesteps=64');
  await expect(page.getByTestId('send')).toBeEnabled();
  const crate = await loadCrate();
  const shown = decode(crate, priorSample(crate, 3));
  await expectLevels(page.getByTestId('latent-digit'), shown);
  await page.getByTestId('send').click();
  await expect(page.getByRole('heading', { name: text.title })).toBeVisible();
  await expectLevels(page.getByTestId('elbo-picture'), shown);
  await expect(page).toHaveURL(/lab=elbo.*image=pixels:/);
});

test('a picture can be uploaded', async ({ page }) => {
  await open(page, `lab=elbo&image=strokes:&${FEW}`);
  const png = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(100, 100);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no 2-D context');
    context.fillStyle = '#fff';
    context.fillRect(0, 0, 100, 100);
    context.fillStyle = '#000';
    context.fillRect(45, 15, 12, 70);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    return btoa(String.fromCharCode(...bytes));
  });
  const file = { name: 'one.png', mimeType: 'image/png', buffer: Buffer.from(png, 'base64') };
  await page.getByTestId('upload').setInputFiles(file);
  await expect(page).toHaveURL(/image=pixels:/);
  await expect
    .poll(async () => Math.max(...((await levels(page.getByTestId('elbo-picture'))) ?? [0])))
    .toBeGreaterThan(200);
  await page.getByTestId('upload').setInputFiles({ ...file, buffer: Buffer.from('no picture') });
  await expect(page.getByText(en.errors.kinds['InvalidStateError'] ?? '')).toBeVisible();
  await page.getByTestId('language-zh').click();
  await expect(page.getByText(zh.errors.kinds['InvalidStateError'] ?? '')).toBeVisible();
});

test('a computation can be stopped and taken up again', async ({ page }) => {
  // Slow enough that Pause can be pressed in time on any machine.
  await withCores(page, 1);
  await open(page, 'lab=elbo&k=5000&timesteps=512&perClass=100');
  const { vaeEntry } = await loadCrate();
  const growth = page.getByTestId(`growth-${vaeEntry.id}`);
  const progress = growth.getByRole('progressbar');
  await expect.poll(async () => Number(await progress.getAttribute('value'))).toBeGreaterThan(0);
  await growth.getByRole('button', { name: text.pause }).click();
  await expect(growth).toHaveAttribute('data-status', 'paused');
  const stopped = Number(await progress.getAttribute('value'));
  await growth.getByRole('button', { name: text.resume }).click();
  await expect
    .poll(async () => Number(await progress.getAttribute('value')))
    .toBeGreaterThan(stopped);
});

test('terms, bars and the playhead are reached by keyboard', async ({ page }) => {
  await open(page, `lab=elbo&${FEW}`);
  const { vae, vaeEntry, ddpmEntry } = await loadCrate();
  const bound = page.getByTestId(`bound-${vaeEntry.id}`);
  await expect(bound).toHaveAttribute('data-current', 'true');
  const pad = page.getByTestId('drawing-pad');
  await tabTo(pad);
  for (const press of ['Space', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'Space'])
    await page.keyboard.press(press);
  const strokes = await strokesOf(page);
  expect(strokes.length).toBeGreaterThan(0);
  const image = renderDrawing(strokes);
  await expectLevels(page.getByTestId('elbo-picture'), image);
  // The numbers of the picture before were current, too: these can only be those of the drawing.
  const drawn = vae.bound(image, { samples: 100, seed: 0 });
  while (!drawn.done) drawn.step();
  const elbo = drawn.result()?.elbo ?? { mean: NaN, standardError: null };
  await expect(mean(page, `${vaeEntry.id}-elbo`)).toHaveText(estimate(told(elbo), 2).mean);
  await expect(bound).toHaveAttribute('data-status', 'done');

  await bound.getByTestId('segment-kl').focus();
  await expect(page.locator('.term.active')).toHaveCount(1);
  await expect(page.locator('.term.active')).toContainText(text.terms.kl);

  const chart = page.getByTestId('playhead-chart');
  await chart.focus();
  await page.keyboard.press('Home');
  await expect(chart).toHaveAttribute('aria-valuenow', '1');
  await expect(page.getByTestId('playhead-readout')).toHaveAttribute('data-t', '1');
  const before = await pixels(page.getByTestId('playhead-xt'));
  await page.keyboard.press('End');
  await expect(page.getByTestId('playhead-readout')).toHaveAttribute('data-t', '50');
  await expect.poll(() => pixels(page.getByTestId('playhead-xt'))).not.toBe(before);
  await expect(page).toHaveURL(/[#&]t=50/);
  expect(ddpmEntry.classes).toHaveLength(10);
});

test('the results can be taken along', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, `lab=elbo&${FEW}`);
  const { vaeEntry } = await loadCrate();
  await expect(page.getByTestId(`bound-${vaeEntry.id}`)).toHaveAttribute('data-status', 'done');
  await page.getByRole('button', { name: text.results.json }).click();
  await expect(page.getByText(text.results.copied, { exact: true })).toBeVisible();
  const json = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  const row = json.results.find(
    (entry: { model: string; term: string }) =>
      entry.model === vaeEntry.id && entry.term === 'ELBO',
  );
  await expect(mean(page, `${vaeEntry.id}-elbo`)).toHaveText(
    estimate({ mean: row.value, standardError: row.standardError }, 2).mean,
  );
  expect(json.image).toHaveLength(784);

  const downloading = page.waitForEvent('download');
  await page
    .getByRole('button', { name: en.charts.download(text.perLatent) })
    .first()
    .click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe(`${vaeEntry.id}-kl.svg`);
  const svg = await readFile(await download.path(), 'utf8');
  expect(svg).toMatch(/^<svg xmlns/);
  expect(svg).toContain(text.perLatent);
  expect(svg).toMatch(/fill="rgb\(/);
});

test('a model card shows what the evaluation program found for these very weights', async ({
  page,
}) => {
  await open(page, `lab=elbo&${FEW}`);
  const evaluation = JSON.parse(
    await readFile(new URL('../../models/evaluation.json', import.meta.url), 'utf8'),
  );
  for (const { id, command, scores } of evaluation.models) {
    const card = page.getByTestId(`card-${id}`);
    await card.getByText(text.card.title).click();
    const elbo = scores.find(({ metric }: { metric: string }) => metric === 'elbo');
    const { mean, error } = estimate(
      { mean: elbo.value, standardError: elbo.standardError ?? null },
      2,
    );
    const row = card
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name: text.card.metrics.elbo, exact: true }) });
    await expect(row).toContainText(error ? `${mean} ± ${error}` : mean);
    await expect(card.locator('code')).toHaveText(command);
  }
});
