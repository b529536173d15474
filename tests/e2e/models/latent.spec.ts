import { readFile } from 'node:fs/promises';
import { levelsIn } from '../../../www/vite/prerender/digit.ts';
import { decode, priorSample } from '../crate.ts';
import { drag, expect, expectLevels, open, pixels, test, valueOf } from '../fixtures.ts';
import { expectStrip } from '../strip.ts';

const LATENTS = 16;

test('dragging a latent changes the digit, to exactly what the crate decodes', async ({
  page,
  crate,
}) => {
  await open(page, 'z=seed:3');
  const digit = page.getByTestId('latent-digit');
  const z = priorSample(crate, 3);
  await expectLevels(digit, decode(crate, z));

  const index = crate.vaeEntry.latents.order[0] ?? 0;
  const slider = page.getByTestId(`latent-${index}`);
  await expect.poll(() => valueOf(slider)).toBe(z[index]);
  const before = await pixels(digit);
  await drag(slider, 0.9);
  const value = await valueOf(slider);
  expect(value).toBeGreaterThan(1.5);
  await expectLevels(digit, decode(crate, z.with(index, value)));
  expect(await pixels(digit)).not.toBe(before);
});

test('the picture in the document is what is painted at the page’s own address', async ({
  page,
}) => {
  const html = await readFile(new URL('../../../www/dist/index.html', import.meta.url), 'utf8');
  const [svg = ''] = /<svg class="first-digit".*?<\/svg>/.exec(html) ?? [];
  const levels = levelsIn(svg);
  expect(levels.filter((level) => level > 0).length).toBeGreaterThan(50);
  await open(page, '');
  await expectLevels(page.getByTestId('latent-digit'), levels);
});

test('the same address gives the same pixels', async ({ page, crate, context }) => {
  const fragment = 'z=0.5,-1.25,2&a=seed:4&b=seed:5&path=linear';
  const z = [0.5, -1.25, 2, ...Array<number>(LATENTS - 3).fill(0)];
  for (const each of [page, await context.newPage()]) {
    await open(each, fragment);
    await expectLevels(each.getByTestId('latent-digit'), decode(crate, z));
    await expectLevels(each.getByTestId('latent-a'), decode(crate, priorSample(crate, 4)));
    await expectLevels(each.getByTestId('latent-b'), decode(crate, priorSample(crate, 5)));
    await expectStrip(each.getByTestId('latent-strip'), crate, 'linear');
  }
});
