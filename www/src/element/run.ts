import { textSheet } from './surroundings.ts';
// What all is set in comes first, what changes the components after them.
import './element.css';
import '../styles/base.css';
import '../styles/tokens.css';
import { mount, unmount } from 'svelte';
import { Speech } from '../messages/speech.svelte.ts';
import Element from './Element.svelte';
import { ElementHost } from './host.ts';
import { hear } from './voices.ts';
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
  readonly #voice = new Speech();
  readonly #end = new AbortController();
  #mounted: Record<string, unknown> | null = null;

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
    const [root, voice, host] = [this.root, this.#voice, this.#host];
    const { signal } = this.#end;
    root.adoptedStyleSheets = [shared(), textSheet(root)];
    hear(root, voice, signal);
    voice.chosen = host.read().state.language;
    // Labs whose words come after them would flash.
    await voice.load();
    if (!signal.aborted) this.#mounted = mount(Element, { target: root, props: { host, voice } });
  }

  /** Ends the workers too. */
  end(): void {
    this.#end.abort();
    if (this.#mounted) void unmount(this.#mounted);
    this.#mounted = null;
    this.root.replaceChildren();
  }
}
