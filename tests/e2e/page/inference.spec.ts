import type { InferenceState } from '../../../www/pkg/elbo_room.js';
import {
  en,
  expect,
  type Locator,
  open,
  type Page,
  painted,
  pixels,
  tabTo,
  test,
} from '../fixtures.ts';

const text = en.inference;

const number = async (locator: Locator) => Number((await locator.innerText()).replace('−', '-'));
const iteration = (page: Page) => number(page.getByTestId('inference-iteration'));

/** Waits until the lab has come to rest after so many iterations. */
async function rest(page: Page, iterations: number): Promise<void> {
  const count = page.getByTestId('inference-iteration');
  await expect(count).toHaveText(String(iterations));
  await expect(count).toHaveAttribute('data-current', 'true');
}

const button = (page: Page, name: 'run' | 'step' | 'reset' | 'restore') =>
  page.getByTestId(`inference-${name}`);

const shown = (value: number) => value.toFixed(4).replace('-', '−');

async function expectNumbers(page: Page, state: InferenceState): Promise<void> {
  await expect(page.getByTestId('inference-log-z')).toHaveText(shown(state.logZ));
  await expect(page.getByTestId('inference-elbo')).toHaveText(shown(state.elbo));
  await expect(page.getByTestId('inference-gap')).toHaveText(shown(state.gap));
}

test('an untouched lab runs, and the ELBO rises towards log Z', async ({ page }) => {
  await open(page, 'lab=inference&family=full-covariance&pace=1500');
  await rest(page, 400);
  const [logZ, elbo] = [
    await number(page.getByTestId('inference-log-z')),
    await number(page.getByTestId('inference-elbo')),
  ];
  expect(elbo).toBeLessThanOrEqual(logZ);
  expect(logZ - elbo).toBeLessThan(0.1);
  await expect(button(page, 'run')).toHaveText(text.run);

  await button(page, 'run').click();
  await expect(button(page, 'run')).toHaveText(text.pause);
  await expect.poll(() => iteration(page)).toBeGreaterThan(450);
  await button(page, 'run').click();
  await expect(button(page, 'run')).toHaveText(text.run);
  await expect(page.getByTestId('inference-iteration')).toHaveAttribute('data-current', 'true');
  const paused = await iteration(page);
  await expect(page).toHaveURL(new RegExp(`iterations=${paused}`));
  await button(page, 'step').click();
  await rest(page, paused + 1);
});

test('the numbers are those of the crate, and a reset reproduces them', async ({ page, crate }) => {
  const fit = new crate.VariationalInference('five-gaussians', 'mixture', {
    components: 4,
    samples: 7,
    optimizer: 'sgd',
    learningRate: 0.03,
    seed: 12,
  });
  const fragment =
    'lab=inference&target=five-gaussians&family=mixture&components=4&draws=7&optimizer=sgd&rate=0.03&vseed=12';
  await open(page, `${fragment}&iterations=150`);
  await rest(page, 150);
  fit.step(150);
  await expectNumbers(page, fit.state);
  const picture = await painted(page.getByTestId('inference-reverse'));

  await button(page, 'reset').click();
  await rest(page, 0);
  fit.reset();
  await expectNumbers(page, fit.state);
  await button(page, 'step').click();
  await rest(page, 1);
  fit.step(1);
  await expectNumbers(page, fit.state);

  await open(page, `${fragment}&iterations=150`);
  await rest(page, 150);
  fit.step(149);
  await expectNumbers(page, fit.state);
  await expect.poll(() => pixels(page.getByTestId('inference-reverse'))).toBe(picture);
});

test('q dragged by hand is in the address, and the same address gives the same fit', async ({
  page,
  context,
}) => {
  await open(page, 'lab=inference&target=two-gaussians&family=full-covariance&iterations=100');
  await rest(page, 100);
  const mean = page.getByTestId('inference-reverse-mean-0');
  const box = await mean.boundingBox();
  if (!box) throw new Error('the handle is not on the page');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 90, { steps: 6 });
  await page.mouse.up();
  await rest(page, 0);
  await expect(page).toHaveURL(/q=1/);
  await expect(button(page, 'restore')).toBeVisible();
  for (let i = 0; i < 3; i++) await button(page, 'step').click();
  await rest(page, 3);
  await expect(page).toHaveURL(/iterations=3/);

  const other = await context.newPage();
  await open(other, new URL(page.url()).hash.slice(1));
  await rest(other, 3);
  for (const name of ['inference-elbo', 'inference-gap', 'inference-forward-kl']) {
    await expect(other.getByTestId(name)).toHaveText(await page.getByTestId(name).innerText());
  }
  await expect(other.getByTestId('inference-reverse-mean-0')).toHaveAccessibleName(
    (await mean.getAttribute('aria-label')) ?? '',
  );

  await button(page, 'restore').click();
  await rest(page, 0);
  await expect(page).not.toHaveURL(/q=/);
});

test('dragged data change the evidence', async ({ page }) => {
  await open(page, 'lab=inference&target=logistic-regression&family=full-covariance&iterations=50');
  await rest(page, 50);
  const logZ = await number(page.getByTestId('inference-log-z'));
  const observation = page.getByTestId('inference-point-0');
  await observation.focus();
  await page.keyboard.press('ArrowUp');
  await expect(observation).toHaveAccessibleName(new RegExp('label 1'));
  await rest(page, 0);
  await expect.poll(() => number(page.getByTestId('inference-log-z'))).toBeLessThan(logZ - 0.5);
  await expect(page).toHaveURL(/data=/);
});

test('everything in the lab can be done by keyboard alone', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open(page, 'lab=inference&target=banana&iterations=10');
  await rest(page, 10);
  const mean = page.getByTestId('inference-reverse-mean-0');
  await tabTo(mean);
  const before = await mean.getAttribute('aria-label');
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('ArrowUp');
  await rest(page, 0);
  await expect(mean).not.toHaveAttribute('aria-label', before ?? '');
  await expect(mean).toBeFocused();
  const width = page.getByTestId('inference-reverse-first-0');
  await tabTo(width, 'Shift+Tab');
  const narrow = await width.getAttribute('aria-label');
  await page.keyboard.press('ArrowRight');
  await expect(width).not.toHaveAttribute('aria-label', narrow ?? '');

  await tabTo(button(page, 'step'));
  await page.keyboard.press('Enter');
  await rest(page, 1);
  // With reduced motion a changed control shows its result without playing.
  await page
    .getByTestId('inference-family')
    .getByRole('radio', { name: text.familyNames.mixture })
    .focus();
  await page.keyboard.press('Space');
  await rest(page, 400);
  await expect(page.getByTestId('inference-reverse-mean-2')).toBeVisible();
});

test('a fit that diverges is told', async ({ page }) => {
  await open(page, 'lab=inference&target=funnel&optimizer=sgd&rate=1&draws=1&iterations=5000');
  await expect(page.getByTestId('inference-diverged')).toHaveText(text.diverged);
  await button(page, 'reset').click();
  await rest(page, 0);
  await expect(page.getByTestId('inference-diverged')).toBeHidden();
});
