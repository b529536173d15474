/** Symbols and what they stand for: pointing at one lights the other, choosing a symbol goes there. */
import { tick } from 'svelte';
import { reducedMotion } from '../motion.ts';
import type { Page } from '../page.svelte.ts';
import type { Lab } from '../state.ts';
import { ANCHORS, type Anchor } from '../labs/anchors.ts';

const FOCUSABLE =
  'input:checked, input:not([type=radio]):not(:disabled), select, button:not(:disabled), [tabindex="0"]';
/** How long what one has gone to stays lit. */
const GLOW_MS = 2000;
/** A lab that is opened for the first time has to be built, and its numbers computed. */
const PATIENCE_MS = 20_000;

/** Safari before 17.4 has no `checkVisibility`; nothing that hides is hidden there from the boxes of an element. */
const isVisible = (element: Omit<Element, 'checkVisibility'> & Partial<Element>): boolean =>
  element.checkVisibility?.() ?? element.getClientRects().length > 0;

const onPage = (anchor: Anchor): HTMLElement[] =>
  Array.from(document.querySelectorAll<HTMLElement>(`[data-anchor~="${anchor}"]`)).filter(
    isVisible,
  );

export class Links {
  /** What the symbol pointed at stands for: lit, and its symbols with it. */
  lit = $state<Anchor | null>(null);
  /** The control or figure pointed at: only its symbols are lit. */
  echoed = $state<Anchor | null>(null);
  /** What a symbol led to and was not there. */
  absent = $state<Anchor | null>(null);
  readonly #page: Page;
  #wanted: Anchor | null = null;
  #glow: ReturnType<typeof setTimeout> | undefined;

  constructor(page: Page) {
    this.#page = page;
    $effect(() => {
      if (!this.lit) return;
      const elements = onPage(this.lit);
      for (const element of elements) element.dataset['lit'] = '';
      return () => {
        for (const element of elements) delete element.dataset['lit'];
      };
    });
  }

  /** The pointer or the focus is on a symbol, or on none any more. */
  point(anchor: Anchor | null): void {
    // Scrolling takes the symbol away from under the pointer: what it led to glows on.
    if (anchor === null && this.#glow !== undefined) return;
    this.#light(anchor);
    this.absent = null;
    if (anchor) this.#wanted = null;
  }

  /** Brings what the symbol stands for into sight and gives it the focus. */
  async go(anchor: Anchor): Promise<void> {
    this.#light(null);
    this.absent = null;
    this.#wanted = anchor;
    const labs = ANCHORS.get(anchor) ?? [];
    if (!labs.includes(this.#page.state.lab)) this.#page.state.lab = labs[0] as Lab;
    const element = await this.#arrival(anchor);
    // Pointing at another symbol in the meantime takes the request back.
    if (this.#wanted !== anchor) return;
    if (!element) {
      this.absent = anchor;
      return;
    }
    element.scrollIntoView({ block: 'center', behavior: reducedMotion() ? 'auto' : 'smooth' });
    const target = element.matches(FOCUSABLE)
      ? element
      : (element.querySelector<HTMLElement>(FOCUSABLE) ?? element);
    // A figure takes the focus only from here.
    if (!target.matches(FOCUSABLE)) target.tabIndex = -1;
    target.focus({ preventScroll: true });
    this.#light(anchor);
    this.#glow = setTimeout(() => this.#light(null), GLOW_MS);
  }

  #light(anchor: Anchor | null): void {
    clearTimeout(this.#glow);
    this.#glow = undefined;
    this.lit = anchor;
  }

  async #arrival(anchor: Anchor): Promise<HTMLElement | undefined> {
    await tick();
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      const [element] = onPage(anchor);
      if (element || this.#wanted !== anchor || performance.now() > deadline) return element;
      await new Promise(requestAnimationFrame);
    }
  }
}
