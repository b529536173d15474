import { expect, it } from 'vitest';
import { plain, search } from './search.ts';

const all = [
  {
    id: 'theme',
    names: ['Appearance: dark', '外观：深色'],
    words: ['Goes through light and dark'],
  },
  { id: 'denoise', names: ['Denoise', '去噪'], words: ['Labs', '实验室'] },
  { id: 'noise', names: ['Add noise', '加噪'], words: [] },
  { id: 'resume', names: ['Résumé'], words: [] },
];
const found = (query: string) => search(query, all).map(({ id }) => id);

it.each([
  ['', ['theme', 'denoise', 'noise', 'resume']],
  ['  ', ['theme', 'denoise', 'noise', 'resume']],
  ['DENOISE', ['denoise']],
  // In the other language, and by a part of the word.
  ['去噪', ['denoise']],
  ['深', ['theme']],
  ['resume', ['resume']],
  ['rÉsu', ['resume']],
  // The word of its own comes before the part of one.
  ['noise', ['noise', 'denoise']],
  // Every word must be found, in any order and place.
  ['light appear', ['theme']],
  ['light noise', []],
  ['ＤＡＲＫ', ['theme']],
  ['labs', ['denoise']],
])('“%s” finds %j', (query, ids) => {
  expect(found(query)).toEqual(ids);
});

it('takes letters as they are meant', () => {
  expect(plain('Ärger Ｎ')).toBe('arger n');
});
