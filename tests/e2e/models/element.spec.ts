/** `<elbo-room>` of the npm package on a page of somebody else: it shows what the page of ELBO Room shows, and leaves the rest alone. */
import { readFile } from 'node:fs/promises';
import { zh } from '../texts.ts';
import { decode, priorSample, sampled, STEPS } from '../crate.ts';
import { en, expect, expectLevels, type Locator, open, type Page, test } from '../fixtures.ts';
import { at, install, INSTALLED, serve } from '../packed.ts';

test.beforeAll(install);

/** What npm/README.md says that a policy has to allow. */
async function policy(): Promise<string> {
  const text = await readFile(at('npm/README.md'), 'utf8');
  const [, scripts] = /allow at least `([^`]+)`/.exec(text.replaceAll('\n', ' ')) ?? [];
  const [, types] = /also `(trusted-types [^`]+)`/.exec(text.replaceAll('\n', ' ')) ?? [];
  if (!scripts || !types) throw new Error('the README names no policy');
  return `default-src 'none'; ${scripts} data:; require-trusted-types-for 'script'; ${types}`;
}

/** The table of the diffusion bound below a lab, as the share menu copies it. */
async function bound(place: Page | Locator): Promise<unknown> {
  const status = place.getByTestId('ddpm-progress');
  await expect(status).toHaveAttribute('data-status', 'done');
  const page = 'goto' in place ? place : place.page();
  await place.getByTestId('ddpm-share').click();
  await place.getByTestId('share-copy-json').click();
  await expect(place.getByTestId('share-said')).toHaveText(en.share.copied);
  const { address: _, ...numbers } = JSON.parse(
    await page.evaluate(() => navigator.clipboard.readText()),
  );
  await page.keyboard.press('Escape');
  return numbers;
}

/** What an element must leave as it is. */
const untouched = (page: Page) =>
  page.evaluate(async () => ({
    address: location.href,
    title: document.title,
    entries: history.length,
    notes: JSON.stringify(localStorage),
    databases: (await indexedDB.databases()).length,
    caches: await caches.keys(),
    sheets: document.adoptedStyleSheets.length,
    head: document.head.innerHTML,
    root: document.documentElement.getAttributeNames(),
    fonts: document.fonts.size,
  }));

const STATE = `steps=${STEPS}&seed=11&digit=5&step=12&timesteps=16`;

test('a lab on another page: its pixels, its numbers, its keys, and nothing beside it', async ({
  page,
  crate,
  context,
  guard,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await open(page, `lab=denoise&${STATE}`);
  const expected = await bound(page);

  const main = `
    import './element/element.js';
    const [lab] = document.querySelectorAll('elbo-room');
    globalThis.told = [];
    for (const element of document.querySelectorAll('elbo-room'))
      for (const type of ['change', 'error'])
        element.addEventListener(type, (event) =>
          told.push([element.id, type, event.detail?.state ?? event.message]));
  `;
  const body = `<title>Host</title>
    <link rel="stylesheet" href="data:text/css,html{font-size:8px;letter-spacing:9px}h2,canvas,button{display:none!important}">
    <script type="module" src="main.js"></script>
    <p tabindex="0" id="text">A page of its own</p>
    <elbo-room id="one" lab="denoise" state="#${STATE}" hide="presets,compare"></elbo-room>
    <elbo-room id="two" theme="dark" state="z=seed:3" hide="scores"></elbo-room>`;
  const headers = {
    'content-security-policy': `${await policy()}; style-src data:`,
    'content-language': 'en',
  };
  await serve(page, INSTALLED, body, { headers, scripts: { 'main.js': main } });
  await page.goto('./user/');
  const before = await untouched(page);
  const [one, two] = [page.locator('#one'), page.locator('#two')];
  const frames = (seed: number) =>
    sampled(crate, 13, { seed, class: 5 })[12] ?? { x: [], predictedX0: [] };
  await expectLevels(one.getByTestId('denoise-x'), frames(11).x);
  await expectLevels(one.getByTestId('denoise-x0'), frames(11).predictedX0);
  await expectLevels(two.getByTestId('latent-digit'), decode(crate, priorSample(crate, 3)));
  expect(await bound(one)).toEqual(expected);

  // Styles of the page end at it: this page has no headings and no buttons.
  const heading = one.getByRole('heading', { level: 2 }).first();
  await expect(heading).toHaveCSS('font-size', '24px');
  await expect(one.getByTestId('presets')).toBeHidden();
  // And its own end there too.
  await expect(two.locator('.elbo-room')).toHaveCSS('background-color', 'rgb(15, 18, 21)');
  expect(await page.evaluate(() => getComputedStyle(document.body).margin)).toBe('8px');

  // Keys are taken only within.
  const help = page.getByTestId('help');
  await page.locator('#text').focus();
  await page.keyboard.press('?');
  await expect(help).toBeHidden();
  await one.getByTestId('denoise-x').click();
  await page.keyboard.press('?');
  await expect(one.getByTestId('help')).toBeVisible();
  await page.keyboard.press('Escape');

  // It follows its attributes, and says what is set by hand.
  await one.evaluate(
    (element, state) => element.setAttribute('state', state),
    `seed=12&${STATE.replace('seed=11&', '')}`,
  );
  await expectLevels(one.getByTestId('denoise-x'), frames(12).x);
  const address = () =>
    one.evaluate((element) => (element as HTMLElement & { state: string }).state);
  expect(await address()).toMatch(/^#len=\d+&lab=denoise&.*seed=12/);
  await one.getByRole('radio', { name: '7', exact: true }).check({ force: true });
  const told = () => page.evaluate(() => (globalThis as unknown as { told: string[][] }).told);
  await expect.poll(async () => (await told()).at(-1)?.[2]).toContain('digit=7');
  // At once: the chain plays, and its address goes on.
  const [last, state] = await one.evaluate((element) => [
    (globalThis as unknown as { told: string[][] }).told.at(-1),
    (element as HTMLElement & { state: string }).state,
  ]);
  expect(last).toEqual(['one', 'change', state]);

  // Each speaks its own language, what is opened later too.
  await two.evaluate((element) => element.setAttribute('lang', 'zh'));
  await expect(two.getByRole('heading', { name: zh.latent.title })).toBeVisible();
  await expect(one.getByRole('heading', { name: en.denoise.title })).toBeVisible();
  for (const [place, words] of [
    [two, zh],
    [one, en],
  ] as const) {
    await place.locator('[data-share]:visible').first().click();
    const close = place.getByTestId('share').getByRole('button', { name: words.share.close });
    await expect(close).toBeVisible();
    await page.keyboard.press('Escape');
  }

  // What is not there is said, in it and to the page.
  guard.allow(/404|nowhere/);
  await two.evaluate((element) => element.setAttribute('models', 'nowhere'));
  await expect(two.getByTestId('load-error-manifest')).toBeVisible();
  await expect
    .poll(async () => (await told()).filter(([id, type]) => id === 'two' && type === 'error'))
    .toHaveLength(1);

  // What is taken away takes its workers along.
  expect(page.workers().length).toBeGreaterThan(0);
  // Three of each, and for the bounds of both as many as there are cores and one.
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  expect(page.workers().length).toBeLessThanOrEqual(2 * 3 + cores + 1);
  await page.evaluate(() => document.querySelectorAll('elbo-room').forEach((one) => one.remove()));
  await expect.poll(() => page.workers().length).toBe(0);
  expect(await untouched(page)).toEqual(before);
});

test('the element of npm/README.md runs as it stands', async ({ page, crate }) => {
  const readme = await readFile(at('npm/README.md'), 'utf8');
  const example = /```html\n(.*?)```/s.exec(readme)?.[1];
  if (!example) throw new Error('there is no example');
  const map =
    '<script type="importmap">{"imports": {"elbo-room/element": "./element/element.js"}}</script>';
  await serve(page, INSTALLED, map + example);
  await page.goto('./user/');
  const frame = sampled(crate, 13, { seed: 11, class: 5 })[12];
  await expectLevels(page.getByTestId('denoise-x'), frame?.x ?? []);
});
