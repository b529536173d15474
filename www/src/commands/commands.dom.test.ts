import { fireEvent, render } from '@testing-library/svelte';
import { flushSync, tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { speech } from '../messages/speech.svelte.ts';
import { button, type Command, commandOf, keysOf } from './command.ts';
import Help from './Help.svelte';
import { manuals } from './manuals.ts';
import Palette from './Palette.svelte';
import { recent } from './recent.ts';
import { singles } from './singles.svelte.ts';

const ran: string[] = [];
const command = (id: string, more: Partial<Command> = {}): Command => ({
  id,
  group: 'lab',
  label: () => id,
  run: () => ran.push(id),
  ...more,
});

const spoken = await manuals();

beforeEach(() => {
  localStorage.clear();
  ran.length = 0;
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
    },
  );
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
});
afterEach(() => {
  singles.on = true;
  speech.chosen = null;
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

describe('a button of a command', () => {
  it('has its label, shortcut, state and action', () => {
    let possible = false;
    const play = command('play', { keys: ['P', 'Mod+Y'], enabled: () => possible });
    expect(button(play)).toMatchObject({
      type: 'button',
      disabled: true,
      title: 'play (P)',
      'aria-label': undefined,
      'aria-keyshortcuts': 'P Control+Y',
    });
    possible = true;
    const { disabled, onclick, 'aria-label': label } = button(play, 'icon');
    onclick();
    expect([disabled, label, ran]).toEqual([false, 'play', ['play']]);
  });

  it('tells no shortcut that is switched off', () => {
    singles.on = false;
    const play = command('play', { keys: ['P'] });
    expect(button(play)).toMatchObject({ title: undefined, 'aria-keyshortcuts': undefined });
    expect(button(play, 'icon').title).toBe('play');
    expect(keysOf(command('undo', { keys: ['Mod+Z', 'Z'] }))).toEqual(['Mod+Z']);
    expect(localStorage.getItem('elbo-room single keys')).toBe('off');
  });
});

describe('a press of a key', () => {
  const commands = [
    command('play', { keys: ['P'] }),
    command('step', { keys: ['.'], repeats: true }),
    command('undo', { keys: ['Mod+Z'] }),
    command('palette', { keys: ['Mod+K'], whileTyping: true }),
  ];
  const place = (html: string): Element => {
    const holder = document.createElement('div');
    const [name = 'div', type] = html.split(' ');
    const element = document.createElement(name);
    if (type) element.setAttribute('type', type);
    document.body.append(holder);
    holder.append(element);
    return element;
  };
  /** Which command it is, pressed in a place. */
  const at = (target: Element, key: string, more: KeyboardEventInit = {}) => {
    let found: Command | undefined;
    target.addEventListener(
      'keydown',
      (event) => (found = commandOf(event as KeyboardEvent, commands)),
      { once: true },
    );
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }));
    return found?.id;
  };
  const ctrlKey = true;

  it.each([
    ['div', ['play', 'undo', 'palette']],
    ['button', ['play', 'undo', 'palette']],
    ['input range', ['play', 'undo', 'palette']],
    ['input radio', ['play', 'undo', 'palette']],
    // Letters choose from a list; text is typed, and undone by the browser.
    ['select', [undefined, 'undo', 'palette']],
    ['input number', [undefined, undefined, 'palette']],
    ['input text', [undefined, undefined, 'palette']],
    ['textarea', [undefined, undefined, 'palette']],
  ])('in <%s> is for the page what it may be', (html, expected) => {
    const target = place(html);
    expect([at(target, 'p'), at(target, 'z', { ctrlKey }), at(target, 'k', { ctrlKey })]).toEqual(
      expected,
    );
  });

  it('is none while a single key is switched off, a word is composed, or a dialog is open', () => {
    const target = place('div');
    expect(at(target, 'p', { isComposing: true })).toBeUndefined();
    singles.on = false;
    expect([at(target, 'p'), at(target, 'z', { ctrlKey })]).toEqual([undefined, 'undo']);
    singles.on = true;
    const dialog = document.body.appendChild(document.createElement('dialog'));
    dialog.setAttribute('open', '');
    expect(at(target, 'p')).toBeUndefined();
    dialog.remove();
    expect(at(target, 'p')).toBe('play');
  });

  it('that is held down repeats only what goes step by step', () => {
    const target = place('div');
    const repeat = true;
    expect([at(target, 'p', { repeat }), at(target, '.', { repeat })]).toEqual([undefined, 'step']);
  });

  it('that a control has used is none', () => {
    const target = place('div');
    const event = new KeyboardEvent('keydown', { key: 'p', cancelable: true });
    event.preventDefault();
    expect(commandOf(event, commands)).toBeUndefined();
    expect(at(target, 'p')).toBe('play');
  });
});

