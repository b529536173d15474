/** The README's pictures. As WebP: the map's hundreds of digits weigh three times as much as PNG. */
import { writeFile } from 'node:fs/promises';
import { printStrokes } from '../../../www/src/drawing/strokes.ts';
import { expect, type Locator, open, type Page, test } from '../fixtures.ts';

const WIDTH = 1280;
const MARGIN = 16;

test.beforeEach(async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
});

/** The page from its top down to the end of what is given. */
async function take(page: Page, name: string, last: Locator): Promise<void> {
  await page.evaluate(() => scrollTo(0, 0));
  const box = await last.boundingBox();
  if (!box) throw new Error('there is nothing to end the picture with');
  const clip = {
    x: 0,
    y: 0,
    width: WIDTH,
    height: Math.round(box.y + box.height + MARGIN),
    scale: 1,
  };
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', {
    format: 'webp',
    quality: 90,
    captureBeyondViewport: true,
    clip,
  });
  await writeFile(
    new URL(`../../../www/pictures/${name}.webp`, import.meta.url),
    Buffer.from(data, 'base64'),
  );
}

test('the latent lab with its map', async ({ page }) => {
  await open(page, `way=${printStrokes([[30, 200, 128, 60, 230, 190]])}&map=path:0.5&timesteps=64`);
  const map = page.getByTestId('latent-map');
  await map.scrollIntoViewIfNeeded();
  await expect(page.getByTestId('map-plane')).toHaveAttribute('data-painted', '1', {
    timeout: 120_000,
  });
  await expect(page.getByTestId('map-region-9')).toBeVisible();
  await expect(page.getByTestId('elbo-ddpm')).toHaveAttribute('data-status', 'done');
  await take(page, 'latent', map);
});

test('the ELBO lab, its numbers complete', async ({ page }) => {
  await open(page, 'lab=elbo&image=example:7-crossed&k=100&T=250&timesteps=256');
  const models = page.getByTestId('elbo-lab').locator('article[data-status]');
  await expect(models.first()).toBeVisible();
  await expect(models.and(page.locator(':not([data-status=done])'))).toHaveCount(0, {
    timeout: 280_000,
  });
  await take(page, 'elbo', page.getByTestId('compare-binarized'));
});
