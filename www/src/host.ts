/** Where the labs stand: on a page of their own, or in an element of somebody else's. What they ask of the world around them is here. */
import { getContext, setContext } from 'svelte';
import { parseState, type Rejection } from './address/address.ts';
import { documentSource, type Source } from './engine/source.ts';
import type { PageState } from './state.ts';
import { tab } from './tab.svelte.ts';

export interface Host extends Source {
  /** Whether the document is the labs' own: its title, its scheme, its errors. */
  readonly whole: boolean;
  /** Where names are looked up. */
  readonly root: Document | ShadowRoot;
  /** Gets what is pressed, dropped and pasted. */
  readonly target: EventTarget;
  /** Whether it is in view, as far as is known. */
  readonly seen: boolean;
  /** The page on which an address of the labs is opened; null where it is not known. */
  readonly site: string | null;
  /** The address as it is, as a fragment. */
  readonly fragment: string;
  /** What the address says. */
  read(): { state: PageState; rejected: Rejection[] };
  /** Writes the address in the place of the one before. */
  replace(fragment: string): void;
  /** Goes to another address. */
  go(fragment: string): void;
  /** Calls back when another address has come, until `signal`. */
  arrive(read: () => void, signal: AbortSignal): void;
  /** Begins anew, at the address as it is. */
  reload(): void;
  /** Tells of an error that is on display. */
  tell(error: Error): void;
}

/** The document, and the bar of the browser. */
export class DocumentHost implements Host {
  readonly whole = true;
  readonly root = document;
  readonly target = globalThis;

  readonly models = documentSource().models;
  readonly keeps = documentSource().keeps;

  get seen(): boolean {
    return !tab.hidden;
  }

  get site(): string {
    return location.href;
  }

  get fragment(): string {
    return location.hash;
  }

  read() {
    return parseState(location.hash);
  }

  replace(fragment: string): void {
    history.replaceState(history.state, '', fragment || location.pathname + location.search);
  }

  go(fragment: string): void {
    location.hash = fragment;
  }

  arrive(read: () => void, signal: AbortSignal): void {
    addEventListener('hashchange', read, { signal });
  }

  reload(): void {
    location.reload();
  }

  tell(): void {
    // It stands on the page.
  }
}

/** Where a component stands, and what is on display there. */
export interface Place {
  readonly host: Host;
  /** The address of what is on display. The bar of the browser lags behind by a moment; the page tells it as it is. */
  readonly address: () => string;
  /** The same for the frame of another page. */
  readonly embedded: () => string;
}

const KEY = Symbol('place');

export const settle = (place: Place): Place => setContext(KEY, place);

/** The place of the component that begins. */
export const place = (): Place => getContext<Place | undefined>(KEY) ?? alone();

function alone(): Place {
  const here = () => location.href;
  return { host: new DocumentHost(), address: here, embedded: here };
}
