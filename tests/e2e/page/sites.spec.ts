/** Sites that lack something, or have something wrong among what is right: each says so, and the rest works. */
import { TOUR_STEPS } from '../../../www/src/state.ts';
import { expectNoOverflow } from '../checks.ts';
import { FEW } from '../drawing.ts';
import { en, expect, type Guard, open, type Page, rgba, test } from '../fixtures.ts';
import {
  COLOUR_VAE,
  DECODER,
  type Files,
  makeSite,
  PLAIN_DDPM,
  serve,
  SMALL_VAE,
  TALL_DDPM,
} from '../sites.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const HTML = bytes('<!doctype html><title>Not found</title>');
const site = en.site;

/** Changes the manifest of a site. */
function amend(files: Files, change: (models: Record<string, unknown>[]) => object[]): void {
  const manifest = JSON.parse(new TextDecoder().decode(files.get('manifest.json'))) as {
    models: Record<string, unknown>[];
  };
  const text = JSON.stringify({ ...manifest, models: change(manifest.models) });
  files.set('manifest.json', bytes(text));
}

const damage = (files: Files, path: string) => {
  const whole = files.get(path);
  if (!whole) throw new Error(`the site has no file ${path}`);
  const copy = whole.slice();
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 0xff;
  files.set(path, copy);
};

/** The lab's own picture has been painted. */
async function expectPainted(page: Page, testid: string): Promise<void> {
  const lit = async () =>
    (await rgba(page.getByTestId(testid))).some((byte, i) => i % 4 < 3 && byte > 60);
  await expect.poll(lit, { message: `${testid} shows a picture` }).toBe(true);
}

const latentWorks = async (page: Page) => {
  await open(page, 'z=seed:3&timesteps=64');
  await expectPainted(page, 'latent-digit');
};
const denoiseWorks = async (page: Page) => {
  await open(page, 'lab=denoise&steps=20&step=20&timesteps=64');
  await expect(page.getByTestId('denoise-computed')).toHaveText(en.denoise.computedAll);
  await expectPainted(page, 'denoise-x0');
};
const scores = async (page: Page, id: string) => {
  await open(page, `lab=elbo&${FEW}`);
  await expect(page.getByTestId(`bound-${id}`)).toHaveAttribute('data-status', 'done');
};

interface Case {
  name: string;
  models: readonly object[];
  /** What is wrong with the files. */
  spoil?: (files: Files) => void;
  /** Errors of the browser that come with it. */
  allow?: RegExp;
  check: (page: Page, guard: Guard) => Promise<void>;
}

