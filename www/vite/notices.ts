/** Writes the licences of all third-party code in the build, of packages from npm and of crates in the engine, into one text file. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'vite';

const NOTICES = 'third-party-notices.txt';

export interface Notice {
  name: string;
  version: string;
  /** As SPDX has it. */
  license: string;
  texts: string[];
}

const LICENSE_FILE = /^(licen[cs]e|copying|notice|unlicense)([-._]|$)/i;

/** Texts of the licences that lie in a package's folder. */
function textsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENSE_FILE.test(entry.name))
    .map(({ name }) => readFileSync(join(folder, name), 'utf8').trim().replaceAll('\r\n', '\n'));
}

/** The folder of the package that a module belongs to; undefined for modules of the page. */
export function packageOf(module: string): string | undefined {
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module)?.[1];
}

function npmNotice(folder: string): Notice {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Omit<Notice, 'texts'>;
  return { name, version, license, texts: textsIn(folder) };
}

interface Metadata {
  packages: {
    id: string;
    name: string;
    version: string;
    license: string | null;
    manifest_path: string;
  }[];
  workspace_members: string[];
  resolve: {
    nodes: { id: string; deps: { pkg: string; dep_kinds: { kind: string | null }[] }[] }[];
  };
}

/** Crates that the crate at `root` is built of, but for those of its own workspace. */
export function crateNotices(root: string): Notice[] {
  const target = ['--filter-platform', 'wasm32-unknown-unknown'];
  const metadata = JSON.parse(
    execFileSync('cargo', ['metadata', '--format-version', '1', ...target], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as Metadata;
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const start = metadata.packages.find(({ name }) => name === 'elbo-room');
  const used = new Set(start ? [start.id] : []);
  // A set goes on through what is added to it on the way.
  for (const id of used) {
    for (const { pkg, dep_kinds: kinds } of nodes.get(id)?.deps ?? [])
      if (kinds.some(({ kind }) => kind === null)) used.add(pkg);
  }
  return metadata.packages
    .filter(({ id }) => used.has(id) && !metadata.workspace_members.includes(id))
    .map(({ name, version, license, manifest_path: path }) => ({
      name,
      version,
      license: license ?? 'see below',
      texts: textsIn(dirname(path)),
    }));
}

/** Each text once, after the names of all that stand under it. */
export function format(notices: readonly Notice[]): string {
  const sorted = [...notices].sort((a, b) => a.name.localeCompare(b.name, 'en'));
  const title = ({ name, version, license }: Notice) => `${name} ${version} (${license})`;
  const texts = new Map<string, Notice[]>();
  for (const notice of sorted) {
    for (const text of notice.texts) texts.set(text, [...(texts.get(text) ?? []), notice]);
  }
  const rule = `\n\n${'-'.repeat(79)}\n\n`;
  return [
    `ELBO Room contains code of others:\n\n${sorted.map(title).join('\n')}`,
    ...[...texts].map(([text, of]) => `${of.map(title).join('\n')}\n\n${text}`),
  ]
    .join(rule)
    .concat('\n');
}

/** `plugin` for the page, `inWorkers` for the bundles of its workers, whose modules the page's own build does not see. */
export function notices(root: string): { plugin: Plugin; inWorkers: () => Plugin } {
  const folders = new Set<string>();
  const collect = (modules: Iterable<string>) => {
    for (const module of modules) {
      const folder = packageOf(module);
      if (folder && existsSync(join(folder, 'package.json'))) folders.add(folder);
    }
  };
  return {
    plugin: {
      name: 'elbo-room-notices',
      apply: 'build',
      generateBundle() {
        collect(this.getModuleIds());
        const all = [...[...folders].map(npmNotice), ...crateNotices(root)];
        this.emitFile({ type: 'asset', fileName: NOTICES, source: format(all) });
      },
    },
    inWorkers: () => ({
      name: 'elbo-room-notices-of-workers',
      buildEnd() {
        collect(this.getModuleIds());
      },
    }),
  };
}
