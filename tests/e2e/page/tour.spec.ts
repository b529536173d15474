/** The guided tour and the page's two languages. */
import { zh } from '../texts.ts';
import { TOUR_STEPS, type TourStep } from '../../../www/src/state.ts';
import { STOPS } from '../../../www/src/story/tour.ts';
import { CONTRAST, expectAccessible, expectNone, SPANS } from '../checks.ts';
import { en, expect, hide, open, type Page, tabTo, test, withCores } from '../fixtures.ts';
import { nameOf } from '../labs.ts';
import { keep } from '../keep.ts';

// Nothing moves here, which takes a part of each test's time.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

const LANGUAGES = [
  { locale: 'en-US', tag: 'en', language: 'en' as const, messages: en },
  { locale: 'zh-CN', tag: 'zh-Hans', language: 'zh' as const, messages: zh },
];
type Language = (typeof LANGUAGES)[number];
const LAST = TOUR_STEPS.length - 1;

const labOf = (step: TourStep | undefined) => step && STOPS[step].lab;
const panel = (page: Page) => page.getByTestId('tour');
const fragment = (page: Page) => page.evaluate(() => location.hash);
/** The address without its check of its own length. */
const setting = async (page: Page) => (await fragment(page)).replace(/^#(len=\d+&)?/, '');

async function expectStep(page: Page, step: TourStep, { messages }: Language): Promise<void> {
  await expect(panel(page)).toHaveAttribute('data-step', step);
  await expect(panel(page).getByRole('heading')).toContainText(messages.tour.steps[step].title);
  await expect.poll(() => fragment(page)).toContain(`tour=${step}`);
  for (const anchor of STOPS[step].at)
    await expect(page.locator(`[data-anchor="${anchor}"][data-pointed]`)).toHaveCount(1);
}

/** What the step points at first lies in the window, and not under the panel. */
async function expectInSight(page: Page, step: TourStep): Promise<void> {
  const { at } = STOPS[step];
  await expect
    .poll(
      () =>
        page.evaluate((name) => {
          const box = document
            .querySelector(`[data-anchor="${name}"][data-pointed]`)
            ?.getBoundingClientRect();
          const cover = document.getElementById('tour')?.getBoundingClientRect();
          if (!box || !cover) return 'not there';
          const beside = box.right <= cover.left;
          const floor = beside ? innerHeight : cover.top;
          return box.top >= 0 && box.bottom <= floor
            ? 'in sight'
            : `${box.top} … ${box.bottom} of ${floor}`;
        }, at[0]),
      { message: `${at[0]} at ${step}` },
    )
    .toBe('in sight');
}

/** Texts that stick out of the window, or of the box that they stand in. */
const overflowing = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    const scrolls = (element: Element) => /auto|scroll/.test(getComputedStyle(element).overflowX);
    for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
      const own = [...element.childNodes].filter(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      );
      if (
        own.length === 0 ||
        !element.checkVisibility() ||
        element.closest('.hidden-visually, .katex, svg, .skip, option')
      )
        continue;
      let inside = element.parentElement;
      while (inside && !scrolls(inside)) inside = inside.parentElement;
      const name = `${element.tagName.toLowerCase()}: ${element.textContent.trim().slice(0, 40)}`;
      for (const node of own) {
        const range = document.createRange();
        range.selectNodeContents(node);
        const { right, left } = range.getBoundingClientRect();
        if (!inside && (right > document.documentElement.clientWidth + 1 || left < -1))
          found.push(`${name} leaves the window`);
      }
      if (
        !scrolls(element) &&
        element.clientWidth > 0 &&
        element.scrollWidth > element.clientWidth + 1
      ) {
        found.push(`${name} leaves its box`);
      }
    }
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth)
      found.push('the page scrolls sideways');
    return found;
  });

/** Bounds are computed at stops of the ELBO lab alone, which point at what comes with them. */
const computeAt = (page: Page, step: TourStep | undefined) => hide(page, labOf(step) !== 'elbo');

