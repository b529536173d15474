/** The npm package, packed and installed as a user does: the same numbers in Node.js, in Deno, by bundlers, and without one. */
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import webpack from 'webpack';
import { decode, priorSample } from '../crate.ts';
import { expect, expectLevels, rgba, test } from '../fixtures.ts';
import { at, FOLDER, inPage, install, INSTALLED, run, USER } from '../packed.ts';

/** What each user computes and prints, on as many workers as the machine has: bounds of one picture, and the ends of three chains. */
const program = (folder: string, from = 'elbo-room') => `
import { openEngine } from '${from}';
const engine = await openEngine();
const models = await engine.models(${folder});
const vae = await models.open('mnist-vae');
const x = await vae.decode(await vae.samplePrior(1));
const latent = (await vae.elbo(x, { samples: 8, seed: 1 })).elbo;
const counts = [];
let gap;
for await (const bound of vae.bound(x, { samples: 400, seed: 1 })) {
  counts.push(bound.draws);
  if (bound.done) gap = bound.gap;
}
if (counts.some((count, i) => count <= (counts[i - 1] ?? 0))) throw new Error('it does not grow: ' + counts);
const ddpm = await models.open('mnist-ddpm');
const diffusion = (await ddpm.bound(x, { schedule: 'log-snr-linear', timesteps: 4, seed: 1 })).elbo;
const sampler = ddpm.sampler({ steps: 4, chains: 3, seed: 1, class: 7 });
const { x: sample } = await sampler.frame(sampler.length - 1);
console.log(JSON.stringify({ latent, gap, diffusion, sample: Array.from(sample) }));
engine.close();
`;

/** The same by the bare module, on one thread. */
const bare = (folder: string) => `
import init, { openModels, toLevels } from 'elbo-room/wasm';
const models = await openModels(${folder});
const vae = await models.load('mnist-vae');
const x = toLevels(vae.decode(vae.samplePrior(1)));
const latent = vae.elbo(x, { samples: 8, seed: 1 }).elbo;
const samples = vae.bound(x, { samples: 400, seed: 1 });
while (!samples.done) samples.step();
const ddpm = await models.load('mnist-ddpm');
const bound = ddpm.elbo(x, { schedule: 'log-snr-linear', timesteps: 4, seed: 1 });
while (!bound.done) bound.step();
const sampler = ddpm.sampler({ steps: 4, chains: 3, seed: 1, class: 7 });
while (!sampler.done) sampler.step();
const { x: sample } = sampler.frame(sampler.length - 1);
const { gap } = samples.result();
console.log(JSON.stringify({ latent, gap, diffusion: bound.result().elbo, sample: Array.from(sample) }));
if (typeof init !== 'function') throw new Error('the default export does not start it');
`;

test.beforeAll(install);

async function inNode(source: string): Promise<string> {
  await writeFile(join(USER, 'use.js'), source);
  return (await run('node', ['use.js'], { cwd: USER })).stdout.trim();
}

/** Deno finds the package in node_modules, and may read nothing but that. */
async function inDeno(source: string): Promise<string> {
  await writeFile(join(USER, 'use.js'), source);
  const deno = createRequire(import.meta.url).resolve('deno/bin.cjs');
  const options = [
    'run',
    '--no-config',
    '--no-remote',
    '--node-modules-dir=manual',
    `--allow-read=${USER}`,
  ];
  const { stdout } = await run('node', [deno, ...options, 'use.js'], {
    cwd: USER,
    env: { ...process.env, DENO_DIR: join(FOLDER, 'deno'), DENO_NO_UPDATE_CHECK: '1' },
  });
  return stdout.trim();
}

const bundle = (options: webpack.Configuration) =>
  new Promise<webpack.Stats>((resolve, reject) => {
    webpack(options, (error, stats) => {
      if (stats) resolve(stats);
      else reject(error ?? new Error('webpack says nothing'));
    });
  });

const HERE = `new URL('./models/', import.meta.resolve('elbo-room/package.json'))`;

test('bundled or not, its numbers are those of Node.js and of the page', async ({
  page,
  crate,
}) => {
  const threads = await inNode(program(HERE));
  const expected = await inNode(bare(HERE));
  expect(threads, 'by threads of Node.js').toBe(expected);
  const levels = decode(crate, Array.from(crate.vae.samplePrior(1)));
  const direct = crate.vae.elbo(levels, { samples: 8, seed: 1 }).elbo;
  expect(JSON.parse(expected).latent).toEqual(direct);
  expect(await inDeno(program(HERE)), 'by threads of Deno').toBe(expected);
  expect(await inDeno(bare(HERE)), 'in Deno').toBe(expected);

  const plain = `<script type="module">${program("'models'", './engine/index.js')}</script>`;
  expect(await inPage(page, INSTALLED, plain), 'without a bundler').toBe(expected);

  // The element is bundled with it, and shows its first picture.
  const element = '<elbo-room lab="latent" state="z=seed:1" hide="presets"></elbo-room>';
  const shown = () =>
    expectLevels(
      page.locator('elbo-room').getByTestId('latent-digit'),
      decode(crate, priorSample(crate, 1)),
    );
  await writeFile(
    join(USER, 'main.js'),
    `import { ElboRoomElement } from 'elbo-room/element';${program("'models'")}
if (customElements.get('elbo-room') !== ElboRoomElement) throw new Error('it is not defined');`,
  );
  const main = '<script type="module" src="/main.js"></script>';
  await writeFile(join(USER, 'index.html'), main + element);
  const vite = createRequire(at('www/package.json')).resolve('vite/package.json');
  const build = [join(vite, '../bin/vite.js'), 'build', '--base', './', '--logLevel', 'error'];
  await run('node', build, { cwd: USER });
  const html = await readFile(join(USER, 'dist/index.html'), 'utf8');
  expect(await inPage(page, join(USER, 'dist'), html), 'by Vite').toBe(expected);
  await shown();

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
  const script = `<script type="module" src="main.js"></script>${element}`;
  expect(await inPage(page, join(USER, 'packed'), script), 'by webpack').toBe(expected);
  await shown();
});

