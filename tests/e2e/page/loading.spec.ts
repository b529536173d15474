import type { Route } from '@playwright/test';
import { zh } from '../texts.ts';
import { type Crate, decode, priorSample } from '../crate.ts';
import {
  en,
  expect,
  expectLevels,
  type Guard,
  open,
  painted,
  type Page,
  test,
} from '../fixtures.ts';

const text = en.loading;
const SEED = 9;

/** Answers in place of the server until it is lifted. */
async function instead(
  page: Page,
  url: string,
  answer: (route: Route) => Promise<void>,
): Promise<() => Promise<void>> {
  await page.route(url, answer);
  return () => page.unroute(url);
}

async function expectDigit(page: Page, crate: Crate): Promise<void> {
  await expectLevels(page.getByTestId('latent-digit'), decode(crate, priorSample(crate, SEED)));
}

async function retry(page: Page, asset: string): Promise<void> {
  const alert = page.getByTestId(`load-error-${asset}`);
  await alert.getByRole('button', { name: text.retry }).click();
  await expect(alert).toBeHidden();
}

/** The browser itself reports an answer that is not a success. */
const allowStatus = (guard: Guard, status: number) =>
  guard.allow(new RegExp(`Failed to load resource.*${status}`));

test('a corrupt model file is told, and a retry mends it', async ({ page, crate }) => {
  const lift = await instead(page, '**/models/*decoder*', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[body.length >> 1] = (body[body.length >> 1] ?? 0) ^ 0xff;
    await route.fulfill({ response, body });
  });
  await open(page, `z=seed:${SEED}`);
  const told = page.getByTestId('load-error-decoder');
  await expect(told).toContainText(en.errors.kinds['ChecksumError']);
  // In the reader's language, with what the crate says of it.
  await page.getByTestId('language-zh').click();
  await expect(told).toContainText(zh.errors.kinds['ChecksumError']);
  await expect(told).toContainText('decoder');
  await page.getByTestId('language-en').click();
  await lift();
  await retry(page, 'decoder');
  await expectDigit(page, crate);
});

test('a missing model file is told, the other model works, and a retry mends it', async ({
  page,
  crate,
  guard,
}) => {
  allowStatus(guard, 404);
  const { ddpmEntry } = crate;
  const file = ddpmEntry.files.network.path;
  const lift = await instead(page, `**/models/${file}`, (route) => route.fulfill({ status: 404 }));
  await open(page, `z=seed:${SEED}`);
  await expect(page.getByTestId('load-error-sampler')).toContainText(en.errors.missing({ file }));
  await expectDigit(page, crate);
  await lift();
  await retry(page, 'sampler');
  await open(page, 'lab=denoise&steps=20');
  await expect(page.getByTestId('denoise-computed')).toHaveText(en.denoise.computedAll);
});

test('an invalid list of models and a broken engine are told, and a retry mends them', async ({
  page,
  crate,
  guard,
}) => {
  allowStatus(guard, 503);
  const manifest = await instead(page, '**/models/manifest.json', (route) =>
    route.fulfill({
      contentType: 'application/json',
      body: '{"format":1,"models":[{"id":"x","kind":"vae"}]}',
    }),
  );
  const engine = await instead(page, '**/*.wasm', (route) => route.fulfill({ status: 503 }));
  await open(page, `z=seed:${SEED}`);
  await expect(page.getByTestId('load-error-runtime')).toContainText('503');
  await engine();
  await retry(page, 'runtime');
  await expect(page.getByTestId('load-error-manifest')).toContainText(
    en.errors.kinds['ManifestError'],
  );
  await manifest();
  await retry(page, 'manifest');
  await expectDigit(page, crate);
});

test('the VAE is usable while the diffusion model still loads', async ({ page, crate }) => {
  const { ddpmEntry } = crate;
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await instead(page, `**/models/${ddpmEntry.files.network.path}`, async (route) => {
    await held;
    await route.continue();
  });
  await open(page, `z=seed:${SEED}`);
  await expectDigit(page, crate);
  await expect(page.getByTestId('loading')).toContainText(text.names.sampler);
  const slider = page.getByTestId('latent-0');
  await slider.fill('2');
  await expectLevels(
    page.getByTestId('latent-digit'),
    decode(crate, priorSample(crate, SEED).with(0, 2)),
  );
  await expect(page.getByTestId('elbo-vae')).toHaveAttribute('data-current', 'true');
  await expect(page.getByTestId('elbo-ddpm-status')).toHaveText(en.elbo.waitsModel);
  release();
  await expect(page.getByTestId('loading')).toBeHidden();
});

