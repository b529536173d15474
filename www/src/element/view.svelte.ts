import { tab } from '../tab.svelte.ts';

/** Whether an element is in view. */
export class View {
  #inside = $state(true);

  get seen(): boolean {
    return this.#inside && !tab.hidden;
  }

  /** Follows the element until `signal`. */
  follow(element: Element, signal: AbortSignal): void {
    const observer = new IntersectionObserver((entries) => {
      this.#inside = entries.at(-1)?.isIntersecting ?? true;
    });
    observer.observe(element);
    signal.addEventListener('abort', () => observer.disconnect(), { once: true });
  }
}
