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
export async function expectAccessible(
  page: Page,
  { include, exclude, rules }: Scope = {},
  message = '',
): Promise<void> {
  // Without frames there is nothing to put together on a second page, which costs a second each time.
  const builder = new AxeBuilder({ page }).setLegacyMode();
  if (include) builder.include(include);
  if (exclude) builder.exclude(exclude);
  if (rules) builder.withRules(rules);
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
