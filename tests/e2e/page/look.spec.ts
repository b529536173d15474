/** How each lab is laid out on narrow and wide screens and on paper, and whether everybody can read it. */
import { LANGUAGE_NAMES } from '../../../www/src/messages/languages.ts';
import {
  CONTRAST,
  cutLabels,
  enlargeText,
  expectAccessible,
  expectNone,
  expectNoOverflow,
  namelessControls,
  overlappingWords,
  restyleText,
  SPANS,
  unsharedDisplays,
} from '../checks.ts';
import { expect, type Locator, type Page, test } from '../fixtures.ts';
import { asked, keep, pathOf } from '../keep.ts';
import { type Lab, LABS, settle } from '../labs.ts';
import { OPEN, pretend } from '../pseudo.ts';

// Nothing moves here, which takes a part of each test's time.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

const LANGUAGES = ['en', 'zh'] as const;

const SCHEMES = ['light', 'dark'] as const;
/** Phones, tablets, and windows up to those that have the derivation beside the lab. */
const WIDTHS = [320, 390, 768, 1280, 1920];

for (const lab of Object.keys(LABS) as Lab[]) {
  test(`the ${lab} lab: axe finds nothing, and it fits screens of every width and paper`, async ({
    page,
  }) => {
    await settle(page, lab);
    expect.soft(await namelessControls(page)).toEqual([]);
    expect.soft(await unsharedDisplays(page)).toEqual([]);
    // Every rule once; the colours are all that another scheme changes.
    await expectAccessible(page, { exclude: SPANS });
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page, { exclude: SPANS, rules: CONTRAST });
    await page.emulateMedia({ colorScheme: 'light' });

    for (const language of LANGUAGES) {
      await speak(page, language);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        await expectNoOverflow(page, `${language}, ${width} pixels`);
        for (const colorScheme of asked(SCHEMES)) {
          await page.emulateMedia({ colorScheme });
          await keep(page, `${lab}-${language}-${width}-${colorScheme}`);
        }
      }
    }

    // Text twice as large: by the browser's settings, which a change of the window resets, and by a style of the visitor's, which only
    // text follows; at 384 pixels a window of 768 is, zoomed to 200 %. English has the longer labels.
    await speak(page, 'en');
    for (const [how, widths] of Object.entries({
      settings: [768, 1280],
      style: [390, 768, 1280],
      zoom: [384],
    })) {
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        if (how === 'settings') await enlargeText(page, 2);
        if (how === 'style') await restyleText(page, 2);
        await expectNoOverflow(page, `text of 200 % by ${how}, ${width} pixels`);
        // Ten letters wide: charts have no room for all of their labels.
        if (how === 'style' && width < 400) continue;
        await expectNone(() => cutLabels(page), `text of 200 % by ${how}, ${width} pixels`);
        await expectNone(() => overlappingWords(page), `text of 200 % by ${how}, ${width} pixels`);
      }
      await restyleText(page, 1);
      await enlargeText(page, 1);
    }

    const derivation = page.getByTestId(`derivation-${lab}`);
    const sheets = countSheets(await page.pdf({ format: 'A4', ...pathOf(`${lab}.pdf`) }));
    expect(sheets).toBeGreaterThan(1);
    // The ELBO lab has the most: several figures for each of its models.
    expect(sheets).toBeLessThan(24);
    // Printing is over, and the steps are as they were.
    await expect(derivation.locator('details.step[open]')).toHaveCount(0);
    // An A4 sheet without its margins is 688 pixels wide.
    await page.setViewportSize({ width: 688, height: 1000 });
    for (const language of LANGUAGES) {
      await speak(page, language);
      await expectPrints(page, derivation, language);
    }

    // A language of longer words, in place of the Chinese one.
    await pretend(page);
    // The address says which language it is, as soon as it has followed.
    await expect(page).toHaveURL(/lang=zh/);
    await page.reload();
    await expect(page.locator('main')).toContainText(OPEN);
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await expectNoOverflow(page, `longer words, ${width} pixels`);
      await keep(page, `${lab}-longer-${width}`);
    }
  });
}

/** Pages of a PDF file, as Chromium writes it: their objects are not compressed. */
const countSheets = (pdf: Buffer) => pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length ?? 0;

async function speak(page: Page, language: (typeof LANGUAGES)[number]): Promise<void> {
  const { tag } = LANGUAGE_NAMES[language];
  const root = page.locator('html');
  // The switch names the other language only.
  if ((await root.getAttribute('lang')) !== tag)
    await page.getByTestId(`language-${language}`).click();
  await expect(root).toHaveAttribute('lang', tag);
}

async function expectPrints(page: Page, derivation: Locator, language: string): Promise<void> {
  await page.emulateMedia({ media: 'print' });
  // A printer does not wait: when the event is over, every formula must be set.
  const formulas = await page.evaluate(async () => {
    dispatchEvent(new Event('beforeprint'));
    await Promise.resolve();
    const all = Array.from(document.querySelectorAll('.step .formula'));
    return {
      all: all.length,
      set: all.filter((formula) => formula.querySelector('.katex')).length,
    };
  });
  expect(formulas.all).toBeGreaterThan(5);
  expect(formulas.set).toBe(formulas.all);
  await expect(derivation.locator('details.step:not([open])')).toHaveCount(0);
  await expect(derivation.locator('.katex-error')).toHaveCount(0);
  await expect(page.locator('input[type=range]:visible, .button:visible, nav:visible')).toHaveCount(
    0,
  );
  await expectNoOverflow(page, `${language}, on paper`);
  const tooWide = await page
    .locator('figure svg:visible, .chart svg:visible')
    .evaluateAll((charts) =>
      charts
        .filter(
          (chart) => chart.getBoundingClientRect().right > document.documentElement.clientWidth + 1,
        )
        .map(String),
    );
  expect(tooWide).toEqual([]);
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  await page.emulateMedia({ media: null });
  await expect(derivation.locator('details.step[open]')).toHaveCount(0);
}

test('on a wide screen the derivation stands beside its lab, on others below it', async ({
  page,
}) => {
  await settle(page, 'inference');
  const boxes = async () => {
    const [lab, story] = [
      await page.locator('main').boundingBox(),
      await page.getByTestId('story').boundingBox(),
    ];
    if (!lab || !story) throw new Error('the lab and its derivation are on the page');
    return { lab, story };
  };
  await page.setViewportSize({ width: 1920, height: 1000 });
  const wide = await boxes();
  expect(wide.story.x).toBeGreaterThanOrEqual(wide.lab.x + wide.lab.width);
  expect(wide.story.y).toBeLessThan(wide.lab.y + 40);
  await expectNoOverflow(page);
  await page.setViewportSize({ width: 1280, height: 1000 });
  const narrow = await boxes();
  expect(narrow.story.y).toBeGreaterThanOrEqual(narrow.lab.y + narrow.lab.height - 1);
});