const CASES: Case[] = [
  {
    name: 'only a VAE',
    models: [SMALL_VAE],
    async check(page) {
      await latentWorks(page);
      await expect(page.getByTestId('elbo-vae')).toHaveAttribute('data-current', 'true');
      await expect(page.getByTestId('absent-elbo-sampler')).toHaveText(site.absent.sampler);
      await expect(page.getByTestId('loading')).toBeHidden();
      await open(page, 'lab=denoise');
      await expect(page.getByTestId('absent-denoise')).toHaveText(site.absent.sampler);
      await scores(page, SMALL_VAE.id);
      await expect(page.getByTestId('task-8-bit')).toHaveCount(0);
      await expect(page.getByTestId('which-digit')).toHaveCount(0);
    },
  },
  {
    name: 'only a diffusion model',
    models: [TALL_DDPM],
    async check(page) {
      await open(page, '');
      await expect(page.getByTestId('absent-latent')).toHaveText(site.absent.decoder);
      await expect(page.getByTestId('loading')).toBeHidden();
      await expect(page.getByTestId('elbo')).toBeHidden();
      await denoiseWorks(page);
      await expect(page.getByTestId('absent-elbo-decoder')).toHaveText(site.absent.decoder);
      await expect(page.getByTestId('elbo-ddpm')).toHaveAttribute('data-status', 'done');
      await scores(page, TALL_DDPM.id);
      await expect(page.getByTestId('predicted')).toHaveText(/ring|stick|swan/);
      await expect(page.getByTestId('which-digit')).toContainText(en.classes.named.which);
    },
  },
  {
    name: 'only a diffusion model without classes',
    models: [PLAIN_DDPM],
    async check(page) {
      await denoiseWorks(page);
      await expect(page.getByTestId('notices')).toBeEmpty();
      await expect(page.getByTestId('digit')).toHaveCount(0);
      await scores(page, PLAIN_DDPM.id);
      await expect(page.getByTestId('which-digit')).toHaveCount(0);
    },
  },
  {
    name: 'only a decoder',
    models: [DECODER],
    async check(page) {
      await latentWorks(page);
      await expect(page.getByTestId('elbo-vae-status')).toHaveText(site.noBound.encoder);
      await open(page, `lab=elbo&${FEW}`);
      await expect(page.getByTestId(`no-bound-${DECODER.id}`)).toHaveText(site.noBound.encoder);
    },
  },
  {
    name: 'no model at all',
    models: [],
    async check(page) {
      await open(page, '');
      await expect(page.getByTestId('absent-latent')).toHaveText(site.absent.decoder);
      await open(page, 'lab=denoise');
      await expect(page.getByTestId('absent-denoise')).toHaveText(site.absent.sampler);
      await open(page, 'lab=elbo');
      await expect(page.getByTestId('absent-elbo')).toHaveText(site.absent.elbo);
      await expect(page.getByTestId('credits')).toHaveCount(0);
      await open(page, 'lab=inference&iterations=20');
      await expect(page.getByTestId('inference-iteration')).toHaveText('20');
      // The tour has what needs no model.
      await open(page, 'tour=integral');
      const tour = page.getByTestId('tour');
      await expect(tour).toHaveAttribute('data-step', 'bound');
      await expect(tour.getByRole('option')).toHaveCount(7);
      for (const step of ['divergences', 'gradients', 'mean-field', 'known', 'ends', 'wrong']) {
        await page.getByTestId('tour-next').click();
        await expect(tour).toHaveAttribute('data-step', step);
      }
      await expect(page.getByTestId('tour-next')).toHaveText(en.tour.finish);
    },
  },
  {
    name: 'no scores of a test set',
    models: [SMALL_VAE, TALL_DDPM],
    allow: /Failed to load resource.*404/,
    async check(page) {
      await scores(page, SMALL_VAE.id);
      const card = page.getByTestId(`card-${SMALL_VAE.id}`);
      await card.locator('summary').click();
      await expect(card).toContainText(en.elboLab.card.missing);
      await expect(page.getByTestId('notices')).toBeEmpty();
      await expect(page.getByTestId('credits')).toHaveText(
        `${site.trainedOn({ datasets: 'MNIST, Tall drawings' })} ${site.mnist}`,
      );
      await open(page, 'tour=odd');
      await expect(page.getByTestId('tour')).toHaveAttribute('data-step', 'wrong');
    },
  },
  {
    name: 'a web page in place of the scores',
    models: [SMALL_VAE],
    spoil: (files) => files.set('evaluation.json', HTML),
    async check(page) {
      await scores(page, SMALL_VAE.id);
      await expect(page.getByTestId('notices')).toContainText(
        en.errors.webpage({ file: 'evaluation.json' }),
      );
    },
  },
  {
    name: 'bad entries among good ones',
    models: [SMALL_VAE, TALL_DDPM],
    spoil: (files) =>
      amend(files, (models) => [
        { ...models[0], id: 'odd-vae', likelyhood: 'bernoulli' },
        {
          ...models[1],
          id: 'odd-ddpm',
          image: { channels: 2, height: 0, width: 20 },
        },
        { nothing: true },
        ...models,
      ]),
    async check(page) {
      await latentWorks(page);
      const notices = page.getByTestId('notices');
      await expect(notices).toContainText('odd-vae');
      await expect(notices).toContainText('likelyhood');
      await expect(notices).toContainText('odd-ddpm');
      await expect(notices).toContainText('number 2');
      await denoiseWorks(page);
      await scores(page, SMALL_VAE.id);
      await expect(page.getByTestId('bound-odd-vae')).toHaveCount(0);
    },
  },
  {
    name: 'the first VAE’s file missing',
    models: [COLOUR_VAE, SMALL_VAE, TALL_DDPM],
    spoil: (files) => files.delete('colour-decoder.onnx'),
    allow: /Failed to load resource.*404/,
    async check(page) {
      await open(page, '');
      await expect(page.getByTestId('load-error-decoder')).toContainText('colour-decoder.onnx');
      await expect(page.getByText(site.failed).first()).toBeVisible();
      await denoiseWorks(page);
      await expect(page.getByTestId('elbo-ddpm')).toHaveAttribute('data-status', 'done');
      await expect(page.getByTestId('elbo-vae-status')).toHaveText(site.failed);
      await scores(page, SMALL_VAE.id);
      await expect(page.getByTestId(`refused-${COLOUR_VAE.id}`)).toContainText(
        'colour-decoder.onnx',
      );
      await expect(page.getByTestId(`bound-${TALL_DDPM.id}`)).toHaveAttribute(
        'data-status',
        'done',
      );
      // The address can name another VAE.
      await open(page, `vae=${SMALL_VAE.id}&z=seed:3`);
      await expectPainted(page, 'latent-digit');
    },
  },
  {
    name: 'a file that is not what its checksum says',
    models: [SMALL_VAE, TALL_DDPM],
    spoil: (files) => damage(files, 'tall-ddpm.onnx'),
    async check(page) {
      await latentWorks(page);
      await expect(page.getByTestId('load-error-sampler')).toContainText(
        en.errors.kinds['ChecksumError'],
      );
      await expect(page.getByTestId('elbo-vae')).toHaveAttribute('data-current', 'true');
      await expect(page.getByTestId('elbo-ddpm-status')).toHaveText(site.failed);
      await scores(page, SMALL_VAE.id);
      await expect(page.getByTestId(`refused-${TALL_DDPM.id}`).last()).toContainText(
        en.errors.kinds['ChecksumError'],
      );
    },
  },
  {
    name: 'a malformed network among good ones',
    // Of one data set, so that both are compared.
    models: [SMALL_VAE, { ...COLOUR_VAE, id: 'bad-vae', dataset: SMALL_VAE.dataset }],
    spoil: (files) => {
      files.set('colour-decoder.onnx', bytes('not a network'));
      // Without checksums nothing tells before the crate reads it.
      amend(files, (models) =>
        models.map((entry) =>
          entry['id'] === 'bad-vae' ? { ...entry, files: COLOUR_VAE.files } : entry,
        ),
      );
    },
    async check(page) {
      await scores(page, SMALL_VAE.id);
      await expect(page.getByTestId('refused-bad-vae')).toContainText(
        en.errors.kinds['ModelError'],
      );
      await expect(page.getByTestId('notices')).toBeEmpty();
      await latentWorks(page);
    },
  },
  {
    name: 'a web page in place of the list of models',
    models: [SMALL_VAE],
    spoil: (files) => files.set('manifest.json', HTML),
    async check(page) {
      await open(page, '');
      await expect(page.getByTestId('load-error-manifest')).toContainText('web page');
      await expect(page.getByText(site.failed).first()).toBeVisible();
      await open(page, 'lab=inference&iterations=20');
      await expect(page.getByTestId('inference-iteration')).toHaveText('20');
    },
  },
  {
    name: 'a web page in place of a network',
    models: [SMALL_VAE, TALL_DDPM],
    spoil: (files) => files.set('small-decoder.onnx', HTML),
    async check(page) {
      await denoiseWorks(page);
      await expect(page.getByTestId('load-error-decoder')).toBeVisible();
      await expect(page.getByTestId('elbo-ddpm')).toHaveAttribute('data-status', 'done');
    },
  },
];

for (const { name, models, spoil, allow, check } of CASES)
  test(`a site with ${name} says so, and the rest works`, async ({ page, guard }) => {
    if (allow) guard.allow(allow);
    const files = await makeSite(models, { scores: !allow });
    spoil?.(files);
    await serve(page, files);
    await check(page, guard);
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoOverflow(page, `${width} pixels`);
    }
  });

test('a site with the project’s own models has every step of the tour', async ({ page }) => {
  await open(page, 'tour=integral');
  await expect(page.getByTestId('tour').getByRole('option')).toHaveCount(TOUR_STEPS.length);
});