const [ENGLISH, CHINESE] = LANGUAGES as [Language, Language];

/** What a step must show in one language; each lab as a whole is looked at elsewhere. */
async function look(page: Page, step: TourStep, language: Language): Promise<void> {
  await expectStep(page, step, language);
  await expectInSight(page, step);
  await expect(page).toHaveTitle(
    `${nameOf(STOPS[step].lab, language.language)} · ${language.messages.title}`,
  );
}

/**
 * Looks at a step in the language that the page has, and then in the other, which it keeps: each step is come to once. A
 * click by script moves neither the focus nor the page.
 */
async function inBoth(
  page: Page,
  i: number,
  first: Language,
  check: (language: Language) => Promise<void>,
): Promise<void> {
  const second = first === ENGLISH ? CHINESE : ENGLISH;
  const [now, then] = i % 2 === 0 ? [first, second] : [second, first];
  await check(now);
  await page.getByTestId(`language-${then.language}`).evaluate((link: HTMLElement) => link.click());
  await check(then);
}

test('the whole tour by keyboard, and back to what there was before', async ({ page }) => {
  // One worker leaves the page the other processors.
  await withCores(page, 1);
  const before = 'lab=denoise&digit=7&seed=5';
  await open(page, before);
  await tabTo(page.getByTestId('tour-start'));
  await page.keyboard.press('Enter');
  await expect(panel(page)).toBeFocused();
  for (const [i, step] of TOUR_STEPS.entries()) {
    await look(page, step, ENGLISH);
    await keep(page, `tour-1280-${step}`);
    if (i === 0) {
      // Numbers of the picture before are paler, until they are replaced.
      await expect(page.getByTestId('elbo-vae')).toHaveAttribute('data-current', 'true');
      await expect(page.getByTestId('elbo-ddpm')).toHaveAttribute('data-status', 'done');
      await expectAccessible(page, { exclude: SPANS });
    }
    // The panel has the colour of the lab.
    if (i > 0 && labOf(step) !== labOf(TOUR_STEPS[i - 1]))
      await expectAccessible(page, { include: '#tour', rules: CONTRAST }, step);
    await computeAt(page, TOUR_STEPS[i + 1]);
    // The button first, then the arrow keys: both lead on.
    if (i === 0) await tabTo(page.getByTestId('tour-next'));
    await page.keyboard.press(i % 2 === 0 || i === LAST ? 'Enter' : 'ArrowRight');
  }
  await expect(page.getByTestId('tour-end')).toBeFocused();
  await expect.poll(() => fragment(page)).not.toContain('tour=');
  await tabTo(page.getByTestId('tour-restore'));
  await page.keyboard.press('Enter');
  await expect.poll(() => setting(page)).toBe(before);
  await expect(page.getByTestId('tour-start')).toBeFocused();
  await expect(page.locator('[data-pointed]')).toHaveCount(0);
});

test.describe('a visitor who reads Chinese', () => {
  test.use({ locale: CHINESE.locale });

  test('at 390 pixels every step leaves in sight what it points at, and no text overflows', async ({
    page,
  }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await withCores(page, 1);
    await open(page, '');
    await computeAt(page, TOUR_STEPS[0]);
    await page.getByTestId('tour-start').click();
    for (const [i, step] of TOUR_STEPS.entries()) {
      await inBoth(page, i, CHINESE, async (language) => {
        await look(page, step, language);
        await expectNone(() => overflowing(page), `${step}, ${language.tag}`);
        await keep(page, `tour-390-${language.tag}-${step}`);
      });
      await computeAt(page, TOUR_STEPS[i + 1]);
      if (i < LAST) await page.getByTestId('tour-next').click();
    }
  });
});

