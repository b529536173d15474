/** The derivations beside the labs: opened, linked to what their symbols stand for, readable by everybody. */
import { ANCHORS, type Anchor } from '../../../www/src/labs/anchors.ts';
import type { Derivation } from '../../../www/src/labs/derivation.ts';
import { tell } from '../../../www/src/story/tell.ts';
import { linksIn } from '../../../www/src/story/tex.ts';
import { CONTRAST, expectAccessible, expectNone, expectNoOverflow, SPANS } from '../checks.ts';
import { en, expect, type Locator, open, type Page, tabTo, test } from '../fixtures.ts';
import { type Lab, LABS, settle } from '../labs.ts';

// Nothing moves here, which takes a part of each test's time.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

const stepOf = (page: Page, id: string) => page.getByTestId(`step-${id}`);

async function expand(page: Page, lab: Lab, { steps: all }: Derivation): Promise<void> {
  const steps = page.getByTestId(`derivation-${lab}`).locator('details.step');
  await expect(steps).toHaveCount(all.length);
  await steps.evaluateAll((all: HTMLDetailsElement[]) => all.forEach((step) => (step.open = true)));
  for (const { id } of all) await expect(stepOf(page, id).locator('.katex').first()).toBeVisible();
  await expect(page.getByTestId('story').locator('.katex-error')).toHaveCount(0);
}

const lit = (page: Page) => page.locator('[data-lit]:not([data-link])');

const holdsFocus = (element: Locator) =>
  element.evaluate((node) => node.contains(document.activeElement));

/** With its title in both languages. */
async function derivationOf(lab: Lab) {
  const [en, zh] = await Promise.all([tell(lab, 'en'), tell(lab, 'zh')]);
  if (!en || !zh) throw new Error(`the ${lab} lab has no derivation`);
  return { ...en, titles: { en: en.words.title, zh: zh.words.title } };
}

for (const lab of Object.keys(LABS) as Lab[]) {
  test(`each symbol of the ${lab} lab lights what it stands for and leads there`, async ({
    page,
  }) => {
    const { derivation } = await derivationOf(lab);
    const { steps, symbols } = derivation;
    // What the plane lab's symbols of training stand for is there beside a network only.
    await settle(page, lab, lab === 'plane' ? '&model=network' : '');
    await expand(page, lab, derivation);
    const seen = new Set<Anchor>();
    for (const { id, formulas } of steps) {
      for (const name of linksIn(formulas)) {
        const anchor = symbols[name]?.anchor as Anchor;
        if (seen.has(anchor) || !ANCHORS.get(anchor)?.includes(lab)) continue;
        seen.add(anchor);
        const button = stepOf(page, id).getByTestId(`symbol-${name}`).first();
        await button.hover();
        await expect(lit(page).first(), `${id}: ${name}`).toHaveAttribute('data-anchor', anchor);
        await button.click();
        const target = page.locator(`[data-anchor="${anchor}"]:visible`).first();
        await expect.poll(() => holdsFocus(target), `the focus goes to ${anchor}`).toBe(true);
        await expect(target).toBeInViewport();
      }
    }
    expect(seen.size).toBeGreaterThan(4);
  });

  test(`the open derivation of the ${lab} lab: axe and 390 pixels, in both languages and schemes`, async ({
    page,
  }) => {
    await page.setViewportSize({ width: 390, height: 900 });
    const { derivation, titles } = await derivationOf(lab);
    const { steps } = derivation;
    await page.emulateMedia({ colorScheme: 'light' });
    // Nothing is drawn in the ELBO lab, so that nothing is computed: the derivation does not wait for numbers.
    await open(page, `${LABS[lab]}${lab === 'elbo' ? '&image=strokes:' : ''}`);
    await expand(page, lab, derivation);
    await page.getByTestId(`function-${steps[0]?.functions[0]}`).first().click();
    const story = page.getByTestId('story');
    const include = '[data-testid=story]';
    // With the spans of formulas in one lab: they are styled alike in all.
    const exclude = lab === 'inference' ? undefined : SPANS;
    await expectAccessible(page, { include, exclude });
    for (const language of ['en', 'zh'] as const) {
      if (language === 'zh') await page.getByTestId('language-zh').click();
      await expect(story.getByRole('heading').first()).toHaveText(titles[language]);
      await expectNoOverflow(page, language);
      const cut = () =>
        story.evaluate(async (element) => {
          // Formulas are as wide as their own type makes them.
          await document.fonts.ready;
          return Array.from(
            element.querySelectorAll<HTMLElement>('p, li, h2, h3, summary, button, .formula'),
          )
            .filter(
              (node) =>
                node.scrollWidth > node.clientWidth + 1 &&
                getComputedStyle(node).display !== 'inline',
            )
            .map((node) => node.textContent.slice(0, 60));
        });
      await expectNone(cut, language);
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page, { include, exclude: SPANS, rules: CONTRAST });
  });
}

test('by keyboard: a step opens, a symbol leads to its control', async ({ page }) => {
  await settle(page, 'inference');
  const step = stepOf(page, 'path');
  const summary = step.locator('summary').first();
  await summary.focus();
  await page.keyboard.press('Enter');
  await tabTo(step.getByTestId('symbol-S'));
  await expect(lit(page)).toHaveAttribute('data-anchor', 'draws');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('inference-draws')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(page).toHaveURL(/draws=11/);
});

test('symbols in a formula and their controls light each other', async ({ page }) => {
  await settle(page, 'inference');
  const step = stepOf(page, 'path');
  await step.locator('summary').first().click();
  await step.locator('[data-link=S]').first().hover();
  await expect(lit(page)).toHaveAttribute('data-anchor', 'draws');
  await page.mouse.move(0, 0);
  await expect(lit(page)).toHaveCount(0);
  await page.getByTestId('inference-gradient').hover();
  await expect(step.locator('[data-link=gradient][data-lit]').first()).toBeVisible();
  // A control that is used is not outlined for it.
  await expect(lit(page)).toHaveCount(0);
});

test('a symbol that stands for something in another lab goes there', async ({ page }) => {
  await settle(page, 'denoise');
  const step = stepOf(page, 'limit');
  await step.locator('summary').first().click();
  await step.getByTestId('symbol-limit').click();
  await expect(page).toHaveURL(/lab=elbo/);
  await expect.poll(() => holdsFocus(page.getByTestId('sweep'))).toBe(true);
});

test('a formula shows the function that computes it', async ({ page }) => {
  await settle(page, 'latent');
  const step = stepOf(page, 'kl');
  await step.locator('summary').first().click();
  await step.getByTestId('function-math::gaussian::kl_standard').click();
  await expect(step.locator('pre')).toContainText('pub fn kl_standard(');
  await expect(step).toContainText(/crate\/src\/math\/gaussian\.rs:\d+/);
  await expect(step.locator('.wrong')).toContainText(en.derivations.often);
});
