import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { beforeAll, expect, it } from 'vitest';
import * as crate from '../../../pkg/elbo_room.js';
import { literal } from './literal.ts';
import { valuesOf } from './values.ts';

const at = (path: string) => new URL(`../../../../${path}`, import.meta.url).pathname;
const declarations = readFileSync(at('www/pkg/elbo_room.d.ts'), 'utf8');
/** Where the values stand for the compiler: beside the package, in no real file. */
const file = at('www/pkg/values.ts');

/** What the compiler says of constants, each declared to be of a type: the constant's place, and the complaint. */
function complaints(constants: readonly string[]): { at: number; what: string }[] {
  const options: ts.CompilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts'],
    types: [],
  };
  const text = ["import type * as T from './elbo_room.js';", ...constants].join('\n');
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, version, ...rest) =>
    name === file
      ? ts.createSourceFile(name, text, version)
      : getSourceFile.call(host, name, version, ...rest);
  host.fileExists = (name) => name === file || fileExists.call(host, name);
  host.readFile = (name) => (name === file ? text : readFile.call(host, name));
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  const found = [
    ...program.getSyntacticDiagnostics(source),
    ...program.getSemanticDiagnostics(source),
  ];
  return found.map(({ messageText, start = 0 }) => ({
    at: text.slice(0, start).split('\n').length - 2,
    what: ts.flattenDiagnosticMessageText(messageText, ' '),
  }));
}

/** Networks run and a program is compiled, on a busy machine in many seconds. */
const SLOW = 120_000;

let values: Record<string, readonly unknown[]>;

beforeAll(() => {
  crate.initSync({ module: readFileSync(at('www/pkg/elbo_room_bg.wasm')) });
  values = valuesOf(crate, (path) => new Uint8Array(readFileSync(at(path))));
}, SLOW);

it('has values of every type that the package declares', () => {
  const declared = [...declarations.matchAll(/^export (?:interface|type) (\w+)/gm)];
  const names = declared.map(([, name = '']) => name);
  // What the module itself is instantiated with is wasm-bindgen's.
  const own = names.filter((name) => !['InitInput', 'InitOutput', 'SyncInitInput'].includes(name));
  expect(Object.keys(values).toSorted()).toEqual(own.toSorted());
  expect(own.length).toBeGreaterThan(100);
});

it(
  'satisfies its types with what the crate gives and takes',
  () => {
    const constants = Object.entries(values).flatMap(([type, all]) =>
      all.map((value, i) => `export const ${type}_${i}: T.${type} = ${literal(value)};`),
    );
    const found = complaints(constants);
    expect(found.map(({ at, what }) => `${constants[at]?.slice(13, 60)}: ${what}`)).toEqual([]);
  },
  SLOW,
);

it(
  'tells values that do not satisfy their types',
  () => {
    const wrong = [
      ['Estimate', { mean: '1', standardError: null }],
      ['Estimate', { mean: 1 }],
      ['Estimate', { mean: 1, standardError: null, median: 1 }],
      ['ScheduleKind', 'quadratic'],
      ['Frame', { ...(values['Frame']?.[0] as object), x: [1, 2] }],
    ] as const;
    const constants = wrong.map(
      ([type, value], i) => `export const wrong_${i}: T.${type} = ${literal(value)};`,
    );
    expect(complaints(constants).map(({ at }) => at)).toEqual(wrong.map((_, i) => i));
  },
  SLOW,
);
