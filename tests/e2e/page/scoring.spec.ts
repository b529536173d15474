import { readFile } from 'node:fs/promises';
import { zh } from '../texts.ts';
import { estimate } from '../../../www/src/format.ts';
import { decode, priorSample } from '../crate.ts';
import { drawSeven, FEW, strokesOf } from '../drawing.ts';
import {
  en,
  expect,
  expectLevels,
  levels,
  open,
  type Page,
  pixels,
  tabTo,
  test,
  withCores,
} from '../fixtures.ts';
import { nameOf } from '../labs.ts';
import { withoutRounding } from '../numbers.ts';

const text = en.elboLab;
const mean = (page: Page, testid: string) => page.getByTestId(testid).locator('.mean');

test('a drawing survives undo, another lab, and a reload', async ({ page, crate }) => {
  await open(page, `lab=elbo&image=strokes:&${FEW}`);
  await drawSeven(page);
  const picture = page.getByTestId('elbo-picture');
  const image = crate.renderDigit(await strokesOf(page));
  await expectLevels(picture, image);

  await page.getByRole('button', { name: text.picture.clear }).click();
  await expectLevels(picture, new Uint8Array(784));
  await page.keyboard.press('ControlOrMeta+z');
  await expectLevels(picture, image);

  await page.getByRole('link', { name: nameOf('latent') }).click();
  await expect(page.getByTestId('latent-digit')).toBeVisible();
  await page.getByRole('link', { name: nameOf('elbo') }).click();
  await expectLevels(picture, image);
  await strokesOf(page);
  await page.reload();
  await expectLevels(picture, image);
});

test('what the latent lab shows can be sent over', async ({ page, crate }) => {
  await open(page, 'z=seed:3&timesteps=64');
  await expect(page.getByTestId('send')).toBeEnabled();
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
  await expect(page.getByText(en.errors.picture.unknown)).toBeVisible();
  await page.getByTestId('language-zh').click();
  await expect(page.getByText(zh.errors.picture.unknown)).toBeVisible();
});

test('a computation can be stopped and taken up again', async ({ page, crate }) => {
  // Slow enough that Pause can be pressed in time on any machine.
  await withCores(page, 1);
  await open(page, 'lab=elbo&k=5000&timesteps=512&perClass=100');
  const { vaeEntry } = crate;
  const job = page.getByTestId(`job-${vaeEntry.id}`);
  const progress = job.getByRole('progressbar');
  await expect.poll(async () => Number(await progress.getAttribute('value'))).toBeGreaterThan(0);
  await job.getByRole('button', { name: text.pause }).click();
  await expect(job).toHaveAttribute('data-status', 'paused');
  const stopped = Number(await progress.getAttribute('value'));
  await job.getByRole('button', { name: text.resume }).click();
  await expect
    .poll(async () => Number(await progress.getAttribute('value')))
    .toBeGreaterThan(stopped);
});

test('terms, bars and the playhead are reached by keyboard', async ({ page, crate }) => {
  await open(page, `lab=elbo&${FEW}`);
  const { vae, vaeEntry, ddpmEntry } = crate;
  const bound = page.getByTestId(`bound-${vaeEntry.id}`);
  await expect(bound).toHaveAttribute('data-current', 'true');
  const pad = page.getByTestId('drawing-pad');
  await tabTo(pad);
  for (const press of ['Space', 'ArrowDown', 'ArrowDown', 'ArrowRight', 'Space'])
    await page.keyboard.press(press);
  const strokes = await strokesOf(page);
  expect(strokes.length).toBeGreaterThan(0);
  const image = crate.renderDigit(strokes);
  await expectLevels(page.getByTestId('elbo-picture'), image);
  // The numbers of the picture before were current, too: these can only be those of the drawing.
  const drawn = vae.bound(image, { samples: 100, seed: 0 });
  while (!drawn.done) drawn.step();
  const elbo = drawn.result()?.elbo ?? { mean: NaN, standardError: null };
  await expect(mean(page, `${vaeEntry.id}-elbo`)).toHaveText(
    estimate(withoutRounding(elbo), 2).mean,
  );
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

test('the results can be taken along', async ({ page, crate, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, `lab=elbo&${FEW}`);
  const { vaeEntry } = crate;
  await expect(page.getByTestId(`bound-${vaeEntry.id}`)).toHaveAttribute('data-status', 'done');
  await page.getByTestId('elbo-share').click();
  await page.getByTestId('share-copy-json').click();
  await expect(page.getByTestId('share-said')).toHaveText(en.share.copied);
  const json = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  const row = json.results.find(
    (entry: { model: string; term: string }) =>
      entry.model === vaeEntry.id && entry.term === 'ELBO',
  );
  await expect(mean(page, `${vaeEntry.id}-elbo`)).toHaveText(
    estimate({ mean: row.value, standardError: row.standardError }, 2).mean,
  );
  expect(json.image).toHaveLength(784);

  await page.keyboard.press('Escape');
  await page
    .getByRole('button', { name: en.share.open({ title: text.perLatent }) })
    .first()
    .click();
  const downloading = page.waitForEvent('download');
  await page.getByTestId('share-svg').click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe(`${vaeEntry.id}-kl.svg`);
  const svg = await readFile(await download.path(), 'utf8');
  expect(svg).toMatch(/^<svg xmlns/);
  expect(svg).toContain(text.perLatent);
  expect(svg).toMatch(/fill="rgb\(/);
});
