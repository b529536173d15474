import { storage } from './storage.ts';

/** Light or dark, as the visitor chose; kept in this browser. `public/boot.js` reads the same before anything is painted. */
export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'elbo-room theme';
const isTheme = (text: unknown): text is Theme => THEMES.some((theme) => theme === text);

function recall(): Theme {
  try {
    const kept = storage.notes().getItem(KEY);
    return isTheme(kept) ? kept : 'system';
  } catch {
    return 'system';
  }
}

class Appearance {
  #theme = $state<Theme>(recall());

  /** Takes the document over. */
  begin(): void {
    this.#show();
    // Another tab of the page has changed it.
    addEventListener('storage', ({ key }) => {
      if (key !== KEY && key !== null) return;
      this.#theme = recall();
      this.#show();
    });
  }

  get theme(): Theme {
    return this.#theme;
  }

  set theme(theme: Theme) {
    this.#theme = theme;
    try {
      if (theme === 'system') storage.notes().removeItem(KEY);
      else storage.notes().setItem(KEY, theme);
    } catch {
      // The next visit is the system's again.
    }
    this.#show();
  }

  /** The one after it. */
  get next(): Theme {
    return THEMES[(THEMES.indexOf(this.#theme) + 1) % THEMES.length] ?? 'system';
  }

  #show(): void {
    const theme = this.#theme;
    const own = theme === 'system' ? null : theme;
    const root = document.documentElement;
    if (own) root.dataset['theme'] = own;
    else delete root.dataset['theme'];
    const meta = (name: string) =>
      document.querySelectorAll<HTMLMetaElement>(`meta[name="${name}"]`);
    for (const scheme of meta('color-scheme')) scheme.content = own ?? 'light dark';
    // Each is of one scheme, which it names in its id.
    for (const colour of meta('theme-color')) {
      const of = colour.id.replace('theme-', '');
      colour.media =
        own === null ? `(prefers-color-scheme: ${of})` : own === of ? 'all' : 'not all';
    }
  }
}

export const appearance = new Appearance();
