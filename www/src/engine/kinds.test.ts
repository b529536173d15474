/** Nothing decides by the name of a kind: what a kind can do is asked of its folder in `engine/kinds`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KINDS } from '../../engine/kinds/index.ts';

/** Files that have such a name in them, and what else it is there. */
const NAMED_ELSEWHERE = {
  'src/state.ts': 'the keys of addresses that choose a model',
  'src/labs/denoise/settings.ts': 'a method of sampling, as addresses name it',
};

const ROOT = join(import.meta.dirname, '../..');
const isOfPage = (path: string) =>
  /\.(ts|svelte)$/.test(path) &&
  !/\.(test|d)\.ts$|^engine\/kinds\/|^src\/testing\//.test(path.replaceAll('\\', '/'));
const filesIn = (folder: string) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter(isOfPage);

it('no file outside their folders names a kind of model', () => {
  const names = new RegExp(`(['\`])(${KINDS.map(({ id }) => id).join('|')})\\1`);
  const found = ['engine', 'src']
    .flatMap(filesIn)
    .filter((path) => names.test(readFileSync(join(ROOT, path), 'utf8')));
  expect(found.sort()).toEqual(Object.keys(NAMED_ELSEWHERE).sort());
});
