/**
 * Puts the package together, in a folder that `npm pack` takes: `node npm/assemble.js FOLDER`, after the crate has been built into
 * www/pkg. Engine and element are built of the page's source. Prints what it weighs.
 */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';

const root = new URL('..', import.meta.url);
const at = (path) => new URL(path, root);
const run = promisify(execFile);

const SOURCES = [
  'README.md',
  'element.d.ts',
  'entrance.js',
  'index.d.ts',
  'read.js',
  'read.node.js',
  'wasm.d.ts',
  'wasm.js',
  'wasm.node.js',
];
const LICENCES = ['LICENSE-APACHE', 'LICENSE-MIT'];
const WASM = ['elbo_room.js', 'elbo_room_bg.wasm'];
const TYPES = 'elbo_room.d.ts';

export async function assemble(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'wasm'), { recursive: true });
  for (const name of SOURCES) await cp(at(`npm/${name}`), join(folder, name));
  for (const name of LICENCES) await cp(at(name), join(folder, name));
  for (const name of WASM) await cp(at(`www/pkg/${name}`), join(folder, 'wasm', name));
  // Every class has Symbol.dispose, which the standard library of many a user's settings lacks.
  const types = await readFile(at(`www/pkg/${TYPES}`), 'utf8');
  const library = '/// <reference lib="esnext.disposable" />\n';
  await writeFile(join(folder, 'wasm', TYPES), library + types);
  const api = await readFile(at('www/engine/api.ts'), 'utf8');
  await writeFile(join(folder, 'api.d.ts'), api.replace('../pkg/', './wasm/'));
  const vite = fileURLToPath(at('www/node_modules/vite/bin/vite.js'));
  for (const part of ['element', 'engine']) {
    const words = ['build', '--config', `${part}.config.ts`, '--logLevel', 'error', '--outDir'];
    await run(process.execPath, [vite, ...words, resolve(folder, part)], {
      cwd: fileURLToPath(at('www')),
    });
  }
  await mkdir(join(folder, 'models'));
  const { models } = JSON.parse(await readFile(at('models/manifest.json'), 'utf8'));
  const networks = models.flatMap(({ files }) => Object.values(files).map(({ path }) => path));
  for (const name of ['manifest.json', ...new Set(networks)])
    await cp(at(`models/${name}`), join(folder, 'models', name));

  const manifest = JSON.parse(await readFile(at('npm/package.json'), 'utf8'));
  const version = /^version = "(.*)"$/m.exec(await readFile(at('Cargo.toml'), 'utf8'))?.[1];
  if (!version) throw new Error('Cargo.toml has no version');
  // npm publishes no provenance without it.
  const repository = process.env.ELBO_ROOM_REPOSITORY;
  const text = { ...manifest, version, ...(repository && { repository }) };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(text, null, 2)}\n`);
}

/** Bytes of every file, as it is and through gzip. */
async function sizes(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return Promise.all(
    files.sort().map(async (name) => {
      const bytes = await readFile(join(folder, name));
      return { name, bytes: bytes.length, gzip: gzipSync(bytes).length };
    }),
  );
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const folder = process.argv[2];
  if (!folder) throw new Error('node npm/assemble.js FOLDER');
  await assemble(folder);
  // eslint-disable-next-line no-console -- the report is what it is called for
  console.table(await sizes(folder));
}
