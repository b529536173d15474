import { basename } from 'node:path';
import type { Plugin } from 'vite';

/**
 * Has the browser fetch, from the first lines of the page on, what the page's script would ask for when it runs: the engine,
 * by far the largest of the files, the list of models, and the texts of one language, which `boot.js` chooses.
 */
export function preload(wasm: string, manifest: string, languages: readonly string[]): Plugin {
  const [stem = '', extension = ''] = basename(wasm).split('.');
  return {
    name: 'elbo-room-preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { path, bundle }) {
        if (path !== '/index.html') return [];
        const built = (stem: string, extension: string) => {
          const file = Object.keys(bundle ?? {}).find(
            (name) => basename(name).startsWith(`${stem}-`) && name.endsWith(`.${extension}`),
          );
          if (!file) throw new Error(`the build has no ${stem}.${extension}`);
          return `./${file}`;
        };
        const texts = languages.map((language) => [
          `data-${language}`,
          built(`${language}-page`, 'js'),
        ]);
        return [
          ...[built(stem, extension), `./${manifest}`].map((href) => ({
            tag: 'link',
            attrs: { rel: 'preload', as: 'fetch', crossorigin: true, href },
            injectTo: 'head' as const,
          })),
          {
            tag: 'meta',
            attrs: { name: 'texts', ...Object.fromEntries(texts) } as Record<string, string>,
            // Before the script that reads it.
            injectTo: 'head-prepend' as const,
          },
        ];
      },
    },
  };
}
