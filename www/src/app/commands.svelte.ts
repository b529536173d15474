/** Commands of the page as a whole, whichever lab is on display. */
import type { Command } from '../commands/command.ts';
import { singles } from '../commands/singles.svelte.ts';
import { editCommands } from '../edits/commands.ts';
import { asError } from '../../engine/errors.ts';
import type { Host } from '../host.ts';
import { LABS } from '../labs/index.ts';
import { LANGUAGE_NAMES, LANGUAGES } from '../messages/languages.ts';
import { speech } from '../messages/speech.svelte.ts';
import type { ModelChooser } from '../models/chooser.svelte.ts';
import type { Page } from '../page.svelte.ts';
import { offered } from '../share/offered.ts';
import type { Tour } from '../story/tour.svelte.ts';
import { appearance, type Theme, THEMES } from '../theme.svelte.ts';

/** The dialogs of the commands themselves. */
export type Asked = 'palette' | 'help';

export interface Surroundings {
  page: Page;
  tour: Tour;
  models: ModelChooser;
  /** Whether the browser can run the models. */
  supported: boolean;
  ask: (dialog: Asked) => void;
  /** Reports an error. */
  report: (error: unknown) => void;
}

/** Commands that only the page has: an embedded element has no tour, colour scheme or language of its own. */
const OF_PAGES = /^(tour|theme|print|language)\b/;

export const isHere = ({ whole, site }: Pick<Host, 'whole' | 'site'>, id: string): boolean =>
  whole || !(OF_PAGES.test(id) || (id === 'copy-link' && site === null));

const themeCommand = (theme: Theme): Command => ({
  id: `theme.${theme}`,
  group: 'settings',
  label: ({ commands }) => commands.theme({ theme: commands.themes[theme] }),
  enabled: () => appearance.theme !== theme,
  run: () => (appearance.theme = theme),
});

/** Commands with buttons in the header. */
export function pageCommands({ page, tour, models, supported, ask }: Surroundings) {
  const isWhole = () => !page.state.embed;
  return {
    ...editCommands(page.edits),
    palette: {
      id: 'palette',
      group: 'page',
      label: (text) => text.commands.palette,
      keys: ['Mod+K'],
      whileTyping: true,
      run: () => ask('palette'),
    },
    help: {
      id: 'help',
      group: 'page',
      label: (text) => text.commands.help,
      keys: ['?'],
      run: () => ask('help'),
    },
    tour: {
      id: 'tour',
      group: 'page',
      label: (text) => text.tour.start,
      keys: ['G'],
      enabled: () => supported && isWhole(),
      run: () => (tour.step ? tour.close() : tour.start()),
    },
    open: {
      id: 'open',
      group: 'page',
      label: (text) => text.ownModels.open,
      keys: ['O'],
      enabled: () => supported,
      run: () => models.ask(),
    },
    theme: {
      id: 'theme',
      group: 'settings',
      label: ({ commands }) => commands.theme({ theme: commands.themes[appearance.theme] }),
      keys: ['D'],
      run: () => (appearance.theme = appearance.next),
    },
  } satisfies Record<string, Command>;
}

/** Commands without a button, or with one elsewhere. */
export const moreCommands = ({
  page,
  report,
}: Pick<Surroundings, 'page' | 'report'>): Command[] => [
  ...LABS.map(({ id, name }, i): Command => ({
    id: `lab.${id}`,
    group: 'labs',
    label: name,
    keys: i < 9 ? [String(i + 1)] : [],
    enabled: () => page.state.lab !== id,
    run: () => page.go({ ...page.state, lab: id }),
  })),
  {
    id: 'share',
    group: 'share',
    label: (text) => text.share.button,
    keys: ['S'],
    enabled: () => offered(page.host).length > 0,
    run: () => offered(page.host)[0]?.open(),
  },
  {
    id: 'copy-link',
    group: 'share',
    label: (text) => text.commands.copyLink,
    run: async () => {
      try {
        await navigator.clipboard.writeText(page.address);
      } catch (error) {
        const { message } = asError(error);
        report(Object.assign(new Error(message), { name: 'ClipboardError' }));
      }
    },
  },
  {
    id: 'print',
    group: 'page',
    label: (text) => text.commands.print,
    run: () => print(),
  },
  ...LANGUAGES.map((language): Command => ({
    id: `language.${language}`,
    group: 'settings',
    label: () => LANGUAGE_NAMES[language].name,
    enabled: () => speech.language !== language,
    run: () => (page.state.language = language),
  })),
  ...THEMES.map(themeCommand),
  {
    id: 'singles',
    group: 'settings',
    label: ({ commands }) => commands.singles[singles.on ? 'off' : 'on'],
    run: () => (singles.on = !singles.on),
  },
];
