/** Every lab in a language made for tests: what has no brackets comes from no catalogue, and could not be translated. */
import { mount, unmount } from 'svelte';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import App from '../App.svelte';
import { LABS } from '../labs/index.ts';
import { decoding } from '../testing/scripts.ts';
import { clearUp, pass, world } from '../testing/page.svelte.ts';
import { manifest } from '../testing/manifest.ts';
import { textsIn } from '../../vite/messages/catalogues.ts';
import { MESSAGES, spoken } from '../../vite/messages/node.ts';
import { CLOSE, OPEN, pseudoTexts } from '../../vite/messages/pseudo.ts';

class Watcher {
  observe() {}
  unobserve() {}
  disconnect() {}
}

/** What is the same in every language. */
const NAMES = new Set([
  ...'English,中文,Python,log p(x),KL(q‖p),KL(p‖q)'.split(','),
  ...manifest.models.flatMap((entry) => [entry.id, entry.title]),
]);

let app: Record<string, unknown> | undefined;

beforeAll(async () => {
  const [{ default: page }, { default: presets }] = await Promise.all([
    import('virtual:texts/page/zh'),
    import('virtual:texts/presets/zh'),
  ]);
  for (const [part, texts] of Object.entries({ page, presets }))
    Object.assign(texts, spoken(pseudoTexts(textsIn(MESSAGES, part, 'en')), 'en'));
  // What the page fetches later, so that no test waits for it.
  await Promise.all([
    ...LABS.flatMap((lab) => [lab.load(), lab.presets?.()]),
    import('../views.ts'),
  ]);
}, 60_000);

afterEach(async () => {
  if (app) await unmount(app);
  app = undefined;
  clearUp();
  document.body.replaceChildren();
});

/** A text without what a catalogue said of it. */
function outside(text: string): string {
  let depth = 0;
  let left = '';
  for (const letter of text) {
    if (letter === OPEN) depth++;
    if (depth === 0) left += letter;
    if (letter === CLOSE) depth--;
  }
  return left.trim();
}

/** Keys, and data sets as the site's files name them. */
const KEYS = /^\((Ctrl|Shift)(\+\w+)+\)$/;
const DATA = /^(· )?(Fashion-)?MNIST(, (dynamically binarized|8-bit))?$/;

/** Words that stand outside of the brackets, with where. */
function strays(root: HTMLElement): string[] {
  const said: [Element, string][] = [];
  for (const element of root.querySelectorAll('*')) {
    if (element.closest('.katex, .katex-error, code, pre, style, [data-testid="story"]')) continue;
    for (const node of element.childNodes)
      if (node.nodeType === Node.TEXT_NODE) said.push([element, node.textContent ?? '']);
    for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
      said.push([element, element.getAttribute(name) ?? '']);
  }
  return said
    .map(([element, text]) => [element, outside(text)] as const)
    .filter(([, text]) => /\p{L}{2,}/u.test(text) && !NAMES.has(text))
    .filter(([, text]) => !KEYS.test(text) && !DATA.test(text))
    .map(([element, text]) => `<${element.localName} class="${element.className}">: ${text}`);
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await vi.dynamicImportSettled();
    await pass(50);
  }
}

describe.each(LABS.map(({ id }) => id))('the %s lab', (lab) => {
  it('takes every word from a catalogue', async () => {
    world({ hash: `#lab=${lab}&lang=zh`, script: decoding() });
    vi.stubGlobal('matchMedia', () => Object.assign(new EventTarget(), { matches: true }));
    vi.stubGlobal('ResizeObserver', Watcher);
    vi.stubGlobal('IntersectionObserver', Watcher);
    app = mount(App, { target: document.body });
    await settle();
    expect(document.body.textContent).toContain(OPEN);
    expect(strays(document.body)).toEqual([]);
  });
});
