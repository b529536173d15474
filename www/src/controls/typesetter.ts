/** KaTeX, apart from the page's own code, which the first picture waits for. */
import type katex from 'katex';

/** Held once it has arrived, so that what is opened later is set at once: a printer does not wait. */
export let typesetter: typeof katex | null = null;

/** Null where it did not come: a formula is then shown as it is written. */
export async function loadTypesetter(): Promise<typeof katex | null> {
  try {
    typesetter ??= (await import('./katex.ts')).default;
  } catch {
    // The page says that a part of it is missing.
  }
  return typesetter;
}
