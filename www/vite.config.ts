/// <reference types="vitest/config" />
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defaultClientConditions, defineConfig } from 'vite';
import { catalogues } from './vite/messages/plugin.ts';
import { crateFunctions, functionsIn } from './vite/crate.ts';
import { DEFINES } from './vite/defines.ts';
import { formulas } from './vite/formulas.ts';
import { hosting } from './vite/hosting.ts';
import { installable } from './vite/installable.ts';
import { guide } from './vite/guide.ts';
import { models } from './vite/models.ts';
import { notices } from './vite/notices.ts';
import { LANGUAGES } from './src/messages/languages.ts';
import { preload } from './vite/preload.ts';
import { prerender } from './vite/prerender/plugin.ts';
import { presetPictures } from './vite/pictures/plugin.ts';
import { shell } from './vite/shell.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What only the benchmark needs stands beside it. */
const assetFileNames = ({ names: [name = ''] }: { names: string[] }) =>
  `${name.startsWith('ort-') ? 'bench' : 'assets'}/[name]-[hash][extname]`;

/** The lab that an address without a lab opens. */
const FIRST_LAB = /LABS = \[(\w+)/.exec(readFileSync(at('src/labs/index.ts'), 'utf8'))?.[1] ?? '';

/** One file: cut in two, by what the benchmark shares, it would compress worse, and the first picture waits for all of it. */
const PAGE = [
  'App.svelte',
  `labs/${FIRST_LAB}/lab.ts`,
  // The texts, which are fetched with it, need nothing else.
  'messages/plural.ts',
  ...['base', 'tokens', 'range', 'print'].map((name) => `styles/${name}.css`),
].map((path) => at(`src/${path}`));

const thirdParty = notices(at('..'));

export default defineConfig({
  base: './',
  // A missing model must answer 404, not the index page.
  appType: 'mpa',
  plugins: [
    svelte(),
    catalogues(at('src/messages')),
    formulas(),
    models(at('../models')),
    guide(at('../models/README.md')),
    presetPictures(at('..')),
    crateFunctions(at('..'), functionsIn(at('src/labs'))),
    hosting(),
    thirdParty.plugin,
    shell(at('pictures/latent.webp'), process.env['ELBO_ROOM_URL'] ?? ''),
    preload('elbo_room_bg.wasm', 'models/manifest.json', LANGUAGES),
    prerender(at('..')),
    installable(),
  ],
  define: DEFINES,
  // The benchmark's peer otherwise inlines its loader, which then cannot find itself for its threads.
  resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
  build: {
    rollupOptions: {
      input: { index: at('index.html'), bench: at('bench/index.html') },
      output: { assetFileNames, manualChunks: { page: PAGE } },
    },
    target: 'es2022',
    modulePreload: { polyfill: false },
    // An inlined font or image would need data: in the policy.
    assetsInlineLimit: 0,
  },
  worker: {
    format: 'es',
    plugins: () => [thirdParty.inWorkers()],
    rollupOptions: { output: { assetFileNames } },
  },
  test: {
    // No test file leaves anything behind; one world for all of a worker's saves most of the time.
    isolate: false,
    pool: 'threads',
    // The compiler takes most of two cores meanwhile; no test is about time.
    testTimeout: 30_000,
    setupFiles: [at('src/testing/english.ts')],
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['{engine,src,vite}/**/*.test.ts'],
          exclude: ['src/**/*.{dom,alone}.test.ts'],
        },
      },
      {
        extends: true,
        // Svelte for browsers, whose effects run.
        plugins: [svelteTesting()],
        test: { name: 'dom', include: ['src/**/*.dom.test.ts'], environment: 'jsdom' },
      },
      {
        extends: true,
        plugins: [svelteTesting()],
        test: {
          name: 'alone',
          include: ['src/**/*.alone.test.ts'],
          environment: 'jsdom',
          // They take the modules anew, Svelte's among them.
          isolate: true,
        },
      },
    ],
  },
});
