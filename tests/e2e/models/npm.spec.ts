/** The npm package, packed and installed as a user does: the same numbers in Node.js, by bundlers, and without one. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import webpack from 'webpack';
import { decode } from '../crate.ts';
import { expect, type Page, rgba, test } from '../fixtures.ts';

const run = promisify(execFile);
const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

const FOLDER = at('target/xtask/npm');
const USER = join(FOLDER, 'user');
const INSTALLED = join(USER, 'node_modules/elbo-room');

/** What each user computes and prints: two bounds of one picture. */
const program = (folder: string, from = 'elbo-room') => `
import { openModels, toLevels } from '${from}';
const models = await openModels(${folder});
const vae = await models.load('mnist-vae');
const x = toLevels(vae.decode(vae.samplePrior(1)));
const latent = vae.elbo(x, { samples: 8, seed: 1 }).elbo;
const ddpm = await models.load('mnist-ddpm');
const bound = ddpm.elbo(x, { schedule: 'log-snr-linear', timesteps: 4, seed: 1 });
while (!bound.done) bound.step();
console.log(JSON.stringify({ latent, diffusion: bound.result().elbo }));
`;

test.beforeAll(async () => {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(USER, { recursive: true });
  await run('node', [at('npm/assemble.js'), join(FOLDER, 'elbo-room')]);
  // The models weigh most, and are copied instead of packed.
  const models = join(FOLDER, 'elbo-room/models');
  await cp(models, join(FOLDER, 'models'), { recursive: true });
  await rm(models, { recursive: true });
  const { stdout } = await run('npm', ['pack', './elbo-room', '--silent'], { cwd: FOLDER });
  await writeFile(join(USER, 'package.json'), '{ "private": true, "type": "module" }');
  const install = ['install', '--offline', '--no-audit', '--no-fund', join('..', stdout.trim())];
  await run('npm', install, { cwd: USER });
  await cp(join(FOLDER, 'models'), join(INSTALLED, 'models'), { recursive: true });
});

async function inNode(source: string): Promise<string> {
  await writeFile(join(USER, 'use.js'), source);
  return (await run('node', ['use.js'], { cwd: USER })).stdout.trim();
}

const bundle = (options: webpack.Configuration) =>
  new Promise<webpack.Stats>((resolve, reject) => {
    webpack(options, (error, stats) => {
      if (stats) resolve(stats);
      else reject(error ?? new Error('webpack says nothing'));
    });
  });

const HERE = `new URL('./models/', import.meta.resolve('elbo-room/package.json'))`;

/** Opens a page of one script among the files of `folder`, and gives what the script prints. */
async function inPage(page: Page, folder: string, script: string): Promise<string> {
  const types: Record<string, string> = {
    js: 'text/javascript',
    wasm: 'application/wasm',
    json: 'application/json',
  };
  await page.route('**/user/**', async (route) => {
    const path = new URL(route.request().url()).pathname.replace('/user/', '');
    const contentType = types[path.split('.').pop() ?? ''] ?? 'application/octet-stream';
    if (path === '') {
      const body = `<!doctype html><link rel="icon" href="data:,">${script}`;
      return route.fulfill({ contentType: 'text/html', body });
    }
    const file = path.startsWith('models/') ? join(INSTALLED, path) : join(folder, path);
    return route.fulfill({ contentType, body: await readFile(file) });
  });
  const printed = page.waitForEvent('console');
  await page.goto('./user/');
  const value: unknown = await (await printed).args()[0]?.jsonValue();
  return typeof value === 'string' ? value : JSON.stringify(value);
}

