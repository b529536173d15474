import { readFile } from 'node:fs/promises';
import { expect, rgba, test } from '../fixtures.ts';

const at = (path: string) => new URL(`../../../${path}`, import.meta.url);

test('the example of the README runs as it stands', async ({ page }) => {
  const readme = await readFile(at('README.md'), 'utf8');
  const example = /```js\n(.*?)```/s.exec(readme)?.[1];
  if (!example) throw new Error('the README has no example');

  const types: Record<string, string> = {
    js: 'text/javascript',
    wasm: 'application/wasm',
    json: 'application/json',
  };
  await page.route('**/readme/**', async (route) => {
    const path = new URL(route.request().url()).pathname.replace('/readme/', '');
    if (path === 'page.html') {
      const body = `<!doctype html><link rel="icon" href="data:,"><canvas></canvas><script type="module">${example}</script>`;
      return route.fulfill({ contentType: 'text/html', body });
    }
    const folder = path.startsWith('pkg/') ? 'www/' : '';
    const contentType = types[path.split('.').pop() ?? ''] ?? 'application/octet-stream';
    return route.fulfill({ contentType, body: await readFile(at(folder + path)) });
  });

  const logged = page.waitForEvent('console', { timeout: 120_000 });
  await page.goto('./readme/page.html');
  const estimate = (await (await logged).args()[0]?.jsonValue()) as {
    mean: number;
    standardError: number;
  };
  expect(estimate.mean).toBeGreaterThan(0);
  expect(estimate.standardError).toBeGreaterThan(0);
  // The canvas shows ink on black.
  const bytes = await rgba(page.locator('canvas'));
  expect(bytes).toHaveLength(28 * 28 * 4);
  expect(bytes.some((byte, i) => i % 4 === 0 && byte > 200)).toBe(true);
});
