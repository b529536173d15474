import { describe, expect, it, vi } from 'vitest';
import { forAria, isApple, isPress, isSingle, keycaps, type Press, written } from './keys.ts';

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...more,
});
const [ctrlKey, metaKey, shiftKey, altKey] = [true, true, true, true];

describe('a shortcut', () => {
  it.each<[string, Press, boolean, boolean]>([
    // What it is on a Mac comes last.
    ['Mod+Z', press('z', { ctrlKey }), true, false],
    ['Mod+Z', press('z', { metaKey }), false, true],
    ['Mod+Z', press('z', { ctrlKey, metaKey }), false, false],
    ['Mod+Z', press('Z', { ctrlKey }), true, false],
    ['Mod+Z', press('Z', { ctrlKey, shiftKey }), false, false],
    ['Mod+Shift+Z', press('Z', { ctrlKey, shiftKey }), true, false],
    ['Mod+Shift+Z', press('z', { metaKey, shiftKey }), false, true],
    ['Mod+Z', press('z', { ctrlKey, altKey }), false, false],
    ['Mod+Z', press('z'), false, false],
    ['R', press('r'), true, true],
    ['R', press('R'), true, true],
    ['R', press('r', { ctrlKey }), false, false],
    ['R', press('r', { metaKey }), false, false],
    ['R', press('R', { shiftKey }), false, false],
    ['Shift+R', press('R', { shiftKey }), true, true],
    // Signs and digits, whatever a layout needs Shift for.
    ['?', press('?', { shiftKey }), true, true],
    ['?', press('?'), true, true],
    ['1', press('1', { shiftKey, code: 'Digit1' }), true, true],
    ['.', press('.'), true, true],
    ['.', press(','), false, false],
    // A keyboard with Cyrillic letters has Z where it is.
    ['Mod+Z', press('я', { ctrlKey, code: 'KeyZ' }), true, false],
    // A German one has it elsewhere.
    ['Mod+Z', press('z', { ctrlKey, code: 'KeyY' }), true, false],
    ['Mod+Z', press('y', { ctrlKey, code: 'KeyZ' }), false, false],
  ])('%s: %o', (shortcut, event, elsewhere, apple) => {
    expect(isPress(event, shortcut, false)).toBe(elsewhere);
    expect(isPress(event, shortcut, true)).toBe(apple);
  });

  it('is written as the keys are on each platform', () => {
    expect(keycaps('Mod+Shift+Z', false)).toEqual(['Ctrl', 'Shift', 'Z']);
    expect(written('Mod+Shift+Z', false)).toBe('Ctrl+Shift+Z');
    expect(written('Mod+Shift+Z', true)).toBe('⌘⇧Z');
    expect(keycaps('Left', true)).toEqual(['←']);
    expect(['+', 'Mod++'].map((key) => keycaps(key, false))).toEqual([['+'], ['Ctrl', '+']]);
    expect(forAria('Mod+Shift+Z', false)).toBe('Control+Shift+Z');
    expect(forAria('Mod+Z', true)).toBe('Meta+Z');
    expect(['Mod+K', '?', 'Shift+R', '1'].map(isSingle)).toEqual([false, true, true, true]);
  });

  it('has Command in it where the platform has that key', () => {
    const at = (userAgent: string) => {
      vi.stubGlobal('navigator', { userAgent });
      return isApple();
    };
    expect(at('Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)')).toBe(true);
    expect(at('Mozilla/5.0 (X11; Linux x86_64)')).toBe(false);
    vi.unstubAllGlobals();
  });
});
