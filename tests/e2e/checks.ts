/** What every view of the page must hold. */
import { AxeBuilder } from '@axe-core/playwright';
import { HIDEABLE } from '../../www/src/schema/hideable.ts';
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

/** Words that lie over others, outside of formulas and charts. */
export const overlappingWords = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const lines: { box: DOMRect; node: Node }[] = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      const parent = node.parentElement;
      const isShown =
        node.textContent?.trim() &&
        parent?.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
        !parent.closest('svg, .katex, option, .hidden-visually, [aria-hidden=true]');
      if (!isShown) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      lines.push(...Array.from(range.getClientRects(), (box) => ({ box, node })));
    }
    lines.sort((a, b) => a.box.top - b.box.top);
    return lines.flatMap((one, i) => {
      const found: string[] = [];
      for (const other of lines.slice(i + 1)) {
        const [a, b] = [one.box, other.box];
        if (b.top >= a.bottom) break;
        const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const height = Math.min(a.bottom, b.bottom) - b.top;
        // Lines of a paragraph share the room above and below their letters.
        if (one.node !== other.node && width > 2 && height > 0.35 * Math.min(a.height, b.height))
          found.push(`${one.node.textContent?.trim()} / ${other.node.textContent?.trim()}`);
      }
      return found;
    });
  });

/** Has the page's text so many times as large by a style of the visitor's, which no media query follows. */
export const restyleText = (page: Page, times: number): Promise<void> =>
  page.evaluate((size) => void (document.documentElement.style.fontSize = size), `${100 * times}%`);

/** Has the browser's text so many times as large, as its settings do. */
export async function enlargeText(page: Page, times: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setFontSizes', { fontSizes: { standard: 16 * times } });
  await session.detach();
  await expect(page.locator('html')).toHaveCSS('font-size', `${16 * times}px`);
}

/** Controls of the labs on display that no name of `hide=` leaves out without others. Those of dialogs are gone with the button that opens them. */
export const namelessControls = (page: Page): Promise<string[]> =>
  page.evaluate((names) => {
    const CONTROLS = 'button, input, select, textarea, summary, [role=slider], [role=button]';
    const shown = (element: Element) => element.checkVisibility();
    const within = (part: Element) =>
      [part, ...part.querySelectorAll('*')].filter(
        (element) =>
          element.matches(CONTROLS) && !element.matches('[aria-hidden=true]') && shown(element),
      );
    /** What one asks for: radio buttons together, as many buttons alike, a field with the dice beside it. */
    const kindOf = (control: Element): string => {
      const { command = '', testid = '' } = (control as HTMLElement).dataset;
      const one = control.closest('[data-part=seed], .latent, fieldset[data-testid]');
      if (one) return `${one.className} ${one.getAttribute('data-testid')}`;
      const name = control.getAttribute('name');
      return [
        name ?? '',
        command.replace(/\.[ab]$/, ''),
        control.closest('[data-part]')?.getAttribute('data-part') ??
          testid.replace(/\d+|-(?=[^-]*$).*/g, ''),
      ].join(' ');
    };
    const all = Array.from(document.querySelectorAll('.room .lab, [data-part=scores]')).flatMap(
      within,
    );
    return all.flatMap((control) => {
      const alone = names.some((selector) => {
        const part = control.closest(selector);
        if (part === null) return false;
        // A chart that is a control has its share menu beside it.
        const others = within(part).filter(
          (other) => other === control || !other.matches('[data-share]'),
        );
        return new Set(others.map(kindOf)).size === 1;
      });
      const { outerHTML } = control;
      return alone ? [] : [outerHTML.slice(0, 160)];
    });
  }, Object.values<string>(HIDEABLE));

/** Pictures, charts and tables of the labs on display beside which there is no share menu. */
export const unsharedDisplays = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const all = Array.from(
      document.querySelectorAll('.room .lab canvas, .room .lab svg[viewBox], .room .lab table'),
    );
    return all
      .filter(
        (one) =>
          one.checkVisibility() &&
          !one.closest('button, [data-share], .katex, [aria-hidden=true]') &&
          one.clientWidth > 40,
      )
      .flatMap((one) => {
        const isPicture = one.matches('canvas');
        let near = one.closest(isPicture ? 'figure' : 'article, details, .card');
        // A picture without a caption has its menu close by.
        if (isPicture) near ??= one.parentElement?.parentElement?.parentElement ?? null;
        return near?.querySelector('[data-share]') ? [] : [one.outerHTML.slice(0, 160)];
      });
  });
