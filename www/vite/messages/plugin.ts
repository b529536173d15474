/** Serves the catalogues as modules: `virtual:texts/<part>/<language>`. */
import { writeFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import type { Plugin } from 'vite';
import { filesOf, languagesIn, textsIn } from './catalogues.ts';
import { moduleOf } from './compile.ts';
import { declarationsOf } from './declare.ts';

const ID = /^virtual:texts\/(\w+)\/([\w-]+)$/;
const RESOLVED = /^\0texts\/([\w-]+)-(\w+)\.js$/;

export function catalogues(messages: string): Plugin {
  return {
    name: 'elbo-room-catalogues',
    resolveId(id) {
      const [, part, language] = ID.exec(id) ?? [];
      // The last part of it names the file of the build.
      return part && language ? `\0texts/${language}-${part}.js` : null;
    },
    load(id) {
      const [, language = '', part = ''] = RESOLVED.exec(id) ?? [];
      if (part === '') return null;
      for (const file of filesOf(messages, part, language)) this.addWatchFile(file);
      return moduleOf(textsIn(messages, part, language), language, join(messages, 'plural.ts'));
    },
    configureServer(server) {
      // While the page is worked on, the types follow the catalogues.
      server.watcher.on('change', (file) => {
        if (!file.startsWith(messages + sep) || !file.endsWith('.json')) return;
        try {
          const declarations = declarationsOf(messages, languagesIn(messages));
          writeFileSync(join(messages, 'catalogue.ts'), declarations);
        } catch (error) {
          server.config.logger.error((error as Error).message);
        }
      });
    },
  };
}
