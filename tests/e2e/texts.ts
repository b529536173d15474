/** What the page says, from its catalogues. */
import { textsOf } from '../../www/vite/messages/node.ts';

export const en = textsOf('page', 'en');
export const zh = textsOf('page', 'zh');
export const bench = { en: textsOf('bench', 'en'), zh: textsOf('bench', 'zh') };
