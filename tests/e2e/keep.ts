/** Pictures for somebody to look at. Nothing compares them, so they are taken only where ELBO_ROOM_PICTURES asks for them. */
import type { Locator, Page } from '@playwright/test';

const FOLDER = 'artifacts/look';
const wanted = Boolean(process.env['ELBO_ROOM_PICTURES']);

/** What only pictures differ in; nothing where none are asked for. */
export const asked = <T>(values: readonly T[]): readonly T[] => (wanted ? values : []);

/** The option that keeps a PDF file. */
export const pathOf = (name: string): { path?: string } =>
  wanted ? { path: `${FOLDER}/${name}` } : {};

/** Takes a picture of a whole page, or of a part of one. */
export async function keep(view: Page | Locator, name: string): Promise<void> {
  if (!wanted) return;
  const path = `${FOLDER}/${name}.png`;
  if ('goto' in view) await view.screenshot({ path, fullPage: true });
  else await view.screenshot({ path });
}