test('bundled or not, its numbers are those of Node.js and of the page', async ({
  page,
  crate,
}) => {
  const expected = await inNode(program(HERE));
  const levels = decode(crate, Array.from(crate.vae.samplePrior(1)));
  const direct = crate.vae.elbo(levels, { samples: 8, seed: 1 }).elbo;
  expect(JSON.parse(expected).latent).toEqual(direct);

  const plain = `<script type="module">${program("'models'", './index.js')}</script>`;
  expect(await inPage(page, INSTALLED, plain), 'without a bundler').toBe(expected);

  await writeFile(join(USER, 'main.js'), program("'models'"));
  await writeFile(join(USER, 'index.html'), '<script type="module" src="/main.js"></script>');
  const vite = createRequire(at('www/package.json')).resolve('vite/package.json');
  const build = [join(vite, '../bin/vite.js'), 'build', '--base', './', '--logLevel', 'error'];
  await run('node', build, { cwd: USER });
  const html = await readFile(join(USER, 'dist/index.html'), 'utf8');
  expect(await inPage(page, join(USER, 'dist'), html), 'by Vite').toBe(expected);

  const stats = await bundle({
    context: USER,
    mode: 'development',
    devtool: false,
    entry: './main.js',
    output: { path: join(USER, 'packed'), filename: 'main.js', module: true },
    experiments: { outputModule: true },
  });
  expect(stats.toJson({ all: false, errors: true, warnings: true })).toMatchObject({
    errors: [],
    warnings: [],
  });
  const script = '<script type="module" src="main.js"></script>';
  expect(await inPage(page, join(USER, 'packed'), script), 'by webpack').toBe(expected);
});

for (const readme of ['README.md', 'npm/README.md']) {
  test(`the example of ${readme} runs as it stands`, async ({ page }) => {
    const example = /```js\n(.*?)```/s.exec(await readFile(at(readme), 'utf8'))?.[1];
    if (!example) throw new Error('there is no example');
    const map = '<script type="importmap">{"imports": {"elbo-room": "./index.js"}}</script>';
    const body = `${map}<canvas></canvas><script type="module">${example}</script>`;
    const bits = JSON.parse(await inPage(page, INSTALLED, body));
    expect(bits.mean).toBeGreaterThan(0);
    expect(bits.standardError).toBeGreaterThan(0);
    // The canvas shows ink on black.
    const bytes = await rgba(page.locator('canvas'));
    expect(bytes).toHaveLength(28 * 28 * 4);
    expect(bytes.some((byte, i) => i % 4 === 0 && byte > 200)).toBe(true);
  });
}

test('what cannot be read is named, and may be there at the next try', async () => {
  const printed = await inNode(`
import { openModels, ready } from 'elbo-room';
const tell = (error) => console.log(error.name + ': ' + error.message);
await ready(new Uint8Array(3)).catch((error) => console.log(error.name));
await openModels('models').catch(tell);
await openModels('file:///nowhere').catch(tell);
await (await openModels(${HERE})).load('mnist').catch(tell);
`);
  const lines = printed.split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[0]).toBe('CompileError');
  expect(lines[1]).toMatch(/^TypeError: models is not an address; without a page/);
  expect(lines[2]).toMatch(/^TypeError: file:\/\/\/nowhere\/manifest.json cannot be read: ENOENT/);
  expect(lines[3]).toMatch(/^RangeError: the manifest has no model "mnist"; it has mnist-vae, /);
});

test('its types are found as Node.js and bundlers look for them', async () => {
  const source = `
import { openModels, type Vae } from 'elbo-room';
import init from 'elbo-room/wasm';
const models = await openModels('models');
const vae = await models.load<Vae>('mnist-vae');
export const elbo: number = vae.elbo(new Uint8Array(784), { samples: 8 }).elbo.mean;
export const started: Promise<unknown> = init();
// @ts-expect-error: a folder has an address.
await openModels(3);
`;
  await writeFile(join(USER, 'use.ts'), source);
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  for (const resolution of [
    ['--module', 'nodenext'],
    ['--module', 'esnext', '--moduleResolution', 'bundler'],
  ]) {
    const options = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2023,dom'];
    await run('node', [tsc, ...resolution, ...options, 'use.ts'], { cwd: USER });
  }
});

test('what is packed is what the package exports, and nothing else', async () => {
  const { stdout } = await run('npm', ['pack', './elbo-room', '--dry-run', '--json'], {
    cwd: FOLDER,
  });
  const [{ files, version }] = JSON.parse(stdout);
  const cargo = await readFile(at('Cargo.toml'), 'utf8');
  expect(cargo).toContain(`\nversion = "${version}"\n`);
  expect(files.map(({ path }: { path: string }) => path)).toEqual([
    'LICENSE-APACHE',
    'LICENSE-MIT',
    'README.md',
    'entrance.js',
    'index.d.ts',
    'index.js',
    'index.node.js',
    'package.json',
    'read.js',
    'read.node.js',
    'wasm/elbo_room_bg.wasm',
    'wasm/elbo_room.d.ts',
    'wasm/elbo_room.js',
  ]);
});
