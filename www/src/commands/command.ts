/** What the page can be told to do: each thing once, for its button, its shortcut, the help and the palette. */
import type { Manual, Messages } from '../messages/catalogue.ts';
import { messages } from '../messages/index.ts';
import type { Language } from '../messages/languages.ts';
import { speech } from '../messages/speech.svelte.ts';
import {
  forAria,
  isPress,
  isSingle,
  isTextField,
  type Press,
  takesLetters,
  written,
} from './keys.ts';
import { singles } from './singles.svelte.ts';

/** Under which heading it stands, in the help and in the palette. */
export type Group = Exclude<keyof Manual['groups'], 'recent'>;

export interface Command {
  /** Also the name of its description, in `later/manual.json` of the catalogues. */
  readonly id: string;
  readonly group: Group;
  readonly label: (text: Messages, language: Language) => string;
  /** Distinguishes it from others with the same label, where the manual has no description. */
  readonly about?: (text: Messages, language: Language) => string;
  /** Shortcuts; the first is the one that buttons tell. */
  readonly keys?: readonly string[];
  /** Whether it goes on while its key is held down. */
  readonly repeats?: boolean;
  /** Whether its shortcut works in text fields too. */
  readonly whileTyping?: boolean;
  /** Whether it can be done now; always where it is left out. */
  readonly enabled?: () => boolean;
  readonly run: () => unknown;
}

/** Keys that a control of a lab has by itself, while it has the focus; `id` is the name of their description. */
export interface Hint {
  readonly id: string;
  readonly keys: readonly string[];
}

/** Its label, in the language of the page. */
export const say = ({ label }: Command): string => label(messages, speech.language);

export const isEnabled = ({ enabled }: Command): boolean => enabled?.() ?? true;

/** Its shortcuts that are switched on. */
export const keysOf = ({ keys = [] }: Command): readonly string[] =>
  singles.on ? keys : keys.filter((key) => !isSingle(key));

/** What a button of a command has; the text in it is its own, and one with an icon alone is named by its label. */
export function button(command: Command, icon?: 'icon') {
  const label = say(command);
  const keys = keysOf(command);
  const [key] = keys;
  return {
    type: 'button' as const,
    // For what hides it.
    'data-command': command.id,
    disabled: !isEnabled(command),
    title: key ? `${label} (${written(key)})` : icon && label,
    'aria-label': icon && label,
    'aria-keyshortcuts': key ? keys.map((one) => forAria(one)).join(' ') : undefined,
    onclick: () => void command.run(),
  };
}

type KeyPress = Press &
  Pick<KeyboardEvent, 'repeat' | 'isComposing' | 'defaultPrevented' | 'target'>;

/** The command that a press of a key is a shortcut of; none where the key has another meaning. */
export function commandOf(
  event: KeyPress,
  commands: readonly Command[],
  root: ParentNode = document,
): Command | undefined {
  if (event.defaultPrevented || event.isComposing) return undefined;
  // A dialog has the page to itself.
  if (root.querySelector('dialog[open]')) return undefined;
  const { target } = event;
  return commands.find((command) => {
    if (event.repeat && !command.repeats) return false;
    if (isTextField(target) && !command.whileTyping) return false;
    return keysOf(command).some(
      (key) => !(isSingle(key) && takesLetters(target)) && isPress(event, key),
    );
  });
}
