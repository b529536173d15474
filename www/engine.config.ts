/** Builds the engine for the npm package: `vite build --config engine.config.ts --outDir FOLDER`. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { wasmBeside, withoutWasm } from './vite/element.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const names = {
  entryFileNames: '[name].js',
  chunkFileNames: '[name].js',
  assetFileNames: '[name][extname]',
};

export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [wasmBeside(), withoutWasm()],
  build: {
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      input: ['index', 'node', 'worker.node'].map((name) => at(`engine/${name}.ts`)),
      external: /^node:/,
      preserveEntrySignatures: 'strict',
      output: names,
    },
  },
  worker: {
    format: 'es',
    plugins: () => [withoutWasm()],
    rollupOptions: { output: { ...names, inlineDynamicImports: true } },
  },
});
