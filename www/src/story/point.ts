import { reducedMotion } from '../motion.ts';

/** What the style sheet marks. */
const MARK = 'data-pointed';
/** Between what is pointed at and the edges of the window, or the panel. */
const MARGIN = 16;
/** What a visitor does to look elsewhere: from then on nothing is scrolled for them. */
const OWN_MOVES = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

export interface Aim {
  at: readonly string[];
  /** The class of the card that it is on, where several have the same. */
  accent?: string | undefined;
}

/** The elements on display that carry the names, in the order of the names. */
export function find({ at, accent }: Aim): HTMLElement[] {
  return at.flatMap((anchor) => {
    const all = [...document.querySelectorAll<HTMLElement>(`[data-anchor~="${anchor}"]`)];
    const shown = all.filter((element) => element.getClientRects().length > 0);
    return shown.find((element) => accent && element.closest(`.${accent}`)) ?? shown[0] ?? [];
  });
}

/** Scrolls so that as much as fits of `elements`, the first in any case, stands clear of `panel` and of what sticks to the top. */
export function bring(elements: readonly HTMLElement[], panel: HTMLElement | undefined): void {
  const [first] = elements;
  if (!first) return;
  const boxes = elements.map((element) => element.getBoundingClientRect());
  const cover = panel?.getBoundingClientRect();
  const room = (count: number) => {
    const some = boxes.slice(0, count);
    const top = Math.min(...some.map((box) => box.top));
    const bottom = Math.max(...some.map((box) => box.bottom));
    const right = Math.max(...some.map((box) => box.right));
    const floor =
      cover && right > cover.left - MARGIN ? Math.min(innerHeight, cover.top) : innerHeight;
    const ceiling = MARGIN + stuck(first);
    return { top, height: bottom - top, ceiling, free: floor - MARGIN - ceiling };
  };
  let count = elements.length;
  while (count > 1 && room(count).height > room(count).free) count--;
  const { top, height, ceiling, free } = room(count);
  if (top >= ceiling && top + height <= ceiling + free) return;
  const wanted = ceiling + Math.max(0, (free - height) / 2);
  scrollBy({ top: top - wanted, behavior: reducedMotion() ? 'auto' : 'smooth' });
}

/** How far down something that sticks to the window's top covers what `element` scrolls under. */
function stuck(element: HTMLElement): number {
  const neighbours = document.querySelectorAll<HTMLElement>('.sticks');
  let depth = 0;
  for (const sticky of neighbours) {
    if (sticky.contains(element) || !sticky.parentElement?.contains(element)) continue;
    const { left, right, height } = sticky.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    if (getComputedStyle(sticky).position === 'sticky' && box.left < right && box.right > left)
      depth = Math.max(depth, height);
  }
  return depth;
}

/**
 * Marks what is aimed at, and brings it to sight, for as long as it takes to appear and to come to rest: labs are put up
 * when they are first seen, and grow as their numbers come. Returns what ends it.
 */
export function point(aim: Aim, panel: () => HTMLElement | undefined): () => void {
  let marked: HTMLElement[] = [];
  let following = true;
  let frame = 0;
  const look = () => {
    frame = 0;
    const found = find(aim);
    for (const element of marked) if (!found.includes(element)) element.removeAttribute(MARK);
    for (const element of found) element.setAttribute(MARK, '');
    marked = found;
    if (following) bring(found, panel());
  };
  const soon = () => (frame ||= requestAnimationFrame(look));
  const letGo = (event: Event) => {
    if (!panel()?.contains(event.target as Node)) following = false;
  };
  const changes = new MutationObserver(soon);
  changes.observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ['hidden', 'data-anchor'],
  });
  const sizes = new ResizeObserver(soon);
  sizes.observe(document.body);
  for (const move of OWN_MOVES) addEventListener(move, letGo, { passive: true });
  soon();
  return () => {
    cancelAnimationFrame(frame);
    changes.disconnect();
    sizes.disconnect();
    for (const move of OWN_MOVES) removeEventListener(move, letGo);
    for (const element of marked) element.removeAttribute(MARK);
  };
}
