import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { crateNotices, format, packageOf } from './notices.ts';

it('finds the package of a module', () => {
  expect(packageOf('/a/node_modules/svelte/src/index.js')).toBe('/a/node_modules/svelte');
  expect(packageOf('\0/a/node_modules/@noble/hashes/sha2.js?commonjs')).toBe(
    '/a/node_modules/@noble/hashes',
  );
  expect(packageOf('/a/node_modules/x/node_modules/y/z.js')).toBe(
    '/a/node_modules/x/node_modules/y',
  );
  expect(packageOf('/a/src/main.ts')).toBeUndefined();
});

it('finds the crates of the engine, with a licence each, and none that only builds or tests it', () => {
  const crates = crateNotices(fileURLToPath(new URL('../..', import.meta.url)));
  const names = crates.map(({ name }) => name);
  expect(names).toContain('tract-onnx');
  expect(names).toContain('wasm-bindgen');
  expect(names).not.toContain('elbo-room');
  expect(names).not.toContain('proptest');
  expect(crates.filter(({ license }) => license === 'see below')).toEqual([]);
}, 60_000);

it('writes each text once, under all that have it', () => {
  const mit = { license: 'MIT', texts: ['Permission is granted'] };
  const text = format([
    { name: 'b', version: '2.0.0', ...mit },
    { name: 'a', version: '1.0.0', ...mit },
    { name: 'c', version: '0.1.0', license: 'ISC', texts: [] },
  ]);
  expect(text.split('Permission is granted')).toHaveLength(2);
  expect(text).toContain('a 1.0.0 (MIT)\nb 2.0.0 (MIT)\nc 0.1.0 (ISC)');
  expect(text).toContain('a 1.0.0 (MIT)\nb 2.0.0 (MIT)\n\nPermission is granted');
});
