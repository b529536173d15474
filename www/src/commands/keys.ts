/** Shortcuts as they are declared, `Mod+Shift+Z` or `?`: which key presses they are, and how they are written. */

/** What of a keyboard event tells a shortcut. */
export type Press = Pick<
  KeyboardEvent,
  'key' | 'code' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'
>;

/** Whether the platform has a Command key in the place of Ctrl. */
export const isApple = (): boolean => /Mac OS X|iPhone|iPad/.test(navigator.userAgent);

const isLetter = (key: string) => /^[A-Z]$/.test(key);

/** The key, whatever the layout writes with it: on a keyboard without Latin letters, the letter at its place. */
function keyOf({ key, code }: Press): string {
  const place = /^(?:Key|Digit)(\w)$/.exec(code)?.[1];
  const isForeign = key.length === 1 && key.charCodeAt(0) > 127;
  return (isForeign && place ? place : key).toUpperCase();
}

/** Whether a press is this shortcut; `Mod` is Command on a Mac, and Ctrl elsewhere. */
export function isPress(press: Press, shortcut: string, apple = isApple()): boolean {
  const parts = shortcut.toUpperCase().split(/\+(?=.)/);
  const key = parts.at(-1) ?? '';
  const [mod, other] = apple ? [press.metaKey, press.ctrlKey] : [press.ctrlKey, press.metaKey];
  if (mod !== parts.includes('MOD') || other || press.altKey) return false;
  // What else Shift writes depends on the layout: a question mark, on some of them digits.
  if ((isLetter(key) || mod) && press.shiftKey !== parts.includes('SHIFT')) return false;
  return keyOf(press) === key;
}

/** Whether a shortcut is one character, which speech input and slips of the hand can type. */
export const isSingle = (shortcut: string): boolean => !shortcut.includes('Mod+');

const ARROWS: Record<string, string> = { Left: '←', Right: '→', Up: '↑', Down: '↓' };

/** The keys of a shortcut, as they are written on them. */
export function keycaps(shortcut: string, apple = isApple()): string[] {
  const names: Record<string, string> = apple
    ? { Mod: '⌘', Shift: '⇧', Delete: '⌫' }
    : { Mod: 'Ctrl' };
  return shortcut.split(/\+(?=.)/).map((part) => names[part] ?? ARROWS[part] ?? part);
}

export const written = (shortcut: string, apple = isApple()): string =>
  keycaps(shortcut, apple).join(apple ? '' : '+');

/** As `aria-keyshortcuts` has it. */
export const forAria = (shortcut: string, apple = isApple()): string =>
  shortcut.replace('Mod', apple ? 'Meta' : 'Control');

const NOT_TEXT = ['range', 'checkbox', 'radio', 'button', 'submit', 'file', 'color'];

/** Whether text is typed there: its keys, and the browser's own undo, are left alone. */
export function isTextField(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  if (target instanceof HTMLInputElement) return !NOT_TEXT.includes(target.type);
  return target.closest('textarea, [contenteditable]:not([contenteditable="false"])') !== null;
}

/** Whether letters do something there by themselves: a list goes to what begins with them. */
export const takesLetters = (target: EventTarget | null): boolean =>
  isTextField(target) || target instanceof HTMLSelectElement;
