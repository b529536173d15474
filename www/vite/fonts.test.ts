import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { formulas } from './formulas.ts';

it('keeps of KaTeX’s styles the fonts that are used, in one format, with the characters of formulas', async () => {
  const path = createRequire(import.meta.url).resolve('katex/dist/katex.min.css');
  const css = readFileSync(path, 'utf8');
  expect(css).toContain('.katex');
  const [{ transform } = {}] = formulas();
  const kept = await (transform as (code: string, id: string) => Promise<{ code: string }>)(
    css,
    path,
  );
  expect(kept.code.match(/@font-face/g)).toHaveLength(16);
  const urls = [...kept.code.matchAll(/url\(([^)]*)\)/g)].map(([, url = '']) => url);
  expect(urls).toHaveLength(16);
  const sizeOf = (url: string) => readFileSync(resolve(dirname(path), url)).length;
  for (const url of urls) {
    expect(sizeOf(url)).toBeGreaterThan(500);
    expect(sizeOf(url)).toBeLessThan(sizeOf(`fonts/${basename(url)}`));
  }
});
