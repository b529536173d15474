/** The npm package as a user has it: packed, installed, and served. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from './fixtures.ts';

export const run = promisify(execFile);
export const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

export const FOLDER = at('target/xtask/npm');
export const USER = join(FOLDER, 'user');
export const INSTALLED = join(USER, 'node_modules/elbo-room');

let installed: Promise<void> | undefined;

/** Once, however many tests ask. */
export const install = (): Promise<void> => (installed ??= pack());

async function pack(): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(USER, { recursive: true });
  await run('node', [at('npm/assemble.js'), join(FOLDER, 'elbo-room')]);
  // The models weigh most, and are copied instead of packed.
  const models = join(FOLDER, 'elbo-room/models');
  await cp(models, join(FOLDER, 'models'), { recursive: true });
  await rm(models, { recursive: true });
  const { stdout } = await run('npm', ['pack', './elbo-room', '--silent'], { cwd: FOLDER });
  await writeFile(join(USER, 'package.json'), '{ "private": true, "type": "module" }');
  const options = ['install', '--offline', '--no-audit', '--no-fund', join('..', stdout.trim())];
  await run('npm', options, { cwd: USER });
  await cp(join(FOLDER, 'models'), join(INSTALLED, 'models'), { recursive: true });
}

const TYPES: Record<string, string> = {
  js: 'text/javascript',
  wasm: 'application/wasm',
  json: 'application/json',
};

/** Has a page of this body lie at `./user/`, among the files of `folder` and its scripts. */
export async function serve(
  page: Page,
  folder: string,
  body: string,
  {
    headers = {},
    scripts = {},
  }: Partial<Record<'headers' | 'scripts', Record<string, string>>> = {},
): Promise<void> {
  await page.context().route('**/user/**', async (route) => {
    const path = new URL(route.request().url()).pathname.replace(/.*\/user\//, '');
    const contentType = TYPES[path.split('.').pop() ?? ''] ?? 'application/octet-stream';
    if (path === '') {
      const html = `<!doctype html><link rel="icon" href="data:,">${body}`;
      return route.fulfill({ contentType: 'text/html', headers, body: html });
    }
    const script = scripts[path];
    if (script !== undefined) return route.fulfill({ contentType, headers, body: script });
    const file = path.startsWith('models/') ? join(INSTALLED, path) : join(folder, path);
    return readFile(file).then(
      (found) => route.fulfill({ contentType, headers, body: found }),
      () => route.fulfill({ status: 404, body: '' }),
    );
  });
}

/** Opens a page of one script among the files of `folder`, and gives what the script prints. */
export async function inPage(page: Page, folder: string, body: string): Promise<string> {
  await page.context().unroute('**/user/**');
  await serve(page, folder, body);
  const printed = page.waitForEvent('console', { timeout: 180_000 });
  await page.goto('./user/');
  const value: unknown = await (await printed).args()[0]?.jsonValue();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