test('a browser that lacks what the models need is told so, and has the derivations', async ({
  page,
}) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, 'OffscreenCanvas', { value: undefined });
  });
  await open(page, '');
  await expect(page.getByTestId('unsupported')).toContainText(text.lacks.offscreenCanvas);
  // What is only read waits for no engine, which here never comes.
  const step = page.getByTestId('step-bound');
  await step.locator('summary').first().click();
  await expect(step.locator('.katex-display').first()).toBeVisible();
});

test('what is only read does not wait for an engine that never comes', async ({ page }) => {
  await page.route('**/*.wasm', () => undefined);
  await open(page, 'lab=latent');
  await expect(page.locator('.lab > header .katex').first()).toBeVisible();
  const step = page.getByTestId('step-bound');
  await step.locator('summary').first().click();
  await expect(step.locator('.katex-display').first()).toBeVisible();
});

for (const width of [1280, 390]) {
  test(`at ${width} pixels, the picture in the document gives way to the page’s in the same place`, async ({
    page,
  }) => {
    await page.setViewportSize({ width, height: 800 });
    let come = (): void => undefined;
    const held = new Promise<void>((resolve) => (come = resolve));
    await page.route('**/assets/index-*.js', async (route) => {
      await held;
      await route.continue();
    });
    const where = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return { x, y, width, height };
        });
    await page.goto('./', { waitUntil: 'commit' });
    await expect(page.locator('.first-digit')).toBeVisible();
    await page.evaluate(() => document.fonts.ready);
    const before = await where('.first-digit');
    come();
    const digit = page.getByTestId('latent-digit');
    await painted(digit);
    await expect(page.locator('.first-digit')).toHaveCount(0);
    expect(await where('[data-testid=latent-digit]')).toEqual(before);
  });
}

test('the picture in the document stands for no other address', async ({ page }) => {
  await page.route('**/assets/index-*.js', () => undefined);
  await page.goto('./#lab=elbo', { waitUntil: 'commit' });
  await expect(page.locator('#boot')).toBeAttached();
  await expect(page.locator('#app')).toBeEmpty();
});

for (const language of ['en', 'zh'] as const) {
  test(`in ${language}, the texts of no other language are fetched`, async ({ page }) => {
    const fetched: string[] = [];
    page.on('request', (request) => {
      const [, part] = /\/(\w+-page)-[^/]*\.js$/.exec(request.url()) ?? [];
      if (part) fetched.push(part);
    });
    await open(page, `lang=${language}`);
    await painted(page.getByTestId('latent-digit'));
    await expect(page.getByTestId('story').getByRole('heading').first()).toBeVisible();
    expect(fetched).toEqual([`${language}-page`]);
  });
}

test('a worker that dies is replaced, and its pictures come back', async ({ page, crate }) => {
  await open(page, `z=seed:${SEED}&lang=zh`);
  await expectDigit(page, crate);
  for (const worker of page.workers()) {
    await worker.evaluate(() => {
      if (self.name !== 'decoder') return;
      setTimeout(() => {
        throw new WebAssembly.RuntimeError('provoked');
      });
    });
  }
  await expect(page.getByTestId('notices')).toContainText(
    zh.notices.restarted({
      role: zh.notices.roles.decoder,
      reason: 'Uncaught RuntimeError: provoked',
    }),
  );
  await expectDigit(page, crate);
  await page.getByTestId('latent-0').fill('-2');
  await expectLevels(
    page.getByTestId('latent-digit'),
    decode(crate, priorSample(crate, SEED).with(0, -2)),
  );
});

test('what an address asks for and cannot have is told', async ({ page, crate }) => {
  await open(page, `z=seed:${SEED}&steps=21`);
  await expect(page.getByTestId('notices')).toContainText(
    en.notices.rejected({ key: 'steps', value: '21' }),
  );
  await page.getByTestId('language-zh').click();
  await expect(page.getByTestId('notices')).toContainText(
    zh.notices.rejected({ key: 'steps', value: '21' }),
  );
  await expectDigit(page, crate);
});