describe('the palette', () => {
  const commands = [
    command('denoise.play', { label: (text) => text.denoise.play, keys: ['P'] }),
    command('denoise.end', { label: (text) => text.denoise.end, enabled: () => false }),
    command('lab.denoise', {
      group: 'labs',
      label: (_, language) => ({ en: 'Denoise', zh: '去噪' })[language],
    }),
    command('preset', { group: 'presets', label: () => 'Café' }),
  ];
  function open() {
    const onclose = vi.fn();
    const found = render(Palette, { commands, spoken, onclose });
    const input = found.getByRole('combobox');
    const chosen = () => {
      const id = input.getAttribute('aria-activedescendant');
      const option = id === null ? null : document.getElementById(id);
      expect(option?.getAttribute('aria-selected') ?? 'true').toBe('true');
      return option?.dataset['command'];
    };
    const type = (value: string) => fireEvent.input(input, { target: { value } });
    const press = (key: string) => fireEvent.keyDown(input, { key });
    return { ...found, input, chosen, type, press, onclose };
  }
  Element.prototype.scrollIntoView = () => undefined;

  it('lists what can be done now, under its headings', () => {
    const { getAllByRole, input } = open();
    expect(getAllByRole('option').map((one) => one.dataset['command'])).toEqual([
      'denoise.play',
      'lab.denoise',
      'preset',
    ]);
    const { groups, about } = spoken.en.manual;
    expect(getAllByRole('group').map((group) => group.firstElementChild?.textContent)).toEqual([
      groups.lab,
      groups.labs,
      groups.presets,
    ]);
    expect(getAllByRole('option')[0]?.textContent).toContain(about['denoise.play']);
    const list = document.getElementById(input.getAttribute('aria-controls') ?? '');
    expect(list?.getAttribute('role')).toBe('listbox');
  });

  it('finds by words of both languages, without accents', async () => {
    const { type, chosen, getByRole, queryAllByRole } = open();
    for (const [word, id] of [
      ['去噪', 'lab.denoise'],
      ['播放', 'denoise.play'],
      ['PLAY', 'denoise.play'],
      ['cafe', 'preset'],
    ] as const) {
      await type(word);
      expect(chosen()).toBe(id);
    }
    await type('nothing of that');
    expect(queryAllByRole('option')).toEqual([]);
    expect(chosen()).toBeUndefined();
    expect(getByRole('status').textContent).toContain(spoken.en.manual.palette.none);
  });

  it('goes round by the arrow keys, runs by Enter, and then is closed', async () => {
    const { press, chosen, onclose } = open();
    const seen = [chosen()];
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowUp', 'PageUp', 'PageDown']) {
      await press(key);
      seen.push(chosen());
    }
    expect(seen).toEqual([
      'denoise.play',
      'lab.denoise',
      'preset',
      'denoise.play',
      'preset',
      'denoise.play',
      'preset',
    ]);
    await press('Enter');
    await tick();
    expect([ran, onclose.mock.calls.length]).toEqual([['preset'], 1]);
  });

  it('closes by Escape and by a press beside it, not by one within', () => {
    const { getByTestId, input, onclose } = open();
    const dialog = getByTestId('palette');
    input.click();
    expect(onclose).not.toHaveBeenCalled();
    dialog.click();
    expect(onclose).toHaveBeenCalledTimes(1);
    // The dialog is taken away by its owner alone.
    expect(dialog.dispatchEvent(new Event('cancel', { cancelable: true }))).toBe(false);
    expect(onclose).toHaveBeenCalledTimes(2);
  });

  it('has what was used last first, and knows it next time', async () => {
    const first = open();
    await fireEvent.click(first.getAllByRole('option')[1] as HTMLElement);
    await tick();
    expect([ran, recent()]).toEqual([['lab.denoise'], ['lab.denoise']]);
    first.unmount();
    const { getAllByRole, chosen } = open();
    expect(chosen()).toBe('lab.denoise');
    expect(getAllByRole('option').map((one) => one.dataset['command'])).toEqual([
      'lab.denoise',
      'denoise.play',
      'preset',
    ]);
  });

  it('remembers few commands, and nothing that is not a name', () => {
    localStorage.setItem('elbo-room recent', '[1,"a",null]');
    expect(recent()).toEqual(['a']);
    localStorage.setItem('elbo-room recent', '{');
    expect(recent()).toEqual([]);
  });

  it('leaves the keys to a word that is being composed', async () => {
    const { input, chosen } = open();
    await fireEvent.keyDown(input, { key: 'ArrowDown', isComposing: true });
    await fireEvent.keyDown(input, { key: 'Enter', isComposing: true });
    expect([chosen(), ran]).toEqual(['denoise.play', []]);
  });

  it('speaks the language of the page', async () => {
    speech.chosen = 'zh';
    await speech.load();
    const { getAllByRole, getByRole } = open();
    expect(getByRole('combobox', { name: spoken.zh.manual.palette.title })).toBeTruthy();
    expect(getAllByRole('option')[1]?.textContent).toContain('去噪');
  });
});

describe('the help', () => {
  const commands = [
    command('denoise.play', { label: (text) => text.denoise.play, keys: ['P'] }),
    command('undo', { group: 'edit', label: (text) => text.commands.undo, keys: ['Mod+Z'] }),
    command('print', { group: 'page' }),
  ];
  const hints = [{ id: 'hint.pad', keys: ['Left', 'Space'] }];

  it('lists the shortcuts of the lab and of the page, with what they do', () => {
    const { getByRole, getAllByRole } = render(Help, {
      commands,
      hints,
      lab: 'Denoise',
      spoken,
      onclose: () => undefined,
    });
    const { about, help } = spoken.en.manual;
    expect(getByRole('region', { name: 'Denoise' }).textContent).toContain(about['denoise.play']);
    expect(getByRole('region', { name: help.controls }).textContent).toContain(about['hint.pad']);
    // What has no shortcut is not there.
    expect(
      getAllByRole('term').map(({ textContent }) => textContent.replaceAll(/\s/g, '')),
    ).toEqual(['P', 'CtrlZ', '←Space']);
  });

  it('switches single keys off and on', async () => {
    const { getByRole } = render(Help, {
      commands,
      hints,
      lab: 'Denoise',
      spoken,
      onclose: () => undefined,
    });
    await fireEvent.click(getByRole('checkbox'));
    flushSync();
    expect(singles.on).toBe(false);
    expect(document.querySelectorAll('.off')).toHaveLength(1);
    await fireEvent.click(getByRole('checkbox'));
    expect(singles.on).toBe(true);
  });
});
