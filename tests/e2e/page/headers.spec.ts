/** The page under the headers of `www/vite/hosting.ts`, and what these forbid. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HEADERS } from '../../../www/vite/hosting.ts';
import { expect, open, test } from '../fixtures.ts';

interface Stranger {
  origin: string;
  visits: string[];
  close(): void;
}

/** Another origin, which lets everybody read and notes who comes. */
async function stranger(): Promise<Stranger> {
  const visits: string[] = [];
  const server = createServer((request, response) => {
    visits.push(request.url ?? '');
    response.writeHead(200, {
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'content-type': request.url === '/' ? 'text/html' : 'text/javascript',
    });
    response.end(request.url === '/' ? '<link rel="icon" href="data:,">' : 'export {};');
  });
  server.on('upgrade', (request, socket) => {
    visits.push(request.url ?? '');
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://127.0.0.1:${port}`, visits, close };
}

/** Runs in a page or a worker: every way out that it has. */
async function attempt(origin: string): Promise<string[]> {
  const outcome = (name: string, attempt: Promise<unknown>) =>
    attempt.then(
      () => `${name}: open`,
      () => `${name}: closed`,
    );
  const socket = new Promise((resolve, reject) => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/socket`);
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return Promise.all([
    outcome('fetch', fetch(`${origin}/fetch`)),
    outcome('opaque', fetch(`${origin}/opaque`, { mode: 'no-cors' })),
    outcome('import', import(`${origin}/import`)),
    outcome('socket', socket),
  ]);
}

test('every answer has the headers, those that revalidate a copy too', async ({
  page,
  request,
  baseURL,
}) => {
  const names = new Map<string, Record<string, string>>();
  page.on('response', (response) => names.set(response.url(), response.headers()));
  await open(page, 'z=seed:3');
  await expect(page.getByTestId('loading')).toBeHidden();
  const urls = [...names.keys()];
  for (const kind of [/\/$/, /\/assets\/worker-.*\.js$/, /\.wasm$/, /\/models\/manifest\.json$/])
    expect(urls.some((url) => kind.test(url.split('#')[0] ?? ''))).toBe(true);
  const expected = Object.entries(HEADERS).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  for (const [url, headers] of names)
    for (const [name, value] of expected) expect(headers[name], `${name} of ${url}`).toBe(value);

  const script = urls.find((url) => /\/worker-.*\.js$/.test(url)) ?? '';
  const { etag } = (await request.get(script)).headers();
  const again = await request.get(script, {
    headers: { 'if-none-match': etag ?? '' },
  });
  expect(again.status()).toBe(304);
  for (const [name, value] of expected) expect(again.headers()[name]).toBe(value);
  expect((await request.get(`${baseURL}nothing.js`)).headers()['x-content-type-options']).toBe(
    'nosniff',
  );
});

test('neither the page nor a worker reaches another origin', async ({ page, guard, context }) => {
  const { origin, visits, close } = await stranger();
  const elsewhere = await stranger();
  guard.allow(/Content Security Policy|violates|blocked|Refused/i);
  guard.allow(/^request: |ERR_FAILED/);
  try {
    await open(page, 'z=seed:3');
    await expect(page.getByTestId('loading')).toBeHidden();
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    const closed = ['fetch: closed', 'opaque: closed', 'import: closed', 'socket: closed'];
    expect(await page.evaluate(attempt, origin)).toEqual(closed);
    const workers = page.workers();
    expect(workers.length).toBeGreaterThanOrEqual(3);
    for (const worker of workers) expect(await worker.evaluate(attempt, origin)).toEqual(closed);
    expect(visits).toEqual([]);

    // The same attempts where nothing forbids them: the ways are open.
    const free = await context.newPage();
    await free.goto(`${elsewhere.origin}/`);
    expect((await free.evaluate(attempt, origin)).slice(0, 3)).toEqual([
      'fetch: open',
      'opaque: open',
      'import: open',
    ]);
    expect(new Set(visits)).toEqual(new Set(['/fetch', '/opaque', '/import', '/socket']));
  } finally {
    close();
    elsewhere.close();
  }
});

test('text becomes neither markup nor the address of a script', async ({ page, guard }) => {
  guard.allow(/TrustedHTML|TrustedScript|Trusted Type/);
  await open(page, 'z=seed:3');
  await expect(page.getByTestId('loading')).toBeHidden();
  const outcomes = await page.evaluate(() => {
    const thrown = (attempt: () => unknown) => {
      try {
        attempt();
        return 'allowed';
      } catch (error) {
        return (error as Error).name;
      }
    };
    const at = document.createElement('div');
    return [
      thrown(() => (at.innerHTML = '<b>bold</b>')),
      thrown(() => document.createElement('script').setAttribute('src', 'https://a.example/x.js')),
      thrown(() => new Worker('https://a.example/x.js')),
      thrown(() => new Worker('data:text/javascript,0')),
      thrown(() => at.setAttribute('onclick', 'alert(1)')),
    ];
  });
  expect(outcomes).toEqual(Array(5).fill('TypeError'));
});
