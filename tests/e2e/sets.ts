/** Data sets of 28 by 28 pixels, and what is done with them on the page. */
import { expect, type Page } from './fixtures.ts';

const bytes = (...values: number[]) => Buffer.from(values);

/** An IDX file of images, and one of labels. */
export const imageFile = (levels: readonly Uint8Array[]): Buffer =>
  Buffer.concat([bytes(0, 0, 8, 3, 0, 0, 0, levels.length, 0, 0, 0, 28, 0, 0, 0, 28), ...levels]);
export const labelFile = (values: readonly number[]): Buffer =>
  bytes(0, 0, 8, 1, 0, 0, 0, values.length, ...values);

/** Bars, each in another place. */
export const bars = (from: number, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) =>
    Uint8Array.from({ length: 784 }, (_, pixel) => (pixel % 28 === from + i ? 255 : 0)),
  );

export const give = (page: Page, files: Record<string, Buffer>): Promise<void> =>
  page
    .getByTestId('sets-input')
    .setInputFiles(Object.entries(files).map(([name, buffer]) => ({ name, mimeType: '', buffer })));

/** Scores the set on display, or the one that it is compared with. */
export async function score(page: Page, which: 'sets' | 'sets-other' = 'sets'): Promise<void> {
  await page.getByTestId(`${which}-start`).click();
  await expect(page.getByTestId(`${which}-progress`)).toHaveAttribute('data-status', 'done');
}
