import { readFileSync } from 'node:fs';
import { runInThisContext } from 'node:vm';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { appearance, THEMES } from './theme.svelte.ts';

const html = readFileSync('index.html', 'utf8');
const boot = readFileSync('public/boot.js', 'utf8');
const root = document.documentElement;

beforeAll(() => appearance.begin());

/** What stands in the head of the page. */
beforeEach(() => {
  const page = new DOMParser().parseFromString(html, 'text/html');
  document.head.append(...page.head.querySelectorAll('meta'));
});
afterEach(() => {
  appearance.theme = 'system';
  document.head.replaceChildren();
  vi.restoreAllMocks();
});

const shown = () => ({
  theme: root.dataset['theme'],
  scheme: document.querySelector<HTMLMetaElement>('meta[name="color-scheme"]')?.content,
  /** Of the window around the page: the colours whose condition can hold. */
  colours: Array.from(
    document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]'),
    ({ media }) => media,
  ),
});

const SYSTEM = ['(prefers-color-scheme: light)', '(prefers-color-scheme: dark)'];

describe('the appearance', () => {
  it('is that of the system until it is chosen, goes round, and is kept', () => {
    expect(appearance.theme).toBe('system');
    const seen = THEMES.map(() => {
      appearance.theme = appearance.next;
      return { ...shown(), kept: localStorage.getItem('elbo-room theme') };
    });
    expect(seen).toEqual([
      { theme: 'light', scheme: 'light', colours: ['all', 'not all'], kept: 'light' },
      { theme: 'dark', scheme: 'dark', colours: ['not all', 'all'], kept: 'dark' },
      { theme: undefined, scheme: 'light dark', colours: SYSTEM, kept: null },
    ]);
  });

  it('follows another tab', () => {
    localStorage.setItem('elbo-room theme', 'dark');
    dispatchEvent(new StorageEvent('storage', { key: 'something else' }));
    expect(appearance.theme).toBe('system');
    dispatchEvent(new StorageEvent('storage', { key: 'elbo-room theme' }));
    expect([appearance.theme, root.dataset['theme']]).toEqual(['dark', 'dark']);
    localStorage.setItem('elbo-room theme', 'mauve');
    dispatchEvent(new StorageEvent('storage', { key: 'elbo-room theme' }));
    expect(appearance.theme).toBe('system');
  });

  it('changes where the browser refuses its storage, for this visit', () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new Error('refused');
    });
    appearance.theme = 'dark';
    expect(root.dataset['theme']).toBe('dark');
  });
});

describe('before anything is painted', () => {
  const begin = () => {
    delete root.dataset['theme'];
    // A classic script, as the page runs it.
    runInThisContext(boot);
    return [root.dataset['theme'], shown().scheme];
  };

  it.each([
    ['light', ['light', 'light']],
    ['dark', ['dark', 'dark']],
    ['mauve', [undefined, 'light dark']],
    [null, [undefined, 'light dark']],
  ])('%s is shown as it was kept', (kept, expected) => {
    if (kept !== null) localStorage.setItem('elbo-room theme', kept);
    else localStorage.removeItem('elbo-room theme');
    expect(begin()).toEqual(expected);
  });

  it('the system’s is shown where the browser refuses its storage', () => {
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new Error('refused');
    });
    expect(begin()).toEqual([undefined, 'light dark']);
  });

  it('stands before the page’s styles and scripts', () => {
    expect(html.indexOf('boot.js')).toBeLessThan(html.indexOf('src/main.ts'));
    expect(html).toMatch(/<script vite-ignore src="\.\/boot\.js"><\/script>/);
  });
});
