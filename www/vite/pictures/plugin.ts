/** Serves `virtual:preset-pictures/LAB`: the pictures of a lab's worked states, drawn when they are asked for and kept for the next build. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Plugin, runnerImport } from 'vite';
import type { Lab } from '../../src/state.ts';
import { cached } from '../cache.ts';
import { DEFINES } from '../defines.ts';
import { Site } from '../site.ts';

const PREFIX = 'virtual:preset-pictures/';

type Pictures = typeof import('./index.ts');

export function presetPictures(root: string): Plugin {
  const open = async () => {
    const { module, dependencies } = await runnerImport<Pictures>(
      join(root, 'www/vite/pictures/index.ts'),
      { configFile: false, root: join(root, 'www'), define: DEFINES, logLevel: 'error' },
    );
    const paths = ['www/pkg/elbo_room_bg.wasm', 'models/manifest.json', ...dependencies.sort()];
    const ingredients = await Promise.all(paths.map((path) => readFile(resolve(root, path))));
    return { ...module, ingredients };
  };
  let opened: ReturnType<typeof open> | undefined;
  let site: Promise<Site> | undefined;
  return {
    name: 'elbo-room-preset-pictures',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return undefined;
      const lab = id.slice(PREFIX.length + 1) as Lab;
      const { picturesOf, ingredients } = await (opened ??= open());
      const path = await cached(`pictures-${lab}.json`, ingredients, async () =>
        JSON.stringify(await picturesOf(await (site ??= Site.open(root)), lab)),
      );
      return `export default ${await readFile(path, 'utf8')};`;
    },
  };
}
