/** The source of single functions of the crate, for the page to show beside the formulas that they compute. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

export interface CrateFunction {
  /** From the repository's root. */
  file: string;
  line: number;
  /** With its documentation, indented as if it stood alone. */
  source: string;
}

const ID = 'virtual:crate-functions';

/** The file of a module path and what is left of the path inside it. */
function locate(root: string, path: string): { file: string; inside: string[] } {
  const segments = path.split('::');
  for (let length = segments.length - 1; length > 0; length--) {
    const stem = join('crate/src', ...segments.slice(0, length));
    const file = [`${stem}.rs`, join(stem, 'mod.rs')].find((candidate) =>
      existsSync(join(root, candidate)),
    );
    if (file) return { file, inside: segments.slice(length) };
  }
  throw new Error(`the crate has no module of ${path}`);
}

/** Finds `module::function` or `module::Type::function`, of a trait too; an error where the crate has no such function. */
export function findFunction(root: string, path: string): CrateFunction {
  const { file, inside } = locate(root, path);
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const [type, name] = inside.length === 2 ? inside : [null, inside[0]];
  const indent = type === null ? '' : '    ';
  let [from, to] = [0, lines.length];
  const head = new RegExp(`^${indent}(pub )?(const )?fn ${name}\\b`);
  const first = () => lines.findIndex((line, i) => i >= from && i < to && head.test(line));
  let at = -1;
  if (type === null) at = first();
  else {
    const block = new RegExp(`^impl(<[^>]*>)? (\\w+ for )?${type}(<[^>]*>)? \\{`);
    for (let i = 0; i < lines.length && at < 0; i++) {
      if (!block.test(lines[i] ?? '')) continue;
      [from, to] = [i, lines.indexOf('}', i)];
      at = first();
    }
  }
  if (at < 0)
    throw new Error(`${file} has no function ${inside.join('::')}, which a derivation names`);
  let start = at;
  while (/^\s*(\/\/\/|#\[)/.test(lines[start - 1] ?? '')) start--;
  // rustfmt puts the closing brace of a body where its signature begins.
  const end = lines.indexOf(`${indent}}`, at);
  const source = lines.slice(start, end + 1).map((line) => line.slice(indent.length));
  return { file, line: at + 1, source: source.join('\n') };
}

/** Every function of the crate that a derivation names, as `math::gaussian::kl`. */
export function functionsIn(labs: string): string[] {
  const named = readdirSync(labs).flatMap((lab) => {
    const path = join(labs, lab, 'derivation.ts');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    return [...text.matchAll(/'(\w+(?:::\w+)+)'/g)].map(([, name = '']) => name);
  });
  return [...new Set(named)].sort();
}

/** Serves the functions named as a module of the page. */
export function crateFunctions(root: string, names: readonly string[]): Plugin {
  return {
    name: 'elbo-room-crate-functions',
    resolveId: (id) => (id === ID ? `\0${ID}` : null),
    load(id) {
      if (id !== `\0${ID}`) return null;
      const found = Object.fromEntries(names.map((name) => [name, findFunction(root, name)]));
      for (const { file } of Object.values(found)) this.addWatchFile(join(root, file));
      return `export default ${JSON.stringify(found)};`;
    },
  };
}
