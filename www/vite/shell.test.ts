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

it('is told by the workflow for GitHub Pages all that a build asks for', () => {
  const asked = ['defines.ts', '../vite.config.ts'].flatMap((path) =>
    [...read(path).matchAll(/process\.env\['(ELBO_ROOM_\w+)'\]/g)].map(([, name]) => name),
  );
  const github: Record<string, string> = {
    'github.server_url': 'https://github.com',
    'github.repository': 'me/room',
    'steps.pages.outputs.base_url': 'https://me.github.io/room',
  };
  const workflow = read('../../.github/workflows/pages.yml');
  const told = [...workflow.matchAll(/^ +(ELBO_ROOM_\w+): (.+)$/gm)].map(([, name, value]) => [
    name,
    value?.replaceAll(/\$\{\{ ([\w.]+) \}\}/g, (_, key: string) => github[key] ?? key),
  ]);
  expect(told.map(([name]) => name).sort()).toEqual(asked.sort());
  expect(Object.fromEntries(told)).toEqual({
    ELBO_ROOM_URL: 'https://me.github.io/room',
    ELBO_ROOM_REPOSITORY: 'https://github.com/me/room',
    ELBO_ROOM_ISSUES: 'https://github.com/me/room/issues',
  });
  // Its address comes from a step, which has to be there, before the build.
  const build = workflow.indexOf('cargo xtask build');
  const pages = workflow.indexOf('id: pages\n        uses: actions/configure-pages@');
  expect(pages).toBeGreaterThan(0);
  expect(build).toBeGreaterThan(pages);
});

it('has the colours of the page around it', () => {
  const html = read('../index.html');
  const tokens = read('../src/styles/tokens.css');
  const pages = [...tokens.matchAll(/--page: (#\w+);/g)].map(([, colour]) => colour);
  const [light, dark] = pages;
  const themes = [...html.matchAll(/name="theme-color"[^>]*content="(#\w+)"/g)];
  expect(themes.map(([, colour]) => colour)).toEqual([light, dark]);
});
