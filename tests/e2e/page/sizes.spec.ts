/** A site whose VAE has coloured pictures that are wider than high, and whose diffusion model grey ones that are higher than wide. */
import {
  Ddpm,
  imageFromPixels,
  interpolate,
  renderStrokes,
  resampleImage,
  toLevels,
  Vae,
} from '../../../www/pkg/elbo_room.js';
import { printPixels } from '../../../www/src/drawing/pixels.ts';
import { estimate } from '../../../www/src/format.ts';
import { expectAccessible, expectNoOverflow, SPANS } from '../checks.ts';
import { toGrid } from '../crate.ts';
import { drawSeven, FEW, strokesOf } from '../drawing.ts';
import { en, expect, type Locator, open, type Page, rgba, test } from '../fixtures.ts';
import { keep } from '../keep.ts';
import { withoutRounding } from '../numbers.ts';
import { COLOUR_VAE, loadSite, makeSite, serve, TALL_DDPM } from '../sites.ts';

const text = en.elboLab;
const COLOUR = COLOUR_VAE.image;
const TALL = TALL_DDPM.image;
const SEED = 9;

interface World {
  vae: Vae;
  ddpm: Ddpm;
}

async function world(page: Page): Promise<World> {
  const files = await makeSite([COLOUR_VAE, TALL_DDPM], { scores: true });
  await serve(page, files);
  const model = await loadSite(files);
  return {
    vae: model(COLOUR_VAE.id) as Vae,
    ddpm: model(TALL_DDPM.id) as Ddpm,
  };
}

/** Waits until the canvas shows exactly these images, one after the other in rows of so many. */
async function expectImages(
  canvas: Locator,
  levels: ArrayLike<number> | undefined,
  { channels, height, width }: typeof COLOUR,
  columns = 1,
): Promise<void> {
  const differing = async () => {
    const bytes = await rgba(canvas);
    const size = channels * height * width;
    const images = (levels?.length ?? 0) / size;
    if (bytes.length !== 4 * images * height * width) return `${bytes.length / 4} pixels`;
    let count = 0;
    for (let i = 0; i < bytes.length / 4; i++) {
      const [x, y] = [i % (columns * width), Math.floor(i / (columns * width))];
      const image = Math.floor(y / height) * columns + Math.floor(x / width);
      const pixel = (y % height) * width + (x % width);
      for (let c = 0; c < 3; c++) {
        const at = image * size + pixel * channels + (c % channels);
        if (bytes[4 * i + c] !== levels?.[at]) count++;
      }
    }
    return count;
  };
  await expect.poll(differing, { message: 'levels that differ' }).toBe(0);
}

const decoded = (vae: Vae, z: readonly number[]) => toLevels(vae.decode(Float32Array.from(z)));
const priorOf = (vae: Vae, seed: number) => Array.from(vae.samplePrior(seed), toGrid);

const mean = (page: Page, testid: string) => page.getByTestId(testid).locator('.mean');

async function expectElbo(page: Page, vae: Vae, image: Uint8Array): Promise<void> {
  const bound = vae.bound(image, { samples: 100, seed: 0 });
  while (!bound.done) bound.step();
  const elbo = bound.result()?.elbo ?? { mean: NaN, standardError: null };
  await expect(mean(page, `${COLOUR_VAE.id}-elbo`)).toHaveText(
    estimate(withoutRounding(elbo), 2).mean,
  );
}

