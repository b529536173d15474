/**
 * Writes what the page shows at its own address, before it has a model, into its document: so it stands there before any script
 * has come, with the first picture in its place. `src/main.ts` puts the page in its place.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';
import { firstDigit, svgOf } from './digit.ts';

const EMPTY = '<div id="app"></div>';

/** The markup of a page that has begun, as a document can hold it. */
export function shellOf(markup: string, digit: string): string {
  const shell = markup
    .replaceAll(/<!--.*?-->/g, '')
    // Tests, which look for them, are to find the page itself.
    .replaceAll(/ data-testid="[^"]*"/g, '')
    // The page's policy forbids styles in markup: `boot.js` sets them.
    .replaceAll(/ style="/g, ' data-style="');
  const found = /(<div class="digit[^>]*><canvas[^>]*><\/canvas>)\s*(?:<p[^>]*>[^<]*<\/p>)?/;
  if (!found.test(shell)) throw new Error('the first lab has no place for its picture');
  return shell.replace(found, (_, place: string) => place + digit);
}

export function prerender(root: string): Plugin {
  return {
    name: 'elbo-room-prerender',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_, bundle) {
        const index = bundle['index.html'];
        if (index?.type !== 'asset') return this.error('the build has no document');
        const document = String(index.source);
        if (!document.includes(EMPTY)) this.error('the document has no place for the page');
        const folder = mkdtempSync(join(tmpdir(), 'elbo-room-'));
        try {
          for (const file of Object.values(bundle)) {
            if (file.type !== 'chunk' && file !== index) continue;
            const path = join(folder, file.fileName);
            mkdirSync(dirname(path), { recursive: true });
            writeFileSync(path, file.type === 'chunk' ? file.code : document);
          }
          writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
          const script = join(root, 'www/vite/prerender/document.js');
          const markup = execFileSync(process.execPath, [script, folder, 'en'], {
            encoding: 'utf8',
            stdio: ['ignore', 'pipe', 'inherit'],
          });
          const digit = await firstDigit(root);
          const shell = shellOf(markup, digit ? svgOf(digit) : '');
          index.source = document.replace(EMPTY, () => `<div id="app">${shell}</div>`);
        } finally {
          rmSync(folder, { recursive: true });
        }
      },
    },
  };
}
