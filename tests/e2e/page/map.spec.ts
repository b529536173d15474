import { alongPath, toLevels, type Vae } from '../../../www/pkg/elbo_room.js';
import { printStrokes } from '../../../www/src/drawing/strokes.ts';
import { STRIP_FRAMES, toCoordinates } from '../../../www/src/labs/latent/map/plane.ts';
import { CONTRAST, expectAccessible, expectNoOverflow } from '../checks.ts';
import { mapVae, tiled, toGrid } from '../crate.ts';
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
import { nameOf } from '../labs.ts';
import { keep } from '../keep.ts';

const text = en.latent.map;
const SIDE = 28;
/** A path of three corners, as the address holds it. */
const PATH = [30, 200, 128, 60, 230, 190];
const WAY = `way=${printStrokes([PATH])}`;

const decode = (vae: Vae, z: readonly number[]) => toLevels(vae.decode(Float32Array.from(z)));

/** The point at a share of the path's length, on the grid of the sliders. */
const onPath = (position: number) =>
  Array.from(
    alongPath(Float32Array.from(toCoordinates(PATH)), 2, Float64Array.of(position)),
    toGrid,
  );

const lab = (page: Page) => ({
  section: page.getByTestId('latent-map'),
  map: page.getByTestId('map'),
  plane: page.getByTestId('map-plane'),
  digit: page.getByTestId('map-digit'),
  strip: page.getByTestId('map-strip'),
  position: page.getByTestId('map-position'),
  tool: (name: 'point' | 'path') =>
    page.getByTestId('map-tool').getByRole('radio', { name: text.tools[name] }),
});

/** Opens the latent lab at its map, which fetches its model when it comes into sight. */
async function openMap(page: Page, fragment = ''): Promise<void> {
  await open(page, fragment);
  await lab(page).section.scrollIntoViewIfNeeded();
}

/** A place of the map in pixels of the window, from shares of its sides. */
async function at(page: Page, right: number, down: number): Promise<[number, number]> {
  const box = await lab(page).map.boundingBox();
  if (!box) throw new Error('the map is not on the page');
  return [box.x + right * box.width, box.y + down * box.height];
}

test('classes are switched off and on, one by one and all at once, and the address holds it', async ({
  page,
  context,
}) => {
  await openMap(page, 'hide=4');
  const region = (index: number) => page.getByTestId(`map-region-${index}`);
  const button = (index: number) => page.getByTestId(`map-class-${index}`);
  await expect(region(3)).toBeVisible();
  await expect(region(4)).toHaveCount(0);
  await expect(button(4)).toHaveAttribute('aria-pressed', 'false');
  await button(7).click();
  await expect(region(7)).toHaveCount(0);
  await expect(page).toHaveURL(/hide=4%2C7|hide=4,7/);
  await button(4).click();
  await expect(region(4)).toBeVisible();
  const all = page.getByTestId('map-all');
  await all.click();
  await expect(region(7)).toBeVisible();
  await all.click();
  await expect(page.getByTestId(/^map-region-/)).toHaveCount(0);
  await page.getByTestId('map-view').getByRole('radio', { name: text.views.classes }).check();
  await button(2).click();
  await expect(page).toHaveURL(/mapView=classes/);
  // All but the 2; the address follows a moment later.
  await expect(page).toHaveURL(/hide=0(,|%2C)1(,|%2C)3/);
  const other = await context.newPage();
  await openMap(other, new URL(page.url()).hash.slice(1));
  await expect(other.getByTestId(/^map-region-/)).toHaveCount(1);
  await expect(other.getByTestId('map-region-2')).toBeVisible();
});

