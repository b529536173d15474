/// <reference types="vitest/config" />
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { FUNCTIONS } from './src/story/derivations/index.ts';
import { crateFunctions } from './vite/crate.ts';
import { contentSecurityPolicy } from './vite/csp.ts';
import { models } from './vite/models.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function crateVersion(): string {
  const version = /^version = "(.+)"$/m.exec(readFileSync(at('../Cargo.toml'), 'utf8'))?.[1];
  if (!version) throw new Error('no version in Cargo.toml');
  return version;
}

/** The loading bar counts bytes, and a compressed transfer does not announce its real length. */
function wasmBytes(): number {
  return statSync(at('pkg/elbo_room_bg.wasm'), { throwIfNoEntry: false })?.size ?? 0;
}

export default defineConfig({
  base: './',
  // A missing model must answer 404, not the index page.
  appType: 'mpa',
  plugins: [svelte(), models(at('../models')), crateFunctions(at('..'), FUNCTIONS), contentSecurityPolicy()],
  define: {
    __CRATE_VERSION__: JSON.stringify(crateVersion()),
    __WASM_BYTES__: JSON.stringify(wasmBytes()),
    // A request for a file that is not there would be an error on the visitor's console.
    __EVALUATED__: JSON.stringify(existsSync(at('../models/evaluation.json'))),
  },
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // An inlined font or image would need data: in the policy.
    assetsInlineLimit: 0,
  },
  worker: { format: 'es' },
  test: { include: ['src/**/*.test.ts'] },
});
