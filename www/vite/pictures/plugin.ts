/** Serves `virtual:preset-pictures/LAB`: the pictures of a lab's worked states, drawn when they are asked for. */
import { join } from 'node:path';
import { type Plugin, runnerImport } from 'vite';
import type { Lab } from '../../src/state.ts';
import { DEFINES } from '../defines.ts';
import { Site } from '../site.ts';

const PREFIX = 'virtual:preset-pictures/';

type Pictures = typeof import('./index.ts');

export function presetPictures(root: string): Plugin {
  const load = async () => {
    const { module } = await runnerImport<Pictures>(join(root, 'www/vite/pictures/index.ts'), {
      configFile: false,
      root: join(root, 'www'),
      define: DEFINES,
      logLevel: 'error',
    });
    return { site: await Site.open(root), ...module };
  };
  let drawing: ReturnType<typeof load> | undefined;
  return {
    name: 'elbo-room-preset-pictures',
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : undefined),
    async load(id) {
      if (!id.startsWith(`\0${PREFIX}`)) return undefined;
      const { site, picturesOf } = await (drawing ??= load());
      const pictures = await picturesOf(site, id.slice(PREFIX.length + 1) as Lab);
      return `export default ${JSON.stringify(pictures)};`;
    },
  };
}
