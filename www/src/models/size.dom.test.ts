// What the code imports when it needs it, in less time than a test has.
import 'virtual:texts/page/zh';
import { cleanup, render } from '@testing-library/svelte';
import { flushSync } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { FlatImage, FlatVector, Phrase } from '../../engine/protocol.ts';
import { speech } from '../messages/speech.svelte.ts';
import { say } from './phrase.ts';
import SizeField from './SizeField.svelte';

afterEach(() => {
  cleanup();
  speech.chosen = null;
});

const size = (height: number, width: number, channels = 1): FlatImage => ({
  image: { channels, height, width },
  layout: 'nchw',
});
const sizes = [size(8, 8, 3), { ...size(8, 8, 3), layout: 'nhwc' as const }, size(16, 12)];

function field(chosen: FlatImage | null, length: number | null = 192) {
  const flat: FlatVector = { length, chosen, sizes };
  const asked: FlatImage[] = [];
  const { container } = render(SizeField, {
    flat,
    disabled: false,
    onchange: (wanted: FlatImage) => void asked.push(wanted),
  });
  const find = <T extends HTMLElement>(id: string, kind: new () => T): T | null => {
    const element = container.querySelector(`[data-testid="${id}"]`);
    return element instanceof kind ? element : null;
  };
  const set = (id: string, value: string) => {
    const element = find(id, HTMLInputElement) ?? find(id, HTMLSelectElement);
    if (!element) throw new Error(`there is no ${id}`);
    element.value = value;
    const type = element.tagName === 'SELECT' ? 'change' : 'input';
    element.dispatchEvent(new Event(type, { bubbles: true }));
    flushSync();
  };
  return { asked, find, set };
}

it('offers sizes that a vector may have, and takes one that is written, if it has as many values', () => {
  const { asked, find, set } = field(sizes[0] ?? null);
  const select = find('flat-sizes', HTMLSelectElement);
  expect([...(select?.options ?? [])].map(({ text }) => text)).toEqual([
    '8 × 8, colour, channel after channel',
    '8 × 8, colour, pixel after pixel',
    '16 × 12, grey',
    'Another size…',
  ]);
  expect(select?.value).toBe('0');
  expect(find('flat-apply', HTMLElement)).toBeNull();
  set('flat-sizes', '1');
  expect(asked).toEqual([sizes[1]]);
  set('flat-sizes', '-1');
  const apply = () => find('flat-apply', HTMLButtonElement);
  set('flat-channels', 'grey');
  set('flat-height', '4');
  expect(apply()?.disabled).toBe(true);
  expect(find('flat-size', HTMLElement)?.textContent).toContain(
    'That makes 32 values; the file has 192.',
  );
  set('flat-width', '48');
  expect(apply()?.disabled).toBe(false);
  apply()?.click();
  expect(asked.at(-1)).toEqual(size(4, 48));
});

it('asks for the size where none suggests itself', () => {
  const { find } = field(null);
  expect(find('flat-sizes', HTMLSelectElement)?.value).toBe('-1');
  expect(find('flat-width', HTMLInputElement)?.value).toBe('192');
});

it('takes any size where the file does', () => {
  const { asked, find, set } = field(sizes[0] ?? null, null);
  expect(find('flat-size', HTMLElement)?.textContent).toContain('any height and width');
  set('flat-sizes', '-1');
  expect(find('flat-channels', HTMLElement)).toBeNull();
  set('flat-height', '40');
  find('flat-apply', HTMLButtonElement)?.click();
  expect(asked).toEqual([size(40, 8, 3)]);
});

it('says a phrase in the language of the page, with the phrases inside it', async () => {
  const chain: Phrase = { code: 'chain-cosine', values: { steps: 50 }, message: 'β cosine' };
  const time: Phrase = { code: 'timestep-of', values: { chain }, message: 'a timestep; β cosine' };
  expect(say(time)).toBe('a timestep; β cosine');
  speech.chosen = 'zh';
  await speech.load();
  await vi.waitFor(() => expect(say(time)).toBe('时间步；余弦 β，共 50 步'));
  // A name in braces is a name.
  expect(say({ code: 'output-called', values: { output: '{steps}' }, message: '' })).toBe(
    '输出名为“{steps}”',
  );
});
