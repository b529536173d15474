/** The ELBO lab's pad. */
import { parseStrokes, toShares } from '../../www/src/drawing/strokes.ts';
import { expect, type Page } from './fixtures.ts';

/** Few evaluations, so that a test ends soon: the numbers are compared, not their precision. */
export const FEW = 'k=100&timesteps=64&perClass=10&T=50';

/** Draws a seven with the pointer: across, then down. */
export async function drawSeven(page: Page): Promise<void> {
  const pad = page.getByTestId('drawing-pad');
  await pad.scrollIntoViewIfNeeded();
  const box = await pad.boundingBox();
  if (!box) throw new Error('the pad is not on the page');
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(0.25, 0.2));
  await page.mouse.down();
  await page.mouse.move(...at(0.75, 0.2), { steps: 8 });
  await page.mouse.move(...at(0.45, 0.85), { steps: 8 });
  await page.mouse.up();
}

/** The drawing as the address holds it. */
export async function strokesOf(page: Page): Promise<Float32Array[]> {
  await expect(page).toHaveURL(/image=strokes:[\w-]/);
  return strokesIn(page.url());
}

export function strokesIn(address: string): Float32Array[] {
  const coded = /image=strokes:([\w-]+)/.exec(address)?.[1] ?? '';
  const strokes = parseStrokes(coded);
  if (!strokes) throw new Error(`the address holds no drawing: ${address}`);
  return toShares(strokes);
}
