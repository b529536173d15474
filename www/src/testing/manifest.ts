import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FileEntry, Manifest } from '../../engine/protocol.ts';

/** What a site in the tests serves under a path: a few bytes that no two files share. */
export const bytesOf = (path: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(new TextEncoder().encode(`the bytes of ${path}`));

const fileOf = ({ path }: FileEntry): FileEntry => ({
  path,
  bytes: bytesOf(path).length,
  sha256: createHash('sha256').update(bytesOf(path)).digest('hex'),
});

// Tests run in www/.
const shipped = JSON.parse(readFileSync('../models/manifest.json', 'utf8')) as Manifest;

/** The models of the site as they ship, but with the bytes of the tests as their files. */
export const manifest: Manifest = {
  ...shipped,
  models: shipped.models.map((entry) => ({
    ...entry,
    files: Object.fromEntries(
      Object.entries<FileEntry>(entry.files).map(([role, file]) => [role, fileOf(file)]),
    ),
  })) as Manifest['models'],
};

/** Ids of the models that the labs take first. */
export const VAE = 'mnist-vae';
export const DDPM = 'mnist-ddpm';
export const MAP_VAE = 'mnist-vae-2d';
