import { storage } from '../storage.ts';

/** The commands that were chosen last, by their names, the last one first. Kept in this browser. */
const KEY = 'elbo-room recent';
const MOST = 6;

/** A browser may refuse its storage, and anything may stand there. */
export function recent(): string[] {
  try {
    const found: unknown = JSON.parse(storage.notes().getItem(KEY) ?? '[]');
    return Array.isArray(found)
      ? found.filter((id): id is string => typeof id === 'string').slice(0, MOST)
      : [];
  } catch {
    return [];
  }
}

export function note(id: string): void {
  try {
    const ids = [id, ...recent().filter((other) => other !== id)].slice(0, MOST);
    storage.notes().setItem(KEY, JSON.stringify(ids));
  } catch {
    // It is not remembered.
  }
}
