import { basename } from 'node:path';
import type { Plugin } from 'vite';

/**
 * Has the browser fetch, from the first lines of the page on, what the page's script would ask for when it runs: the engine,
 * by far the largest of the files, and the list of models.
 */
export function preload(wasm: string, manifest: string): Plugin {
  const [stem = '', extension = ''] = basename(wasm).split('.');
  return {
    name: 'elbo-room-preload',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { path, bundle }) {
        if (path !== '/index.html') return [];
        const file = Object.keys(bundle ?? {}).find(
          (name) => basename(name).startsWith(`${stem}-`) && name.endsWith(`.${extension}`),
        );
        if (!file) throw new Error(`the build has no ${wasm}`);
        return [file, manifest].map((href) => ({
          tag: 'link',
          attrs: { rel: 'preload', as: 'fetch', crossorigin: true, href: `./${href}` },
          injectTo: 'head' as const,
        }));
      },
    },
  };
}
