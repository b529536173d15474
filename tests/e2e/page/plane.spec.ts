import { readFile } from 'node:fs/promises';
import { fixed } from '../../../www/src/format.ts';
import {
  en,
  expect,
  type Locator,
  open,
  type Page,
  painted,
  pixels,
  tabTo,
  test,
} from '../fixtures.ts';

const text = en.planeLab;
const shown = (value: number) => fixed(value, 4);

/** Waits until the samplers have ended and everything about the point is known. */
async function rest(page: Page): Promise<void> {
  await expect(page.getByTestId('plane-t')).toHaveAttribute('data-current', 'true');
  await expect(page.getByTestId('plane-reached')).toHaveAttribute('data-done', 'true');
  await expect(page.getByTestId('plane-progress')).toHaveAttribute('data-done', 'true');
}

/** Waits until the bound of the point is there; the curves over T take longer. */
const known = (page: Page) =>
  expect(page.getByTestId('plane-readout')).toHaveAttribute('data-current', 'true');

const number = async (locator: Locator) => Number((await locator.innerText()).replace('−', '-'));

test('the numbers are those of the crate, and the pictures those of their address', async ({
  page,
  crate,
}) => {
  const fragment =
    'lab=plane&pdata=two-gaussians&pschedule=log-snr-linear&psteps=20&pt=8&x=0.1,0.3&pseed=5&model=blurred&blur=0.5';
  await open(page, fragment);
  await rest(page);
  const diffusion = new crate.PlaneDiffusion({
    data: 'two-gaussians',
    schedule: 'log-snr-linear',
    steps: 20,
    particles: 1000,
    seed: 5,
    model: 'blurred',
    blur: 0.5,
  });
  const point = diffusion.point(0.1, 0.3);
  while (!point.done) point.step();
  const { logP, bound, gap, flowLogP } = point.result;
  if (!bound || !gap || flowLogP === null) throw new Error('the point is computed');
  await expect(page.getByTestId('plane-log-p')).toHaveText(shown(logP));
  await expect(page.getByTestId('plane-elbo')).toHaveText(shown(bound.elbo));
  await expect(page.getByTestId('plane-gap')).toHaveText(shown(gap.total));
  await expect(page.getByTestId('plane-flow-log-p')).toHaveText(shown(flowLogP));
  for (const part of ['noise', 'steps', 'data', 'model'] as const)
    await expect(page.getByTestId(`plane-part-${part}`)).toHaveText(shown(gap[part]));
  await expect(page.getByTestId('plane-kl')).toHaveText(shown(diffusion.kernels(0.1, 0.3, 8).kl));
  await expect(page.getByTestId('plane-term')).toHaveText(shown(bound.perTimestep[6] ?? NaN));
  diffusion.advance(20);
  const { loss } = diffusion.scores();
  await expect(page.getByTestId('plane-scores').locator('tbody tr')).toContainText(
    loss.mean.toFixed(2),
  );

  const names = ['forward', 'ancestral', 'ddim', 'flow'];
  const canvases = names.map((name) => page.getByTestId(`plane-${name}`));
  const before = [];
  for (const canvas of canvases) before.push(await painted(canvas));
  expect(new Set(before).size).toBe(names.length);
  await page.getByTestId('plane-scrub').press('ArrowRight');
  await expect(page.getByTestId('plane-t')).toHaveText(text.transport.t({ t: 7, steps: 20 }));
  await expect(page).toHaveURL(/pt=7/);
  await page.getByTestId('plane-scrub').press('ArrowLeft');
  for (const [i, canvas] of canvases.entries())
    await expect.poll(() => pixels(canvas)).toBe(before[i]);
});

test('a click puts the point there, and log p follows', async ({ page, crate }) => {
  await open(page, 'lab=plane&pt=30&psteps=50');
  await rest(page);
  const stage = page.getByTestId('plane-stage');
  const box = await stage.boundingBox();
  if (!box) throw new Error('the plane is on the page');
  await stage.click({
    position: { x: 0.75 * box.width, y: 0.25 * box.height },
  });
  await expect(page).toHaveURL(/x=2\.\d+%2C2\.\d+|x=2\.\d+,2\.\d+/);
  await rest(page);
  const where = /x=([\d.-]+)(?:,|%2C)([\d.-]+)/.exec(page.url());
  const diffusion = new crate.PlaneDiffusion({ steps: 50, seed: 1 });
  const { logP } = diffusion.point(Number(where?.[1]), Number(where?.[2])).result;
  await expect(page.getByTestId('plane-log-p')).toHaveText(shown(logP));
  expect(await number(page.getByTestId('plane-elbo'))).toBeLessThan(logP);
});