test('hovering looks, a click chooses, and arrow keys move: the digit is what the crate decodes there', async ({
  page,
  crate,
}) => {
  await openMap(page, 'map=0.5,-1.25');
  const vae = mapVae(crate);
  const { map, digit } = lab(page);
  await expectLevels(digit, decode(vae, [0.5, -1.25]));

  await map.scrollIntoViewIfNeeded();
  const shown = async () =>
    ((await digit.getAttribute('data-painted')) ?? '').split(',').map(Number);
  await page.mouse.move(...(await at(page, 0.25, 0.25)));
  const distance = async (toX: number, toY: number) => {
    const [x = NaN, y = NaN] = await shown();
    return Math.abs(x - toX) + Math.abs(y - toY);
  };
  await expect.poll(() => distance(-1.5, 1.5)).toBeLessThan(0.05);
  const [x = 0, y = 0] = await shown();
  await expectLevels(digit, decode(vae, [x, y]));
  // What was only looked at is not kept.
  await page.mouse.move(0, 0);
  await expectLevels(digit, decode(vae, [0.5, -1.25]));

  await page.mouse.move(...(await at(page, 0.75, 0.5)));
  await page.mouse.down();
  await page.mouse.move(...(await at(page, 0.6, 0.4)), { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(0, 0);
  await expect.poll(() => distance(0.6, 0.6)).toBeLessThan(0.05);
  const chosen = await shown();
  await expectLevels(digit, decode(vae, chosen));
  await expect(page).toHaveURL(new RegExp(`map=${chosen[0]}(,|%2C)${chosen[1]}`));

  await tabTo(map);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowDown');
  const [a = 0, b = 0] = chosen;
  const moved = [toGrid(a + 0.05), toGrid(b - 0.5)];
  await expect.poll(shown).toEqual(moved);
  await expectLevels(digit, decode(vae, moved));
});

test('a path in the address has its film strip, and is walked at even pace', async ({
  page,
  crate,
}) => {
  await openMap(page, `${WAY}&map=path:0.3`);
  const vae = mapVae(crate);
  const { digit, strip, position } = lab(page);
  await expectLevels(digit, decode(vae, onPath(0.3)));

  const frames = Array.from({ length: STRIP_FRAMES }, (_, i) =>
    decode(vae, onPath(i / (STRIP_FRAMES - 1))),
  );
  await expectLevels(
    strip,
    tiled(
      frames.flatMap((frame) => [...frame]),
      STRIP_FRAMES,
    ),
  );
  await page.getByRole('button', { name: text.frame({ percent: 75 }) }).click();
  await expectLevels(digit, decode(vae, onPath(0.75)));
  await expect(page).toHaveURL(/map=path(:|%3A)0.75/);

  await page.getByTestId('map-play').click();
  await expect.poll(() => valueOf(position)).toBeGreaterThan(0.75);
  // It ends by itself.
  await expect.poll(() => valueOf(position)).toBe(1);
  await expect(page.getByTestId('map-play')).toHaveAccessibleName(text.play);
  await expectLevels(digit, decode(vae, onPath(1)));
  await page.getByTestId('map-clear').click();
  await expect(strip).toBeHidden();
  await expect(page).not.toHaveURL(/way=/);
  await expectLevels(digit, decode(vae, onPath(1)));
});

test('a path is drawn with the pointer, and corner by corner with the keyboard', async ({
  page,
  crate,
}) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openMap(page);
  const vae = mapVae(crate);
  const { map, digit, strip, tool } = lab(page);
  await expectLevels(digit, decode(vae, [0, 0]));
  await tool('path').check();
  await map.scrollIntoViewIfNeeded();
  await page.mouse.move(...(await at(page, 0.2, 0.8)));
  await page.mouse.down();
  await page.mouse.move(...(await at(page, 0.5, 0.2)), { steps: 10 });
  await page.mouse.move(...(await at(page, 0.8, 0.8)), { steps: 10 });
  await page.mouse.up();
  await expect(strip).toBeVisible();
  await expect(page).toHaveURL(/way=/);
  await expect(page).toHaveURL(/map=path(:|%3A)0(&|$)/);
  // The digit is that of the beginning, at 0.2 and 0.8 of the plane.
  await expect
    .poll(async () => Number((await digit.getAttribute('data-painted'))?.split(',')[0]))
    .toBeCloseTo(-1.8, 1);
  await expect.poll(async () => (await levels(strip))?.length).toBe(SIDE * SIDE * STRIP_FRAMES);
  await page.getByTestId('map-clear').click();
  await expect(strip).toBeHidden();

  await page.mouse.move(0, 0);
  await map.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Enter');
  await expect(strip).toBeVisible();
  await page.keyboard.press('Shift+ArrowUp');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Backspace');
  await expect(strip).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(strip).toBeHidden();
});

test('a touch draws and moves, and the page below does not scroll', async ({
  crate,
  browser,
  baseURL,
}) => {
  const context = await browser.newContext({
    hasTouch: true,
    viewport: { width: 390, height: 844 },
    ...(baseURL ? { baseURL } : {}),
  });
  const page = await context.newPage();
  await openMap(page);
  const vae = mapVae(crate);
  const { map, digit } = lab(page);
  await expectLevels(digit, decode(vae, [0, 0]));
  await map.scrollIntoViewIfNeeded();
  const scrolled = await page.evaluate(() => scrollY);
  const session = await context.newCDPSession(page);
  const touch = async (
    type: 'touchStart' | 'touchMove' | 'touchEnd',
    right: number,
    down: number,
  ) => {
    const [x, y] = await at(page, right, down);
    await session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x, y }],
    });
  };
  await touch('touchStart', 0.5, 0.3);
  for (const down of [0.4, 0.5, 0.6, 0.75]) await touch('touchMove', 0.25, down);
  await touch('touchEnd', 0.25, 0.75);
  await expect
    .poll(async () => Number((await digit.getAttribute('data-painted'))?.split(',')[1]))
    .toBeCloseTo(-1.5, 1);
  expect(await page.evaluate(() => scrollY)).toBe(scrolled);
  await context.close();
});

test('the picture goes to the ELBO lab and to the denoise lab', async ({ page, crate }) => {
  await openMap(page, 'map=1,0.5&k=100&timesteps=64&perClass=10&T=50&steps=20');
  const vae = mapVae(crate);
  const picture = decode(vae, [1, 0.5]);
  await expectLevels(lab(page).digit, picture);
  await page.getByTestId('map-send').click();
  await expect(page).toHaveURL(/lab=elbo/);
  await expectLevels(page.getByTestId('elbo-picture'), picture);
  await page.getByRole('link', { name: nameOf('latent') }).click();
  await page.getByTestId('map-noise').click();
  await expect(page).toHaveURL(/lab=denoise/);
  await expectLevels(page.getByTestId('denoise-original'), picture);
});

test('the map fits screens of every width, and axe finds nothing', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openMap(page, `${WAY}&map=path:0.5&timesteps=64`);
  await expect(lab(page).plane).toHaveAttribute('data-painted', '1');
  await expect(page.getByTestId('map-region-9')).toBeVisible();
  const include = '[data-testid=latent-map]';
  await expectAccessible(page, { include });
  for (const width of [390, 768, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await expectNoOverflow(page, `${width} pixels`);
    await keep(lab(page).section, `map-${width}`);
  }
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await expectAccessible(page, { include, rules: CONTRAST });
});
