import { afterEach, expect, it } from 'vitest';
import { count, short } from './numbers.ts';
import { speech } from './speech.svelte.ts';

afterEach(() => {
  speech.chosen = null;
});

it('writes numbers as the language of the page does', async () => {
  expect([count(1234567), short(1234567)]).toEqual(['1,234,567', '1.23M']);
  speech.chosen = 'zh';
  await speech.load();
  expect([count(1234567), short(1234567)]).toEqual(['1,234,567', '123万']);
});
