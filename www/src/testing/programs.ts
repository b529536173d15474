/** What tests of programs have in common: models and their files, and Python where there is one. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { initSync, parseManifest } from '../../pkg/elbo_room.js';
import type { FilesOf } from '../../engine/api.ts';
import type { ModelEntry } from '../../engine/protocol.ts';

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
export const json = (path: string): unknown => JSON.parse(readFileSync(at(path), 'utf8'));
export const about = { title: 'A title', address: 'https://page.example/#seed=1' };
initSync({ module: readFileSync(at('www/pkg/elbo_room_bg.wasm')) });

export const { models } = parseManifest(readFileSync(at('models/manifest.json'), 'utf8'));
export const entryOf = (id: string): unknown => models.find((entry) => entry.id === id);

/** Models of somebody else's are those of the fixtures. */
const folderOf = ({ id }: ModelEntry) =>
  id.startsWith('own.') ? 'tests/fixtures/foreign' : 'models';
const pathsOf = (entry: ModelEntry) =>
  Object.entries<{ path: string }>(entry.files).map(
    ([role, { path }]) => [role, `${folderOf(entry)}/${path}`] as const,
  );
export const filesOf = <Entry extends ModelEntry>(entry: Entry) =>
  Object.fromEntries(
    pathsOf(entry).map(([role, path]) => [role, new Uint8Array(readFileSync(at(path)))]),
  ) as FilesOf<Entry>;

/** A stroke down the middle of 28 by 28 pixels, softer at its sides. */
export const softStroke = Uint8Array.from({ length: 784 }, (_, i) => {
  const [row, column] = [Math.floor(i / 28), i % 28];
  if (row < 5 || row > 22) return 0;
  return column === 14 ? 255 : Math.abs(column - 14) === 1 ? 120 : 0;
});

const needed = JSON.stringify(['torch', 'onnxruntime', 'onnx', 'numpy', 'PIL']);
/** `cargo xtask test python` names one that has all of it: where it is named, nothing is left out. */
const named = process.env['ELBO_ROOM_PYTHON'];
const PYTHON = named ?? 'python3';
export const hasPython =
  named !== undefined ||
  spawnSync(PYTHON, [
    '-c',
    `import importlib.util as u; raise SystemExit(not all(map(u.find_spec, ${needed})))`,
  ]).status === 0;

/** Runs a program in a folder with the models' files, which finds `request` in it and sets `report`. */
export function inPython(
  driver: string,
  request: unknown,
  entries: readonly ModelEntry[],
): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'elbo-room-python-'));
  try {
    for (const path of new Set(entries.flatMap((entry) => pathsOf(entry).map(([, path]) => path))))
      copyFileSync(at(path), join(folder, path.split('/').at(-1) ?? ''));
    writeFileSync(join(folder, 'request.json'), JSON.stringify(request));
    const program = `
import contextlib, io, json
import numpy as np, torch
from PIL import Image
torch.set_num_threads(1)
request = json.load(open("request.json"))
def run(text):
    scope = {}
    exec(text, scope)
    return scope
def said(text):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        run(text)
    return printed.getvalue()
def levels(name):
    return np.asarray(Image.open(name + ".png")).ravel().tolist()
${driver}
json.dump(report, open("report.json", "w"))
`;
    const run = spawnSync(PYTHON, ['-c', program], { cwd: folder, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(run.stderr);
    // What Python writes for λ_0.
    const text = readFileSync(join(folder, 'report.json'), 'utf8');
    return JSON.parse(text.replaceAll('Infinity', '1e999'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