for (const readme of ['README.md', 'npm/README.md']) {
  test(`the example of ${readme} runs as it stands`, async ({ page }) => {
    const example = /```js\n(.*?)```/s.exec(await readFile(at(readme), 'utf8'))?.[1];
    if (!example) throw new Error('there is no example');
    const map = '<script type="importmap">{"imports": {"elbo-room": "./engine/index.js"}}</script>';
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
// Where there is no document, there is nothing to define.
import 'elbo-room/element';
import { openModels, ready } from 'elbo-room/wasm';
import { openEngine } from 'elbo-room';
const tell = (error) => console.log(error.name + ': ' + error.message);
await ready(new Uint8Array(3)).catch((error) => console.log(error.name));
await openModels('models').catch(tell);
await openModels('file:///nowhere').catch(tell);
await (await openModels(${HERE})).load('mnist').catch(tell);
await openEngine({ wasm: new Uint8Array(3) }).catch((error) => console.log(error.name));
const engine = await openEngine({ workers: 1 });
await engine.models('models').catch(tell);
await engine.models('file:///nowhere').catch((error) => console.log(error.name, error.cause.code));
const models = await engine.models(${HERE});
await models.open('mnist').catch(tell);
const [entry] = models.manifest.models;
const files = { encoder: new Uint8Array(3), decoder: new Uint8Array(3) };
await engine.open(entry, files).catch((error) => console.log(error.name));
// And may be there at the next try.
const vae = await models.open(entry.id);
await models.open(entry.id).catch(tell);
await vae.bound(new Uint8Array(5)).then(undefined, tell);
const ended = vae.bound(new Uint8Array(784), { samples: 1000000 }).then(undefined, (error) => console.log(error.name));
await vae.samplePrior(1);
engine.close();
await ended;
`);
  const lines = printed.split('\n');
  expect(lines.slice(4)).toEqual([
    'CompileError',
    expect.stringMatching(/^TypeError: models is not an address; without a page/),
    'LoadError ENOENT',
    expect.stringMatching(/^RangeError: the manifest has no model "mnist"; it has mnist-vae, /),
    'ChecksumError',
    'RangeError: a model with the id "mnist-vae" is open: close it first',
    expect.stringMatching(/^ShapeError: the image has 5 levels/),
    'WorkerLostError',
  ]);
  expect(lines[0]).toBe('CompileError');
  expect(lines[1]).toMatch(/^TypeError: models is not an address; without a page/);
  expect(lines[2]).toMatch(/^TypeError: file:\/\/\/nowhere\/manifest.json cannot be read: ENOENT/);
  expect(lines[3]).toMatch(/^RangeError: the manifest has no model "mnist"; it has mnist-vae, /);
});

test('its types are found as Node.js and bundlers look for them', async () => {
  const source = `
import { openEngine, paint, type Vae, type VaeEntry } from 'elbo-room';
import 'elbo-room/element';
import init, { openModels, type Vae as Bare } from 'elbo-room/wasm';
const engine = await openEngine({ workers: 2 });
const models = await engine.models('models');
const vae = await models.open<Vae>('mnist-vae');
const opened: Vae = await engine.open(vae.entry satisfies VaeEntry, { decoder: new Uint8Array() });
export const elbo: number = (await vae.elbo(new Uint8Array(784), { samples: 8 })).elbo.mean;
for await (const { gap } of opened.bound(new Uint8Array(784))) console.log(gap.standardError);
const canvas = document.createElement('canvas');
paint(canvas, await vae.decode([0]));
await vae.paint(new OffscreenCanvas(1, 1), new Float32Array(2), { signal: AbortSignal.timeout(3) });
// @ts-expect-error: a VAE has a decoder.
await engine.open(vae.entry, {});
// @ts-expect-error: what is misspelt.
vae.bound(new Uint8Array(784), { sample: 8 });
const bare = await (await openModels('models')).load<Bare>('mnist-vae');
export const alone: number = bare.elbo(new Uint8Array(784), { samples: 8 }).elbo.mean;
export const started: Promise<unknown> = init();
const lab = document.createElement('elbo-room');
lab.addEventListener('change', ({ detail }) => console.log(detail.state.length));
lab.state = 'lab=denoise';
// @ts-expect-error: a folder has an address.
await engine.models(3);
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
  const paths: string[] = files.map(({ path }: { path: string }) => path);
  const isPart = (path: string) => /^(element|engine)\//.test(path);
  const parts = paths.filter(isPart);
  for (const part of ['element/element', 'engine/index', 'engine/worker', 'engine/node'])
    expect(parts).toContain(`${part}.js`);
  expect(parts.filter((path) => !path.endsWith('.js'))).toEqual([
    'element/third-party-notices.txt',
  ]);
  expect(paths.filter((path) => !isPart(path))).toEqual([
    'LICENSE-APACHE',
    'LICENSE-MIT',
    'README.md',
    'api.d.ts',
    'element.d.ts',
    'entrance.js',
    'index.d.ts',
    'package.json',
    'read.js',
    'read.node.js',
    'wasm.d.ts',
    'wasm.js',
    'wasm.node.js',
    'wasm/elbo_room_bg.wasm',
    'wasm/elbo_room.d.ts',
    'wasm/elbo_room.js',
  ]);
});
