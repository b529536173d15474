/** The derivations beside the labs: opened, linked to what their symbols stand for, readable by everybody. */
import { readdir, readFile } from 'node:fs/promises';
import { ANCHORS, type Anchor } from '../../../www/src/labs/anchors.ts';
import type { Derivation, Words } from '../../../www/src/labs/derivation.ts';
import { definitionOf } from '../../../www/src/labs/index.ts';
import type { Language } from '../../../www/src/messages/languages.ts';
import { CONTRAST, expectAccessible, expectNone, expectNoOverflow, SPANS } from '../checks.ts';
import { en, expect, hide, type Locator, open, type Page, tabTo, test } from '../fixtures.ts';
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
  const wordsIn = async (language: Language) => {
    const path = `../../../www/src/labs/${lab}/derivation.${language}.json`;
    return JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8')) as Words;
  };
  const parts = definitionOf(lab).derivation;
  if (!parts) throw new Error(`the ${lab} lab has no derivation`);
  const [words, zh] = await Promise.all([wordsIn('en'), wordsIn('zh')]);
  const { derivation }: { derivation: Derivation } = await parts.formulas();
  return { derivation, words, titles: { en: words.title, zh: zh.title } };
}

/** What of the page does not light for the symbol that stands for it, or is not led to by it. */
async function misleading(page: Page, lab: Lab, { steps, symbols }: Derivation): Promise<string[]> {
  const wanted = new Map<Anchor, { step: string; symbol: string }>();
  for (const { id } of steps) {
    const listed = stepOf(page, id).locator('.symbols [data-testid^=symbol-]');
    const names = await listed.evaluateAll((all: HTMLElement[]) =>
      all.map(({ dataset }) => dataset['testid']?.replace('symbol-', '') ?? ''),
    );
    for (const name of names) {
      const anchor = symbols[name]?.anchor as Anchor;
      if (!wanted.has(anchor) && ANCHORS.get(anchor)?.includes(lab))
        wanted.set(anchor, { step: id, symbol: name });
    }
  }
  expect(wanted.size).toBeGreaterThan(4);
  return page.evaluate(
    async (wanted) => {
      const found: string[] = [];
      const frame = () => new Promise(requestAnimationFrame);
      // Some of it comes with the first numbers.
      const comes = async (holds: () => boolean | undefined) => {
        const end = performance.now() + 15_000;
        while (!holds() && performance.now() < end) await frame();
        return holds();
      };
      for (const [anchor, { step, symbol }] of wanted) {
        const name = `${symbol} in ${step}`;
        const button = document.querySelector<HTMLElement>(
          `[data-testid="step-${step}"] [data-testid="symbol-${symbol}"]`,
        );
        button?.dispatchEvent(new PointerEvent('pointerenter'));
        const lit = () =>
          document.querySelector<HTMLElement>('[data-lit]:not([data-link])')?.dataset['anchor'];
        if (!(await comes(() => lit() === anchor)))
          found.push(`${name} lights ${lit()}, not ${anchor}`);
        button?.click();
        const target = () =>
          [...document.querySelectorAll(`[data-anchor="${anchor}"]`)].find((element) =>
            element.checkVisibility(),
          );
        if (!(await comes(() => target()?.contains(document.activeElement))))
          found.push(`${name} does not lead to ${anchor}`);
        const inSight = () => {
          const box = target()?.getBoundingClientRect();
          return box && box.bottom > 0 && box.top < innerHeight;
        };
        if (!(await comes(inSight))) found.push(`${name} leaves ${anchor} out of sight`);
      }
      return found;
    },
    [...wanted],
  );
}

/** Words and formulas of the derivation that are wider than what they stand in. */
const cut = (page: Page) =>
  page.getByTestId('story').evaluate(async (element) => {
    // Formulas are as wide as their own type makes them.
    await document.fonts.ready;
    return Array.from(
      element.querySelectorAll<HTMLElement>('p, li, h2, h3, summary, button, .formula'),
    )
      .filter(
        (node) =>
          node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== 'inline',
      )
      .map((node) => node.textContent.slice(0, 60));
  });

for (const lab of Object.keys(LABS) as Lab[]) {
  test(`the ${lab} lab’s derivation: each symbol leads to what it stands for, axe, and 390 pixels in both languages`, async ({
    page,
  }) => {
    const { derivation, titles } = await derivationOf(lab);
    await page.emulateMedia({ colorScheme: 'light' });
    // What the plane lab's symbols of training stand for is there beside a network only.
    const more = lab === 'plane' ? '&model=network' : '';
    if (lab === 'sets') await settle(page, lab);
    else await open(page, LABS[lab] + more);
    await expand(page, lab, derivation);
    expect(await misleading(page, lab, derivation)).toEqual([]);

    // From here on nothing waits for numbers.
    await hide(page);
    await page.setViewportSize({ width: 390, height: 900 });
    await page.getByTestId(`function-${derivation.steps[0]?.functions[0]}`).first().click();
    const include = '[data-testid=story]';
    // The colours, and those of the spans of formulas, in one lab: they are styled alike in all.
    if (lab === 'inference') await expectAccessible(page, { include });
    else await expectAccessible(page, { include, exclude: SPANS, without: CONTRAST });
    for (const language of ['en', 'zh'] as const) {
      if (language === 'zh') await page.getByTestId('language-zh').click();
      const heading = page.getByTestId('story').getByRole('heading').first();
      await expect(heading).toHaveText(titles[language]);
      await expectNoOverflow(page, language);
      await expectNone(() => cut(page), language);
    }
    if (lab !== 'inference') return;
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

test('what sets formulas is nowhere in the build', async () => {
  const assets = new URL('../../../www/dist/assets/', import.meta.url);
  const names = (await readdir(assets)).filter((name) => name.endsWith('.js'));
  const scripts = await Promise.all(names.map((name) => readFile(new URL(name, assets), 'utf8')));
  const having = (text: string) => names.filter((_, i) => scripts[i]?.includes(text));
  expect(having('katex-html').length).toBeGreaterThan(10);
  expect(having('KaTeX parse error')).toEqual([]);
  // No formula is left as its source.
  expect(having(String.raw`\mathrm`).concat(having(String.raw`\theta`))).toEqual([]);
});
