import { textSheet } from './surroundings.ts';
// What all is set in comes first, what changes the components after them.
import './element.css';
import '../styles/base.css';
import '../styles/tokens.css';
import { mount, unmount } from 'svelte';
import { speech } from '../messages/speech.svelte.ts';
import Element from './Element.svelte';
import { ElementHost } from './host.ts';
import '../styles/range.css';
import '../styles/forced.css';

/** All styles of the build, which stand in here. */
const STYLES = __STYLES__;

let styles: CSSStyleSheet | null = null;

function shared(): CSSStyleSheet {
  if (!styles) {
    styles = new CSSStyleSheet();
    styles.replaceSync(STYLES);
  }
  return styles;
}

/** Labs that run in an element. */
export class Run {
  readonly #host: ElementHost;
  #mounted: Record<string, unknown> | null = null;
  #ended = false;

  /** Throws where an attribute has no address in it. */
  constructor(
    element: HTMLElement,
    private readonly root: ShadowRoot,
    state: string,
    reload: () => void,
  ) {
    this.#host = new ElementHost(element, root, state, reload);
  }

  get state(): string {
    return this.#host.state;
  }

  follow(name: string): void {
    this.#host.follow(name);
  }

  async begin(): Promise<void> {
    const { root } = this;
    root.adoptedStyleSheets = [shared(), textSheet(root)];
    speech.chosen = this.#host.read().state.language;
    // Labs whose words come after them would flash.
    await speech.load();
    if (!this.#ended) this.#mounted = mount(Element, { target: root, props: { host: this.#host } });
  }

  /** Ends the workers too. */
  end(): void {
    this.#ended = true;
    if (this.#mounted) void unmount(this.#mounted);
    this.#mounted = null;
    this.root.replaceChildren();
  }
}