test('a latent slider paints a coloured picture, and both models score it', async ({ page }) => {
  const { vae, ddpm } = await world(page);
  await open(page, `z=seed:${SEED}&timesteps=64`);
  const digit = page.getByTestId('latent-digit');
  await expectImages(digit, decoded(vae, priorOf(vae, SEED)), COLOUR);
  const z = priorOf(vae, SEED).with(0, 2);
  await page.getByTestId('latent-0').fill('2');
  const image = decoded(vae, z);
  await expectImages(digit, image, COLOUR);
  const box = await digit.boundingBox();
  expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(COLOUR.width / COLOUR.height, 1);

  await expect(page.getByTestId('elbo-vae')).toHaveAttribute('data-current', 'true');
  const { elbo } = vae.elbo(image, { samples: 64, seed: 0 });
  await expect(mean(page, 'vae-elbo')).toHaveText(estimate(withoutRounding(elbo), 2).mean);

  // The diffusion model has another shape: the picture is resampled, and the page says so.
  await expect(page.getByTestId('elbo-ddpm')).toHaveAttribute('data-status', 'done');
  const resampled = resampleImage(image, COLOUR, TALL);
  const bound = ddpm.elbo(resampled, {
    schedule: 'log-snr-linear',
    steps: 1000,
    timesteps: 64,
    seed: 0,
  });
  while (!bound.done) bound.step();
  const expected = bound.result()?.elbo ?? { mean: NaN, standardError: null };
  await expect(mean(page, 'ddpm-elbo')).toHaveText(estimate(expected, 2).mean);
  const size = en.images.size;
  await expect(page.getByTestId('resampled-ddpm')).toHaveText(
    en.images.resampled({
      from: size({ width: 40, height: 32, colour: true }),
      to: size({ width: 20, height: 36, colour: false }),
    }),
  );
  await expect(page.getByTestId('resampled-vae')).toHaveCount(0);
});

test('the strip between two points is as wide as its pictures', async ({ page }) => {
  const { vae } = await world(page);
  await open(page, 'a=seed:4&b=seed:5&path=linear');
  const strip = page.getByTestId('latent-strip');
  const width = () => strip.evaluate((canvas: HTMLCanvasElement) => canvas.width);
  await expect.poll(width).toBe(9 * COLOUR.width);
  const [a, b] = [priorOf(vae, 4), priorOf(vae, 5)];
  const frames = Array.from({ length: 9 }, (_, i) =>
    decoded(
      vae,
      Array.from(interpolate(Float32Array.from(a), Float32Array.from(b), i / 8, 'linear'), toGrid),
    ),
  );
  await expectImages(
    strip,
    frames.flatMap((frame) => [...frame]),
    COLOUR,
    9,
  );
});

test('chains of tall pictures are walked, in a grid as well, and named by their classes', async ({
  page,
}) => {
  const { ddpm } = await world(page);
  await open(page, 'lab=denoise&steps=20&step=20&digit=2&samples=16&seed=3&guidance=0.5');
  const options = {
    class: 2,
    schedule: 'cosine',
    steps: 20,
    guidance: 0.5,
    seed: 3,
    chains: 16,
  };
  const sampler = ddpm.sampler(options as Parameters<Ddpm['sampler']>[0]);
  while (!sampler.done) sampler.step();
  const last = sampler.frame(20);
  await expectImages(page.getByTestId('denoise-x'), last.x, TALL, 4);
  await expectImages(page.getByTestId('denoise-x0'), last.predictedX0, TALL, 4);
  const classes = page.getByTestId('digit');
  await expect(classes.getByRole('radio', { name: 'swan', exact: true })).toBeChecked();
  await expect(classes).toContainText(en.classes.named.label);
});

test('a picture of another model is noised at the model’s size', async ({ page }) => {
  const { vae, ddpm } = await world(page);
  await open(page, `z=seed:${SEED}&steps=20&seed=3`);
  const image = decoded(vae, priorOf(vae, SEED));
  await expectImages(page.getByTestId('latent-digit'), image, COLOUR);
  await page.getByTestId('noise').click();
  const small = resampleImage(image, COLOUR, TALL);
  await expectImages(page.getByTestId('denoise-original'), small, TALL);
  const chain = ddpm.denoise(small, 10, {
    schedule: 'cosine',
    steps: 20,
    seed: 3,
  });
  while (!chain.done) chain.step();
  await expectImages(page.getByTestId('denoise-start'), chain.frame(0).x, TALL);
});

