import { GRIDS, SHARES, toSvgPath } from '../../../www/src/labs/latent/map/plane.ts';
import { mapVae } from '../crate.ts';
import { expect, expectLevels, open, test } from '../fixtures.ts';

/** Side of the square that the regions are drawn in. */
const SQUARE = 600;

test('the plane is painted as the crate paints it, coarse first, and the classes lie where it says', async ({
  page,
  crate,
}) => {
  await open(page, '');
  // The map fetches its model when it comes into sight.
  await page.getByTestId('latent-map').scrollIntoViewIfNeeded();
  const vae = mapVae(crate);
  const plane = page.getByTestId('map-plane');
  const whole = vae.plane({ range: 3, grids: [...GRIDS] });
  while (!whole.done) whole.step();
  await expect(plane).toHaveAttribute('data-painted', '1', { timeout: 120_000 });
  await expectLevels(plane, whole.levels());

  const regions = vae.classRegions(Float64Array.from(SHARES));
  expect(regions).toHaveLength(10);
  for (const [index, { contours }] of regions.entries()) {
    const drawn = page.getByTestId(`map-region-${index}`).locator('path');
    await expect(drawn.nth(0)).toHaveAttribute('d', toSvgPath(contours[1] ?? [], SQUARE));
    await expect(drawn.nth(1)).toHaveAttribute('d', toSvgPath(contours[0] ?? [], SQUARE));
  }
});
