import { decode, priorSample } from '../crate.ts';
import { expect, expectLevels, open, test } from '../fixtures.ts';

const SEED = 9;

test('a second visit fetches no model, and only a copy anew that was damaged', async ({
  page,
  crate,
}) => {
  const fetched: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('.onnx')) fetched.push(request.url());
  });
  const digit = decode(crate, priorSample(crate, SEED));
  const visit = async () => {
    fetched.length = 0;
    await open(page, `z=seed:${SEED}`);
    await expectLevels(page.getByTestId('latent-digit'), digit);
    await expect(page.getByTestId('loading')).toBeHidden();
    return fetched.length;
  };
  const kept = () =>
    page.evaluate(async () => {
      const [name = ''] = await caches.keys();
      return (await (await caches.open(name)).keys()).length;
    });
  const files = await visit();
  expect(files).toBeGreaterThan(2);
  await expect.poll(kept).toBe(files);
  expect(await visit()).toBe(0);
  await page.evaluate(async () => {
    const [name = ''] = await caches.keys();
    const cache = await caches.open(name);
    const [first] = await cache.keys();
    const response = first && (await cache.match(first));
    if (!first || !response) throw new Error('nothing is kept');
    const bytes = new Uint8Array(await response.arrayBuffer());
    const middle = bytes.length >> 1;
    bytes[middle] = (bytes[middle] ?? 0) ^ 0xff;
    await cache.put(first, new Response(bytes));
  });
  expect(await visit()).toBe(1);
  // The damaged copy was thrown away before, and the new one is kept beside what the page does.
  await expect.poll(kept).toBe(files);
  expect(await visit()).toBe(0);
});
