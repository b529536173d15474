/** What the build fills in for names in the source; src/globals.d.ts has their types. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function crateVersion(): string {
  const version = /^version = "(.+)"$/m.exec(readFileSync(at('../../Cargo.toml'), 'utf8'))?.[1];
  if (!version) throw new Error('no version in Cargo.toml');
  return version;
}

function peerVersion(): string {
  const manifest = readFileSync(at('../node_modules/onnxruntime-web/package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

/** The loading bar counts bytes, and a compressed transfer does not announce its real length. */
function wasmBytes(): number {
  return statSync(at('../pkg/elbo_room_bg.wasm'), { throwIfNoEntry: false })?.size ?? 0;
}

/** Where the source is and where faults are told; without them the page has no such links. */
const repository = process.env['ELBO_ROOM_REPOSITORY'] ?? '';
const issues = process.env['ELBO_ROOM_ISSUES'] ?? (repository && `${repository}/issues`);

export const DEFINES = {
  __REPOSITORY__: JSON.stringify(repository),
  __ISSUES__: JSON.stringify(issues),
  __CRATE_VERSION__: JSON.stringify(crateVersion()),
  __PEER_VERSION__: JSON.stringify(peerVersion()),
  __WASM_BYTES__: JSON.stringify(wasmBytes()),
  // A request for a file that is not there would be an error on the visitor's console.
  __EVALUATED__: JSON.stringify(existsSync(at('../../models/evaluation.json'))),
  __PAGE__: 'true',
};
