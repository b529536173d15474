/**
 * Views of the page compared with pictures of them. `npm run baselines` takes the pictures anew; what changed is looked at
 * before it is committed.
 */
import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from '../fixtures.ts';
import { type Lab, settle } from '../labs.ts';

// Nothing moves here, which takes a part of each test's time.
test.use({ contextOptions: { reducedMotion: 'reduce' } });

interface View {
  lab: Lab;
  width: number;
  colorScheme: 'light' | 'dark';
  /** A step of the derivation that is opened. */
  step?: string;
  /** Test id of what is scrolled to the window's top edge. */
  top?: string;
}

const VIEWS: Record<string, View> = {
  'latent-wide': { lab: 'latent', width: 1280, colorScheme: 'light' },
  'latent-map': { lab: 'latent', width: 390, colorScheme: 'dark', top: 'latent-map' },
  'latent-phone': { lab: 'latent', width: 390, colorScheme: 'dark' },
  'denoise-wide': { lab: 'denoise', width: 1280, colorScheme: 'dark' },
  'denoise-bound': { lab: 'denoise', width: 1280, colorScheme: 'light', top: 'elbo-ddpm' },
  'denoise-phone': { lab: 'denoise', width: 390, colorScheme: 'light' },
  'elbo-wide': { lab: 'elbo', width: 1280, colorScheme: 'light' },
  'elbo-bound': { lab: 'elbo', width: 1280, colorScheme: 'dark', top: 'bound-mnist-hvae' },
  'elbo-phone': { lab: 'elbo', width: 390, colorScheme: 'dark' },
  'inference-wide': { lab: 'inference', width: 1280, colorScheme: 'dark' },
  'inference-phone': { lab: 'inference', width: 390, colorScheme: 'light' },
  'plane-wide': { lab: 'plane', width: 1280, colorScheme: 'light' },
  'plane-numbers': { lab: 'plane', width: 1280, colorScheme: 'dark', top: 'plane-progress' },
  'plane-phone': { lab: 'plane', width: 390, colorScheme: 'dark' },
  'derivation-beside': { lab: 'denoise', width: 1920, colorScheme: 'light', step: 'limit' },
};

/** The parts of a font of the tests' own, by which the pictures do not depend on the fonts of the machine. */
const FONT = ['latin', 'latin-ext', 'greek'].map(
  (subset) => `@fontsource-variable/inter/files/inter-${subset}-wght-normal.woff2`,
);

/** Has the page set its text in `FONT`, and waits until all its fonts are there. */
async function setFont(page: Page): Promise<void> {
  const files = await Promise.all(
    FONT.map((path) => readFile(new URL(import.meta.resolve(path)), 'base64')),
  );
  await page.evaluate(async (coded) => {
    for (const [i, base64] of coded.entries()) {
      const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      document.fonts.add(await new FontFace(`Test ${i}`, bytes, { weight: '100 900' }).load());
    }
    const family = coded.map((_, i) => `'Test ${i}'`).join(', ');
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(
      `:root { --font: ${family}, sans-serif; --mono: ${family}, monospace; }
      [data-testid='language-zh'] { inline-size: 70px; padding-inline: 0; }`,
    );
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    await document.fonts.ready;
  }, files);
}

for (const lab of new Set(Object.values(VIEWS).map((view) => view.lab))) {
  test(`the ${lab} lab looks as it did`, async ({ page }) => {
    // One opening for all its views: each is another size, scheme and place of the same page.
    await settle(page, lab);
    await setFont(page);
    for (const [name, view] of Object.entries(VIEWS)) {
      if (view.lab !== lab) continue;
      const { width, colorScheme, step, top } = view;
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      if (step) await page.getByTestId(`step-${step}`).locator('summary').first().click();
      await page.evaluate(() => scrollTo(0, 0));
      if (top) {
        const part = page.getByTestId(top);
        await part.evaluate((element) => element.scrollIntoView({ block: 'start' }));
        if (top === 'latent-map')
          await expect(page.getByTestId('map-plane')).toHaveAttribute('data-painted', '1');
      }
      // Its letters are those of a font that not every machine has; `setFont` gives it one width. The pictures of worked examples
      // come last, and are what the site's own models make, which are trained anew.
      const mask = [page.getByTestId('language-zh'), page.getByTestId('presets').locator('svg')];
      await expect.soft(page).toHaveScreenshot(`${name}.png`, { mask });
    }
  });
}