test('everything can be done with the keyboard', async ({ page }) => {
  await open(page, 'lab=plane&pt=30&pdata=own&psteps=20');
  await rest(page);
  await tabTo(page.getByTestId('plane-dot-0'));
  await page.keyboard.press('Shift+ArrowRight');
  await expect(page).toHaveURL(/points=-1(,|%2C)1/);
  await page.keyboard.press('+');
  await expect(page).toHaveURL(/0\.46/);
  await tabTo(page.getByTestId('plane-point'));
  await page.keyboard.press('ArrowUp');
  await expect(page).toHaveURL(/x=0\.6(,|%2C)1\.95/);
  await tabTo(page.getByTestId('plane-scrub'));
  await page.keyboard.press('End');
  await expect(page.getByTestId('plane-t')).toHaveText(text.transport.t({ t: 0, steps: 20 }));
  await tabTo(page.getByTestId('plane-noise'));
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('plane-t')).toHaveText(text.transport.t({ t: 20, steps: 20 }));
  await tabTo(page.getByTestId('plane-model'));
  await page.keyboard.press('ArrowDown');
  await expect(page).toHaveURL(/model=blurred/);
  await rest(page);
});

test('a network learns while one watches, and its address brings it back', async ({
  page,
  context,
}) => {
  await open(page, 'lab=plane&pt=10&pdata=two-gaussians&psteps=20&model=network&trained=400');
  await expect(page.getByTestId('plane-trained')).toContainText('400');
  await known(page);
  const start = await number(page.getByTestId('plane-elbo'));
  await page.getByTestId('plane-train').click();
  await expect(page.getByTestId('plane-trained')).toHaveAttribute('data-busy', 'true');
  await expect
    .poll(async () => Number.parseInt(await page.getByTestId('plane-trained').innerText(), 10))
    .toBeGreaterThan(900);
  await page.getByTestId('plane-train').click();
  await expect(page.getByTestId('plane-trained')).toHaveAttribute('data-busy', 'false');
  await expect(page).toHaveURL(/trained=\d+[05]00/);
  const steps = /trained=(\d+)/.exec(page.url())?.[1] ?? '';
  await expect(page.getByTestId('plane-trained')).toContainText(steps);
  // The network of so many steps is the one in use.
  await expect(page.getByTestId('plane-scores')).toContainText(steps);
  await known(page);
  const elbo = await page.getByTestId('plane-elbo').innerText();
  expect(Number(elbo.replace('−', '-'))).not.toBe(start);

  const other = await context.newPage();
  await open(other, new URL(page.url()).hash.slice(1));
  await expect(other.getByTestId('plane-trained')).toContainText(steps);
  await expect(other.getByTestId('plane-scores')).toContainText(steps);
  await known(other);
  await expect(other.getByTestId('plane-elbo')).toHaveText(elbo);
});

test('results leave the page as JSON and CSV, charts as SVG', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, 'lab=plane&pt=5&psteps=10');
  await rest(page);
  await page.getByTestId('plane-share').click();
  await page.getByTestId('share-copy-csv').click();
  await expect(page.getByTestId('share-said')).toHaveText(en.share.copied);
  const csv = await page.evaluate(() => navigator.clipboard.readText());
  expect(csv.split('\r\n')[0]).toBe('model,task,term,value,standardError,unit,evaluations,seed');
  expect(csv).toContain('log p(x)');
  const downloading = page.waitForEvent('download');
  await page.getByTestId('share-json').click();
  const file = await (await downloading).path();
  const json = JSON.parse(await readFile(file, 'utf8')) as {
    address: string;
    x: number[];
    results: { term: string; value: number }[];
  };
  expect(json.address).toContain('psteps=10');
  expect(json.x).toEqual([0.6, 1.9]);
  const log = json.results.find(({ term }) => term === 'log p(x)');
  await expect(page.getByTestId('plane-log-p')).toHaveText(shown(log?.value ?? NaN));
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('plane-share')).toBeFocused();
  for (const title of [text.numbers.terms, text.sweep.title, text.errors.title]) {
    await page.getByRole('button', { name: en.share.open({ title }) }).click();
    const download = page.waitForEvent('download');
    await page.getByTestId('share-svg').click();
    expect((await download).suggestedFilename()).toMatch(/^plane-.*\.svg$/);
    await page.keyboard.press('Escape');
  }
});

test('a visitor who wants less movement sees the lab at rest', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, 'lab=plane');
  await rest(page);
  await expect(page.getByTestId('plane-t')).toHaveText(text.transport.t({ t: 65, steps: 100 }));
  await expect(page.getByTestId('plane-denoise')).toHaveText(text.transport.denoise);
});
