/** Where a part of the page is refused, missing or ends, the page says why and keeps what it can. */
import { readFile } from 'node:fs/promises';
import { decode, priorSample } from '../crate.ts';
import { en, expect, expectLevels, open, type Page, test } from '../fixtures.ts';

const SEED = 9;
const boot = (page: Page) => page.locator('#boot');
const outage = (page: Page) => page.getByTestId('outage');
const built = new URL('../../../www/dist/index.html', import.meta.url);

/** Ends the worker of a role in its own way. */
async function inWorker(page: Page, role: string, end: () => void): Promise<void> {
  for (const worker of page.workers())
    if ((await worker.evaluate(() => self.name)) === role) await worker.evaluate(end);
}

const frame = (page: Page) =>
  page.route('**/frame.html', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: '<link rel="icon" href="data:,"><iframe sandbox="allow-scripts" src="./#lang=en"></iframe>',
    }),
  );

test('a page that may not start says why', async ({ page, guard }) => {
  guard.allow(/./);
  await test.step('opened as a file', async () => {
    await page.goto(built.href);
    await expect(boot(page).locator('li:visible').first()).toContainText('opened as a file');
    await expect(boot(page)).toBeVisible();
  });
  await test.step('in a sandboxed frame', async () => {
    await frame(page);
    await page.goto('./frame.html');
    const inside = page.frameLocator('iframe');
    await expect(inside.locator('#boot li:visible').first()).toContainText('sandboxed frame');
  });
  await test.step('its script of the wrong type', async () => {
    await page.route('**/assets/index-*.js', async (route) =>
      route.fulfill({ response: await route.fetch(), contentType: 'text/plain' }),
    );
    await open(page, '');
    await expect(boot(page).locator('li:visible').first()).toContainText('did not arrive');
    await page.unrouteAll();
  });
  await test.step('without its first script', async () => {
    await page.route('**/assets/index-*.js', (route) => route.abort());
    await open(page, '');
    await expect(boot(page).locator('li:visible').first()).toContainText('did not arrive');
    await page.unrouteAll();
  });
  await open(page, '');
  await expect(page.getByTestId('latent-digit')).toBeVisible();
  await expect(boot(page)).toHaveCount(0);
});

test('a frame that gets the scripts but no workers, no caches and no storage says so', async ({
  page,
  guard,
}) => {
  guard.allow(/./);
  await frame(page);
  await page.route(/assets|models|boot/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      headers: { ...response.headers(), 'access-control-allow-origin': '*' },
    });
  });
  await page.goto('./frame.html');
  const inside = page.frameLocator('iframe');
  await expect(inside.getByTestId('outage')).toContainText(en.notices.outage.refused);
  // The derivation is text, and needs no worker.
  await expect(inside.getByTestId('derivation-latent')).toBeVisible();
});

test('workers whose script does not come are told once, and a retry brings all back', async ({
  page,
  guard,
  crate,
}) => {
  guard.allow(/ERR_FAILED|ERR_INTERNET|Failed to fetch|404/);
  await page.route('**/worker-*.js', (route) => route.abort('internetdisconnected'));
  await open(page, `z=seed:${SEED}`);
  await expect(outage(page)).toContainText(en.notices.outage.refused);
  await expect(page.getByTestId('notices')).not.toContainText('memory');
  await expect(page.getByTestId('notices')).not.toContainText('crash');
  await page.unrouteAll();
  await outage(page).getByRole('button', { name: en.notices.again }).click();
  await expect(outage(page)).toHaveCount(0);
  await expectLevels(page.getByTestId('latent-digit'), decode(crate, priorSample(crate, SEED)));
});

test('a site with a newer version asks for a reload, which keeps what was set', async ({
  page,
  guard,
  crate,
  baseURL,
}) => {
  guard.allow(/404|Failed to load|Failed to fetch/);
  await open(page, `z=seed:${SEED}`);
  await expectLevels(page.getByTestId('latent-digit'), decode(crate, priorSample(crate, SEED)));
  await page.getByTestId('latent-0').fill('-2');
  await expect(page).toHaveURL(/z=[^s]/);
  const newer = (await readFile(built, 'utf8')).replace(/index-[\w-]+\.js/g, 'index-newer.js');
  await page.route(`${baseURL}`, (route) =>
    route.fulfill({ contentType: 'text/html', body: newer }),
  );
  await page.route('**/zh-*.js', (route) => route.fulfill({ status: 404 }));
  await page.getByTestId('language-zh').click();
  await expect(outage(page)).toContainText(en.notices.outage.changed);
  await page.unrouteAll();
  await outage(page).getByRole('button', { name: en.notices.reload }).click();
  await expectLevels(
    page.getByTestId('latent-digit'),
    decode(crate, priorSample(crate, SEED).with(0, -2)),
  );
});

test('a web page in place of a file is told as one', async ({ page, crate }) => {
  const html = { contentType: 'text/html', body: '<!doctype html><title>Log in</title>' };
  await page.route('**/*.wasm', (route) => route.fulfill(html));
  await open(page, `z=seed:${SEED}`);
  const told = page.getByTestId('load-error-runtime');
  await expect(told).toContainText('web page instead of the file elbo_room_bg');
  await page.unrouteAll();
  await told.getByRole('button').click();
  await expectLevels(page.getByTestId('latent-digit'), decode(crate, priorSample(crate, SEED)));
});

test('a worker that ends without an error is noticed, and one given up takes its lab out of use', async ({
  page,
  crate,
}) => {
  await open(page, `z=seed:${SEED}`);
  const digit = page.getByTestId('latent-digit');
  await expectLevels(digit, decode(crate, priorSample(crate, SEED)));
  await inWorker(page, 'decoder', () => self.close());
  const notices = page.getByTestId('notices');
  await expect(notices).toContainText(
    en.notices.restarted({ role: en.notices.roles.decoder, reason: 'no error' }),
  );
  await page.getByTestId('latent-0').fill('-2');
  const wanted = decode(crate, priorSample(crate, SEED).with(0, -2));
  await expectLevels(digit, wanted);

  const down = notices.getByRole('button', { name: en.notices.restart });
  await expect(async () => {
    await inWorker(page, 'decoder', () => self.close());
    await expect(down).toBeVisible({ timeout: 500 });
  }).toPass();
  const slider = page.getByTestId('latent-0');
  expect(await slider.evaluate((element) => element.closest('[inert]') !== null)).toBe(true);
  await down.click();
  await expect(down).toHaveCount(0);
  expect(await slider.evaluate((element) => element.closest('[inert]') !== null)).toBe(false);
  await expectLevels(digit, wanted);
});
