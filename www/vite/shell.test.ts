import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { tagsFor } from './shell.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

it.each(['https://example.org/elbo', 'https://example.org/elbo/'])(
  'names the preview of %s',
  (url) => {
    expect(tagsFor(url).map(({ attrs }) => [attrs?.['property'], attrs?.['content']])).toEqual([
      ['og:url', url],
      ['og:image', 'https://example.org/elbo/preview.webp'],
    ]);
  },
);

it('has the colours of the page around it', () => {
  const html = read('../index.html');
  const tokens = read('../src/styles/tokens.css');
  const pages = [...tokens.matchAll(/--page: (#\w+);/g)].map(([, colour]) => colour);
  const [light, dark] = pages;
  const themes = [...html.matchAll(/name="theme-color"[^>]*content="(#\w+)"/g)];
  expect(themes.map(([, colour]) => colour)).toEqual([light, dark]);
});
