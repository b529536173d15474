/** Builds `<elbo-room>` for the npm package: `vite build --config element.config.ts --outDir FOLDER`. */
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { crateFunctions, functionsIn } from './vite/crate.ts';
import { catalogues } from './vite/messages/plugin.ts';
import { DEFINES } from './vite/defines.ts';
import { element, enclosed, withoutWasm } from './vite/element.ts';
import { formulas } from './vite/formulas.ts';
import { notices } from './vite/notices.ts';
import { presetPictures } from './vite/pictures/plugin.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const thirdParty = notices(at('..'));
const names = {
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  assetFileNames: '[name][extname]',
};

export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [
    svelte(),
    element(),
    catalogues(at('src/messages')),
    // Fonts are a document's: in an element the browser sets formulas itself.
    formulas('mathml'),
    crateFunctions(at('..'), functionsIn(at('src/labs'))),
    presetPictures(at('..')),
    thirdParty.plugin,
  ],
  define: {
    ...DEFINES,
    // Whoever serves the models says nothing of their scores beforehand.
    __EVALUATED__: 'false',
    __PAGE__: 'false',
  },
  css: { postcss: { plugins: [enclosed()] } },
  build: {
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    rollupOptions: {
      input: { element: at('src/element/element.ts') },
      preserveEntrySignatures: 'strict',
      output: names,
    },
  },
  worker: {
    format: 'es',
    plugins: () => [withoutWasm(), thirdParty.inWorkers()],
    rollupOptions: { output: { ...names, inlineDynamicImports: true } },
  },
});
