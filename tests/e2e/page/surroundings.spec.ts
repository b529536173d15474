/** What the page makes of the visitor's colours, and of not being looked at. */
import { en, expect, hide, open, test, withCores } from '../fixtures.ts';

test('in the visitor’s own colours one sees what is chosen, current and filled', async ({
  page,
}) => {
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await open(page, 'lab=denoise&steps=20');
  await expect(page.getByTestId('denoise-computed')).toHaveText(en.denoise.computedAll);
  // What sets formulas comes after the first picture.
  await expect(page.locator('.katex').first()).toBeAttached();
  const styles = await page.evaluate(() => {
    const of = (selector: string, property: string, pseudo?: string) => {
      const element = document.querySelector(selector);
      if (!element) throw new Error(`no ${selector}`);
      return getComputedStyle(element, pseudo).getPropertyValue(property);
    };
    const segment = '[data-testid="steps"] input';
    return {
      chosen: of(`${segment}:checked + span`, 'background-color'),
      other: of(`${segment}:not(:checked) + span`, 'background-color'),
      current: of('nav [aria-current]', 'border-bottom-color'),
      another: of('nav a:not([aria-current])', 'border-bottom-color'),
      page: of('body', 'background-color'),
      slider: of('.range', 'forced-color-adjust'),
      filled: of('.range', '--accent'),
      formula: of('.katex', 'forced-color-adjust'),
    };
  });
  expect(styles.chosen).not.toBe(styles.other);
  expect(styles.current).not.toBe(styles.another);
  expect(styles.another).toBe(styles.page);
  expect(styles).toMatchObject({ slider: 'none', filled: 'Highlight', formula: 'none' });
});

test('a hidden page computes no bounds, and goes on when it is seen again', async ({
  page,
  crate,
}) => {
  await withCores(page, 1);
  await open(page, 'lab=elbo&k=5000&timesteps=512&perClass=100');
  const job = page.getByTestId(`job-${crate.vaeEntry.id}`);
  const count = async () => Number(/\d+/.exec((await job.textContent())?.replace(/,/g, '') ?? ''));
  await expect.poll(count).toBeGreaterThan(0);
  await hide(page);
  // What was under way is thrown away or comes within a frame; then nothing does any more.
  let before = -1;
  const still = async () => before === (before = await count());
  await expect.poll(still, { intervals: [600] }).toBe(true);
  await hide(page, false);
  await expect.poll(count).toBeGreaterThan(before);
});

test('the frame of another page, as the share menu writes it, has the height of what is in it', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, 'lab=inference');
  await page.locator('[data-share^="fit-"]').first().click();
  await page.getByTestId('share-embed').click();
  await expect(page.getByTestId('share-said')).toHaveText(en.share.copied);
  const code = await page.evaluate(() => navigator.clipboard.readText());
  const body = `<!doctype html><link rel="icon" href="data:,">${code}`;
  await page.route('**/another', (route) => route.fulfill({ contentType: 'text/html', body }));
  await page.goto('./another');
  const frame = page.locator('iframe');
  const inside = frame.contentFrame().locator('body');
  const heights = async () =>
    Promise.all([
      frame.evaluate((element: HTMLIFrameElement) => element.height),
      inside.evaluate((element) => String(Math.ceil(element.getBoundingClientRect().height))),
    ]);
  const agree = async () => {
    const [outside, within] = await heights();
    return outside === within && outside !== '640';
  };
  await expect(frame.contentFrame().getByTestId('inference-elbo')).not.toHaveText('–');
  await expect.poll(agree).toBe(true);
});
