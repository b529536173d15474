/** What every view of the page must hold. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from './fixtures.ts';

interface Scope {
  /** Selector of the part that is looked at; the whole page if none is named. */
  include?: string;
  exclude?: string | undefined;
  /** Only these rules, where all others have been asked of the same elements before. */
  rules?: string[];
  /** Not these, which are asked of elements styled alike elsewhere. */
  without?: string[];
}

/** All that changes with the colours. */
export const CONTRAST = ['color-contrast'];

/**
 * The spans of formulas, by the thousand, have the colours of the text and of its links, and are hidden from screen readers.
 * One derivation is looked at with them.
 */
export const SPANS = '.katex-html';

/** axe finds nothing, however slight. */
export async function expectAccessible(
  page: Page,
  { include, exclude, rules, without }: Scope = {},
  message = '',
): Promise<void> {
  // Without frames there is nothing to put together on a second page, which costs a second each time.
  const builder = new AxeBuilder({ page }).setLegacyMode();
  // Of what is in order nobody reads: to describe each such element takes as long as to look at it.
  builder.options({ resultTypes: ['violations'] });
  if (include) builder.include(include);
  if (exclude) builder.exclude(exclude);
  if (rules) builder.withRules(rules);
  if (without) builder.disableRules(without);
  const { violations } = await builder.analyze();
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    at: nodes.map(({ target }) => target.join(' ')),
  }));
  expect.soft(found, message).toEqual([]);
}

/** Of what follows a change of size or of words a frame later. */
const soon = expect.configure({ soft: true, timeout: 10_000 });

/** The page does not scroll sideways. */
export async function expectNoOverflow(page: Page, message = ''): Promise<void> {
  const excess = () =>
    page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
  await soon.poll(excess, { message }).toBeLessThanOrEqual(0);
}

/** A list of what is wrong with the page becomes empty. */
export async function expectNone(find: () => Promise<unknown[]>, message = ''): Promise<void> {
  await soon.poll(find, { message }).toEqual([]);
}

/** Labels of charts that stick out of their drawing, which cuts them off. */
export const cutLabels = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    Array.from(document.querySelectorAll<SVGTextElement>('svg[viewBox] text'))
      .filter((label) => label.checkVisibility() && label.textContent.trim())
      .flatMap((label) => {
        const [text, drawing] = [label, label.ownerSVGElement ?? label].map((element) =>
          element.getBoundingClientRect(),
        );
        if (!text || !drawing) return [];
        // Above and below, letters have room around them that nothing is drawn in.
        const room = text.height / 4;
        const inside =
          text.left >= drawing.left - 1 &&
          text.right <= drawing.right + 1 &&
          text.top >= drawing.top - room &&
          text.bottom <= drawing.bottom + room;
        return inside ? [] : [`${label.ownerSVGElement?.ariaLabel ?? ''}: ${label.textContent}`];
      }),
  );

/** Has the browser's text so many times as large, as its settings do. */
export async function enlargeText(page: Page, times: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setFontSizes', { fontSizes: { standard: 16 * times } });
  await session.detach();
  await expect(page.locator('html')).toHaveCSS('font-size', `${16 * times}px`);
}
