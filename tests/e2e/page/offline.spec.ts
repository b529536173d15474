/** The page without a connection, once it has been there. */
import { readdir, readFile } from 'node:fs/promises';
import { en, expect, open, painted, test } from '../fixtures.ts';
import { readWebm } from '../webm.ts';

test.use({ serviceWorkers: 'allow' });

const ASSETS = new URL('../../../www/dist/assets/', import.meta.url);

test('opens without a connection, with the models that it had', async ({
  page,
  context,
  guard,
}) => {
  await open(page, 'timesteps=64');
  const digit = page.getByTestId('latent-digit');
  const before = await painted(digit);
  await expect(page.getByTestId('elbo-vae')).toHaveAttribute('data-current', 'true');
  // Kept as a whole before it is active.
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  const lists = () =>
    page.evaluate(async () => (await (await caches.open('elbo-room lists')).keys()).length);
  await expect.poll(lists).toBe(1);
  const kept = await page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.includes('precache'));
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname.slice(1));
  });
  // All of the page but the benchmark and the encoder of videos.
  const parts = (await readdir(ASSETS)).filter(
    (name) => /\.(js|css|wasm|woff2)$/.test(name) && !/^(bench|peer|crate|video-)/.test(name),
  );
  expect(kept.filter((path) => path.startsWith('assets/')).sort()).toEqual(
    parts.map((name) => `assets/${name}`).sort(),
  );
  expect(kept).toEqual(expect.arrayContaining(['index.html', 'boot.js', 'favicon.svg']));

  await context.setOffline(true);
  guard.allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED/);
  await page.reload();
  expect(await painted(digit)).toBe(before);

  // What is fetched when it is used is missed, and comes once it can.
  const title = en.latent.path.title;
  const shareWalk = async () => {
    await page.getByRole('button', { name: en.share.open({ title }) }).click();
    await page.getByTestId('share-webm').click();
  };
  await shareWalk();
  await expect(page.getByTestId('share-said')).toHaveText(en.share.encoderMissing);
  await context.setOffline(false);
  await page.reload();
  const download = page.waitForEvent('download');
  await shareWalk();
  const film = readWebm(await readFile(await (await download).path()));
  expect(film.frames).toBe(120);
  // As it is shared, the address says of how many latents it was.
  const { origin } = new URL(page.url());
  expect(film.tags).toMatchObject({ TITLE: title });
  expect(film.tags['COMMENT']).toContain(`${origin}/#`);
  expect(film.tags['COMMENT']).toMatch(/#len=\d+&timesteps=64$/);

  await context.setOffline(true);
  await page.reload();
  await page.getByRole('link', { name: /^Data sets$/ }).click();
  await expect(page.getByTestId('sets-files')).toBeVisible();
});
