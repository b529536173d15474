/** KaTeX, apart from the page's own code, which the first picture waits for. */
import type katex from 'katex';

/** Held once it has arrived, so that what is opened later is set at once: a printer does not wait. */
export let typesetter: typeof katex | null = null;

export async function loadTypesetter(): Promise<typeof katex> {
  typesetter ??= (await import('./katex.ts')).default;
  return typesetter;
}
