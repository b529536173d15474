/** The share menus on the page, so that they can be opened from elsewhere. */
import type { Host } from '../host.ts';

export interface Offered {
  /** Whose page it is on. */
  readonly host: Host;
  readonly title: string;
  /** Whether it can be seen, and used. */
  readonly enabled: boolean;
  open: () => unknown;
}

const all = new Set<Offered>();

/** Adds a menu until the returned function is called. */
export function offer(menu: Offered): () => void {
  all.add(menu);
  return () => all.delete(menu);
}

/** Those of the lab on display, in the order of the page. */
export const offered = (host: Host): Offered[] =>
  [...all].filter((menu) => menu.host === host && menu.enabled);