test('an address leads to a step, the browser’s Back to the one before', async ({ page }) => {
  await open(page, 'tour=mean-field&lab=inference&iterations=800');
  await expectStep(page, 'mean-field', ENGLISH);
  await page.getByTestId('tour-next').click();
  await expectStep(page, 'vae', ENGLISH);
  await page.goBack();
  await expectStep(page, 'mean-field', ENGLISH);
  await expect(page.getByTestId('inference-iteration')).toHaveText('800');
  // The arrow keys choose in the list of steps, and do not lead the tour on as well.
  const steps = panel(page).getByRole('combobox', { name: en.tour.choose });
  await steps.focus();
  await page.keyboard.press('ArrowDown');
  await expectStep(page, 'vae', ENGLISH);
  await steps.selectOption('mean-field');
  await expectStep(page, 'mean-field', ENGLISH);
  await panel(page).focus();
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
});

test('the tour goes on where it was left, also after a reload', async ({ page }) => {
  await open(page, 'z=seed:3');
  await page.getByTestId('tour-start').click();
  await page.getByTestId('tour-next').click();
  await expectStep(page, 'bound', ENGLISH);
  await page.reload();
  await expectStep(page, 'bound', ENGLISH);
  await page.getByRole('button', { name: en.tour.close }).click();
  await page.getByTestId('tour-restore').click();
  await expect.poll(() => setting(page)).toBe('z=seed:3');
  await page.getByTestId('tour-start').click();
  await expectStep(page, 'bound', ENGLISH);
});

test('a step can be looked for again after one has gone elsewhere', async ({ page }) => {
  await open(page, '');
  await page.getByTestId('tour-start').click();
  await expectStep(page, 'integral', ENGLISH);
  await page.getByRole('link', { name: nameOf('inference'), exact: true }).click();
  await expect(panel(page)).toContainText(en.tour.elsewhere({ lab: nameOf('latent') }));
  await page.getByTestId('tour-show').click();
  await expectStep(page, 'integral', ENGLISH);
  await page.getByTestId('tour-show').click();
  // By its place: the map beside it has a button of the same name.
  await expect(page.locator('[data-anchor="latent-random"]')).toBeFocused();
});

test('a browser that refuses its storage has the tour all the same', async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, 'localStorage', {
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  await open(page, '');
  await page.getByTestId('tour-start').click();
  await expect(panel(page)).toHaveAttribute('data-step', TOUR_STEPS[0] as TourStep);
});

test('the language changes at once, keeps everything, and is part of the address only once it is chosen', async ({
  page,
}) => {
  await open(page, 'lab=denoise&steps=20&step=20&digit=8&seed=4');
  await expect(page.getByTestId('denoise-step')).toHaveText(
    en.denoise.step({ index: 20, steps: 20 }),
  );
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  expect(await fragment(page)).not.toContain('lang=');
  const canvas = page.getByTestId('denoise-x');
  const painted = await canvas.evaluateHandle((element) => element);

  await page.getByTestId('language-zh').click();
  await expect(page.getByTestId('denoise-step')).toHaveText(
    zh.denoise.step({ index: 20, steps: 20 }),
  );
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  await expect(page).toHaveTitle(`${nameOf('denoise', 'zh')} · ${zh.title}`);
  await expect(
    page.getByTestId('digit').getByRole('radio', { name: '8', exact: true }),
  ).toBeChecked();
  await expect.poll(() => fragment(page)).toContain('lang=zh');
  // The very same canvas: nothing was put up anew.
  expect(await painted.evaluate((element) => element.isConnected)).toBe(true);
  await expect(page.getByTestId('language-en')).toBeFocused();

  await page.getByTestId('language-en').click();
  await expect(page.getByTestId('denoise-step')).toHaveText(
    en.denoise.step({ index: 20, steps: 20 }),
  );
  await expect.poll(() => fragment(page)).toContain('lang=en');
  await expect(page.getByRole('link', { name: nameOf('latent'), exact: true })).toHaveAttribute(
    'href',
    /lang=en/,
  );
});
