/** What takes the build seconds to make, kept in a file for the next one. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../node_modules/.cache/elbo-room');

/** The path of a file of this name, made unless one of the same ingredients is there. */
export async function cached(
  name: string,
  ingredients: readonly (string | Uint8Array)[],
  make: () => Promise<string | Uint8Array>,
): Promise<string> {
  const hash = createHash('sha256');
  for (const ingredient of ingredients) hash.update(`${ingredient.length}:`).update(ingredient);
  const path = join(FOLDER, hash.digest('hex').slice(0, 16), name);
  if (existsSync(path)) return path;
  const content = await make();
  mkdirSync(dirname(path), { recursive: true });
  // Another build may read it at the same time.
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, content);
  renameSync(unfinished, path);
  return path;
}
