import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Finds a program: the one that an environment variable names, else the first of its names in a folder. */
export function executable(
  names: string | readonly string[],
  variable: string,
  more: readonly string[] = [],
): string {
  const named = process.env[variable];
  if (named) return named;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...more];
  for (const name of [names].flat()) {
    for (const folder of folders) {
      const candidate = join(folder, name);
      try {
        accessSync(candidate, constants.X_OK);
        return candidate;
      } catch {
        // Not in this folder.
      }
    }
  }
  throw new Error(`no ${[names].flat().join(' or ')} on PATH; name one in ${variable}`);
}
