/** What every view of the page must hold. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from './fixtures.ts';

interface Scope {
  /** Selector of the part that is looked at; the whole page if none is named. */
  include?: string;
  exclude?: string;
  /** Only these rules, where all others have been asked of the same elements before. */
  rules?: string[];
}

/** All that changes with the colours. */
export const CONTRAST = ['color-contrast'];

/** axe finds nothing, however slight. */
export async function expectAccessible(page: Page, { include, exclude, rules }: Scope = {}, message = ''): Promise<void> {
  // Without frames there is nothing to put together on a second page, which costs a second each time.
  const builder = new AxeBuilder({ page }).setLegacyMode();
  if (include) builder.include(include);
  if (exclude) builder.exclude(exclude);
  if (rules) builder.withRules(rules);
  const { violations } = await builder.analyze();
  const found = violations.map(({ id, help, nodes }) => ({ id, help, at: nodes.map(({ target }) => target.join(' ')) }));
  expect.soft(found, message).toEqual([]);
}

/** The page does not scroll sideways. */
export async function expectNoOverflow(page: Page, message = ''): Promise<void> {
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
  expect.soft(scrollWidth, message).toBeLessThanOrEqual(clientWidth);
}
