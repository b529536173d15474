import { flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import en from 'virtual:texts/page/en';
import zh from 'virtual:texts/page/zh';
import { messages } from '../messages/index.ts';
import { Speech } from '../messages/speech.svelte.ts';
import type { Language } from '../messages/languages.ts';
import Place from '../testing/voices/Place.svelte';
import { hear } from './voices.ts';

const ends: (() => void)[] = [];

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  for (const end of ends.splice(0)) end();
  vi.useRealTimers();
  document.body.replaceChildren();
});

async function place(language: Language) {
  const voice = new Speech();
  voice.chosen = language;
  await voice.load();
  const root = document.body.appendChild(document.createElement('div'));
  const end = new AbortController();
  hear(root, voice, end.signal);
  const mounted = mount(Place, { target: root, props: { voice } });
  flushSync();
  ends.push(() => {
    end.abort();
    void unmount(mounted);
  });
  const texts = () => Array.from(root.querySelectorAll('li'), ({ textContent }) => textContent);
  const spoken = () => root.querySelector('p')?.textContent;
  return { root, voice, end, texts, spoken };
}

const [english, chinese] = [en.share.button, zh.share.button];
const all = (text: string, acted: string) => [text, text, text, text, acted, acted];

it('each of two elements speaks its own language, whatever is read and whenever', async () => {
  expect(english).not.toBe(chinese);
  const [one, two] = [await place('en'), await place('zh')];
  expect([one.spoken(), two.spoken()]).toEqual(['en', 'zh']);
  expect([one.texts(), two.texts()]).toEqual([all(english, ''), all(chinese, '')]);

  // The one that is used last does not speak for the other, not even for what comes after a while.
  two.root.querySelector('button')?.click();
  one.root.querySelector('button')?.click();
  flushSync();
  await vi.advanceTimersByTimeAsync(20);
  flushSync();
  expect([one.texts(), two.texts()]).toEqual([all(english, english), all(chinese, chinese)]);
});

it('changes its language while the other keeps its own', async () => {
  const [one, two] = [await place('en'), await place('zh')];
  one.voice.chosen = 'zh';
  two.voice.chosen = 'en';
  await vi.advanceTimersByTimeAsync(0);
  flushSync();
  expect([one.texts(), two.texts()]).toEqual([all(chinese, ''), all(english, '')]);
});

it('outside of all components the one that was used last speaks, and none that has ended', async () => {
  const [one, two] = [await place('en'), await place('zh')];
  two.root.querySelector('button')?.click();
  expect(messages.share.button).toBe(chinese);
  one.root.querySelector('button')?.click();
  expect(messages.share.button).toBe(english);
  two.root.querySelector('button')?.click();
  two.end.abort();
  expect(messages.share.button).toBe(english);
});
