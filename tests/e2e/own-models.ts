/** Models of the visitor's own: how they are opened and removed, and what the crate makes of them in Node. */
import { readFile } from 'node:fs/promises';
import { inspectOnnx, proposeEntry, Vae, type VaeFiles } from '../../www/pkg/elbo_room.js';
import { en, expect, type Page } from './fixtures.ts';

export const fixtures = new URL('../fixtures/', import.meta.url);
const at = (name: string) => new URL(name, fixtures).pathname;
export const text = en.ownModels;

/** Gives files to the dialog, and waits until something has become of them. */
export async function give(page: Page, names: readonly string[]): Promise<void> {
  await page.getByTestId('model-files').setInputFiles(names.map(at));
}

export const stage = (page: Page, wanted: string) =>
  expect(page.getByTestId('open-model')).toHaveAttribute('data-stage', wanted);

export async function openFiles(page: Page, names: readonly string[]): Promise<void> {
  await page.getByTestId('open-a-model').click();
  await give(page, names);
  await stage(page, 'checked');
}

/** Removes the only model of one's own, after which the labs show others. */
export async function removeIt(page: Page): Promise<void> {
  await page.getByTestId('open-a-model').click();
  const list = page.getByTestId('own-models');
  await list.getByRole('button', { name: text.own.remove }).click();
  await list.getByRole('button', { name: text.own.confirm }).click();
  await expect(list).toHaveCount(0);
  await page.getByRole('button', { name: text.close, exact: true }).click();
}

/** Drops files on the page itself, as from a folder. */
export async function drop(page: Page, names: readonly string[]): Promise<void> {
  const files = await Promise.all(
    names.map(async (name) => ({
      name: name.split('/').at(-1) ?? '',
      base64: (await readFile(at(name))).toString('base64'),
    })),
  );
  await page.evaluate((given) => {
    const data = new DataTransfer();
    for (const { name, base64 } of given)
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    document.body.dispatchEvent(
      new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data }),
    );
  }, files);
}

/** The proposed VAE in Node. */
export async function proposed(names: readonly string[]): Promise<Vae> {
  const files = await Promise.all(
    names.map(async (path) => ({
      name: path.split('/').at(-1) ?? '',
      bytes: new Uint8Array(await readFile(at(path))),
    })),
  );
  const { entry } = proposeEntry(
    'own',
    files.map(({ name, bytes }) => ({ name, info: inspectOnnx(bytes) })),
  );
  const bytesOf = ({ path }: { path: string }) => files.find(({ name }) => name === path)?.bytes;
  if (entry?.kind !== 'vae') throw new Error('the proposal is not a VAE');
  const roles = Object.entries<{ path: string }>(entry.files).map(([role, file]) => [
    role,
    bytesOf(file),
  ]);
  return Vae.load(entry, Object.fromEntries(roles) as VaeFiles);
}
