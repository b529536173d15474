/**
 * `<elbo-room>`: a lab of ELBO Room on any page, without a frame. Importing the module defines it; what it needs is fetched when the
 * first one is on the page. The attributes, all of which may change at any time:
 *
 * - `lab`: `latent`, `denoise`, `elbo`, `inference`, `plane` or `sets`.
 * - `state`: what the lab is set to, as it stands in the address of ELBO Room after `#`, with the `#` or without.
 * - `models`: the folder of the models and their `manifest.json`, relative to the page; `models/` without it.
 * - `hide`: names of parts that are left out, with commas between them, as in `hide=` of an address.
 * - `lang`: `en` or `zh`; without it, that of the part of the page around. Each element has its own.
 * - `theme`: `light` or `dark`; without it, the visitor's own.
 * - `site`: address of a page of ELBO Room; with it, links to what is on display can be copied and opened.
 */
export class ElboRoomElement extends HTMLElement {
  /** What is on display, as ELBO Room writes it in its address. Setting it goes there. */
  state: string;

  addEventListener<K extends keyof ElboRoomEvents>(
    type: K,
    listener: (this: ElboRoomElement, event: ElboRoomEvents[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** None of them bubbles. */
export interface ElboRoomEvents extends Omit<HTMLElementEventMap, 'change' | 'error'> {
  /** Something was set; a moment after it. */
  change: CustomEvent<{ state: string }>;
  /** Something cannot be had or done. The element says so too. */
  error: ErrorEvent;
}

declare global {
  interface HTMLElementTagNameMap {
    'elbo-room': ElboRoomElement;
  }
}
