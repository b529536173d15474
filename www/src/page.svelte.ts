import { untrack } from 'svelte';
import {
  fragmentOf,
  isSame,
  parseState,
  printFields,
  printState,
  type Rejection,
  rejection,
} from './address/address.ts';
import { type Catalog, fitToModels } from './address/fit.ts';
import { Edits } from './edits/edits.svelte.ts';
import { Gestures } from './edits/gestures.ts';
import { DocumentHost, type Host } from './host.ts';
import { speech } from './messages/speech.svelte.ts';
import type { Lab, PageState, SharedModel } from './state.ts';

/** Safari refuses more than a hundred history writes in half a minute. */
const WRITE_INTERVAL_MS = 350;

/** The page's state, kept equal to the URL's fragment in both directions. */
export class Page {
  state: PageState;
  /** What the URL asked for and could not get. */
  rejected = $state.raw<Rejection[]>([]);
  readonly edits: Edits;
  #catalog: Catalog | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The address that the page itself goes to. */
  #going: string | null = null;
  /** The address that was read or written last: another one has come, and is read a moment later. */
  #seen: string;
  /** Printed once for all links: every move of a slider changes them. */
  #fields = $derived.by(() => printFields(this.state));

  constructor(readonly host: Host = new DocumentHost()) {
    const { state, rejected } = host.read();
    this.state = $state(state);
    this.rejected = rejected;
    this.#seen = host.fragment;
    const end = new AbortController();
    const { signal } = end;
    $effect(() => () => {
      end.abort();
      this.#forget();
    });
    this.edits = untrack(
      () => new Edits(this.state, () => this.#fields, new Gestures(host.target, signal)),
    );
    this.edits.fit = () => {
      if (this.#catalog) fitToModels(this.state, this.#catalog);
    };
    speech.chosen = state.language;
    host.target.addEventListener('click', (event) => this.#leave(event as MouseEvent), { signal });
    // After the page has been left by the same press.
    host.arrive(() => this.#read(), signal);
    addEventListener('pagehide', () => this.#flush(), { signal });
    $effect(() => {
      const { language } = this.state;
      untrack(() => (speech.chosen = language));
    });
    $effect(() => {
      void this.#fields;
      untrack(() => this.edits.observe());
    });
    $effect(() => {
      const fragment = fragmentOf(this.#fields);
      if (isSame(host.fragment, fragment)) this.#forget();
      // Not put off by the next change: what plays would never be written.
      else this.#timer ??= setTimeout(() => this.#flush(), WRITE_INTERVAL_MS);
    });
  }

  /** Called once the models are known: from here on a URL can be checked against them. */
  fit(catalog: Catalog): void {
    this.#catalog = catalog;
    this.rejected = [...this.rejected, ...fitToModels(this.state, catalog)];
  }

  /** Takes another model, by what an address calls it; what it does not have gives way to defaults. */
  choose(host: SharedModel, model: string, catalog: Catalog): void {
    this.#catalog = catalog;
    this.state[host] = model;
    fitToModels(this.state, catalog);
  }

  /** Tells of a value that turned out impossible after the models were known. */
  reject(key: string, value: string): void {
    this.rejected = [...this.rejected, rejection(key, value)];
  }

  /** The address of this page, or of another lab in the same state. */
  link(lab?: Lab): string {
    return fragmentOf(this.#fields, lab) || '#';
  }

  /** The address of this state as a whole page, whatever is hidden here. */
  get whole(): string {
    return printState({ ...this.state, embed: false, hide: [] }) || '#';
  }

  /** A worked state, in this language and under this chrome. */
  preset(address: string): string {
    const { language, embed, hide } = this.state;
    return printState({ ...parseState(address).state, language, embed, hide }) || '#';
  }

  /** The same in full. */
  get address(): string {
    return new URL(this.whole, this.host.site ?? location.href).href;
  }

  /** The address of this state for the frame of another page. */
  get embedded(): string {
    return printState({ ...this.state, embed: true });
  }

  /** The same in full. */
  get frame(): string {
    return new URL(this.embedded, this.host.site ?? location.href).href;
  }

  /** Goes to another state as a link would: the browser's Back leads to the one that was, and so does Undo. */
  go(state: PageState): void {
    const address = printState(state) || '#';
    this.#depart(address);
    this.host.go(address);
  }

  dismiss(): void {
    this.rejected = [];
  }

  /** A link of the page's own is followed. */
  #leave(event: MouseEvent): void {
    const { target, button, ctrlKey, metaKey, shiftKey, altKey } = event;
    const link = target instanceof Element ? target.closest('a[href^="#"]') : null;
    if (!link || event.defaultPrevented || button !== 0) return;
    // They open it elsewhere.
    if (ctrlKey || metaKey || shiftKey || altKey) return;
    this.#depart(link.getAttribute('href') ?? '#');
  }

  #depart(address: string): void {
    this.#flush();
    this.#going = (this.host.fragment || '#') === address ? null : address;
  }

  #read(): void {
    this.#forget();
    const { state, rejected } = this.host.read();
    this.#seen = this.host.fragment;
    this.rejected = this.#catalog ? [...rejected, ...fitToModels(state, this.#catalog)] : rejected;
    // What was set last is in the history before anything else comes.
    this.edits.observe();
    Object.assign(this.state, state);
    this.edits.arrive(isSame(this.host.fragment || '#', this.#going ?? ''));
    this.#going = null;
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flush(): void {
    this.#forget();
    // Written over, an address that has come would be lost.
    if (this.host.fragment !== this.#seen) return;
    const fragment = printState(this.state);
    if (!isSame(this.host.fragment, fragment)) this.host.replace(fragment);
    this.#seen = this.host.fragment;
  }
}