test('grey strokes are drawn at each model’s size, and scored as the crate does', async ({
  page,
}) => {
  const { vae, ddpm } = await world(page);
  await open(page, `lab=elbo&image=strokes:&${FEW}`);
  const pad = page.getByTestId('drawing-pad');
  const box = await pad.boundingBox();
  expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(COLOUR.width / COLOUR.height, 1);
  await drawSeven(page);
  const strokes = await strokesOf(page);
  const image = renderStrokes(strokes, COLOUR);
  await expectImages(page.getByTestId('elbo-picture'), image, COLOUR);
  await expectElbo(page, vae, image);

  await page
    .getByTestId('picture-formats')
    .selectOption({ label: en.images.size({ width: 20, height: 36, colour: false }) });
  const tall = renderStrokes(strokes, TALL);
  await expectImages(page.getByTestId('elbo-picture'), tall, TALL);
  await expectImages(page.getByTestId('playhead-x0'), tall, TALL);
  const bound = ddpm.elbo(tall, {
    schedule: 'log-snr-linear',
    steps: 50,
    timesteps: 64,
    seed: 0,
    consistency: true,
  });
  while (!bound.done) bound.step();
  const expected = bound.result()?.elbo ?? { mean: NaN, standardError: null };
  await expect(mean(page, `${TALL_DDPM.id}-elbo`)).toHaveText(estimate(expected, 2).mean);
  // A drawing is made for every model: nothing is resampled.
  await expect(page.getByTestId(`resampled-${TALL_DDPM.id}`)).toHaveCount(0);
});

test('an upload keeps its colours, and its address brings it back', async ({ page }) => {
  const { vae } = await world(page);
  await open(page, `lab=elbo&image=strokes:&${FEW}`);
  // Larger than the model's pictures, of other proportions, and coloured.
  const [width, height] = [90, 60];
  const pixels = Uint8ClampedArray.from({ length: 4 * width * height }, (_, i) => {
    const [x, y] = [(i >> 2) % width, Math.floor((i >> 2) / width)];
    return [250 - x, 3 * y, x > 45 ? 220 : 30, 255][i % 4] ?? 0;
  });
  const png = await page.evaluate(
    async ({ bytes, width, height }) => {
      const canvas = new OffscreenCanvas(width, height);
      const data = new ImageData(Uint8ClampedArray.from(bytes), width, height);
      canvas.getContext('2d')?.putImageData(data, 0, 0);
      const encoded = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
      return btoa(String.fromCharCode(...encoded));
    },
    { bytes: [...pixels], width, height },
  );
  const buffer = Buffer.from(png, 'base64');
  await page.getByTestId('upload').setInputFiles({ name: 'c.png', mimeType: 'image/png', buffer });
  const image = imageFromPixels(pixels, width, height, COLOUR);
  const picture = page.getByTestId('elbo-picture');
  await expectImages(picture, image, COLOUR);
  await expectElbo(page, vae, image);
  await expect(page).toHaveURL(new RegExp(`image=pixels:32x40x3\\.`));
  const coded = /image=(pixels:[\w.-]+)/.exec(page.url())?.[1];
  expect(coded).toBe(`pixels:${printPixels({ levels: image, shape: COLOUR })}`);

  await page.reload();
  await expectImages(picture, image, COLOUR);
  await expectElbo(page, vae, image);
  const size = en.images.size;
  await expect(page.getByTestId(`resampled-${TALL_DDPM.id}`)).toHaveText(
    en.images.resampled({
      from: size({ width: 40, height: 32, colour: true }),
      to: size({ width: 20, height: 36, colour: false }),
    }),
  );
  await expectImages(page.getByTestId('playhead-x0'), resampleImage(image, COLOUR, TALL), TALL);
});

test('labs of such models fit screens of every width, and axe finds nothing', async ({ page }) => {
  await world(page);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const [lab, fragment] of [
    ['latent', 'z=seed:9&timesteps=64'],
    ['denoise', 'lab=denoise&steps=20&step=20&digit=1&timesteps=64&from=10&step=10'],
    ['elbo', `lab=elbo&${FEW}`],
  ] as const) {
    await open(page, fragment);
    if (lab === 'elbo')
      await expect(page.getByTestId(`bound-${COLOUR_VAE.id}`)).toHaveAttribute(
        'data-status',
        'done',
      );
    else await expect(page.getByTestId('elbo-ddpm')).toHaveAttribute('data-status', 'done');
    await expectAccessible(page, { exclude: SPANS }, lab);
    for (const width of [390, 768, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoOverflow(page, `${lab}, ${width} pixels`);
      await keep(page, `sizes-${lab}-${width}`);
    }
  }
  await expect(page.getByRole('heading', { name: text.title })).toBeVisible();
});
