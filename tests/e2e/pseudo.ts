/** A language of longer words (www/vite/messages/pseudo.ts), served in place of a real one: no build has it. */
import type { Page } from '@playwright/test';
import { textsIn } from '../../www/vite/messages/catalogues.ts';
import { moduleOf } from '../../www/vite/messages/compile.ts';
import { MESSAGES } from '../../www/vite/messages/node.ts';
import { OPEN, pseudoTexts } from '../../www/vite/messages/pseudo.ts';

export { OPEN };

/** From the next load on, the page that is asked for Chinese speaks it. */
export async function pretend(page: Page): Promise<void> {
  const texts = pseudoTexts(textsIn(MESSAGES, 'page', 'en'));
  const scripts = {
    'zh-page-*': moduleOf(texts, 'en', './plurals.js'),
    plurals:
      'export const category = (language, count) => new Intl.PluralRules(language).select(count);',
  };
  for (const [name, body] of Object.entries(scripts))
    await page.route(`**/assets/${name}.js`, (route) =>
      route.fulfill({ contentType: 'text/javascript', body }),
    );
}
