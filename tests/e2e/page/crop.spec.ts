/** Pictures of more than a digit, and of lines: decoded, cropped and read in a browser. */
import { expectAccessible, expectNoOverflow } from '../checks.ts';
import { FEW } from '../drawing.ts';
import { en, expect, levels, open, tabTo, test } from '../fixtures.ts';

const text = en.images.crop;
const bar = (x: number, attributes = '') =>
  `<path d="M${x} 40v120" stroke="#123" stroke-width="16" ${attributes}/>`;
const svg = (body: string) =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200" onload="parent.ran = 1">` +
      `<script>parent.ran = 1</script><rect width="300" height="200" fill="#eed"/>${body}</svg>`,
  );

test('of two digits in a picture of lines, one is chosen by keyboard', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await open(page, `lab=elbo&image=strokes:&${FEW}`);
  const dialog = page.getByTestId('crop');
  await page.getByTestId('upload').setInputFiles({
    name: 'two.svg',
    mimeType: 'image/svg+xml',
    buffer: svg(bar(80) + bar(220, 'transform="skewX(-12) translate(20)"')),
  });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByText(text.leadSeveral)).toBeVisible();
  await expect(page.getByTestId('crop-status')).toHaveText(text.found);
  await expectAccessible(page, { include: '[data-testid=crop]' });
  await expectNoOverflow(page);

  await tabTo(page.getByTestId('crop-region-1'));
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('crop-region-1')).toHaveAttribute('aria-pressed', 'true');
  const result = page.getByTestId('crop-result');
  const ink = async () => ((await levels(result)) ?? []).filter((level) => level > 127).length;
  await expect.poll(ink).toBeGreaterThan(30);
  const chosen = await levels(result);
  await page.getByTestId('crop-take').press('Enter');
  await expect(dialog).toHaveCount(0);
  await expect.poll(() => levels(page.getByTestId('elbo-picture'))).toEqual(chosen);
  expect(await page.evaluate(() => 'ran' in window)).toBe(false);
  await expect(page.getByTestId('crop-again')).toBeVisible();
});
