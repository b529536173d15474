import { parseState, printState, type Rejection } from '../address/address.ts';
import { WorkerQuota } from '../../engine/quota.ts';
import type { Host } from '../host.ts';
import { preferredLanguage } from '../messages/languages.ts';
import type { PageState } from '../state.ts';
import { View } from './view.svelte.ts';

/** What all elements of the page have together. */
let compiled: Promise<WebAssembly.Module> | null = null;
let room: WorkerQuota | null = null;

/** The address as somebody outside can use it: what the element itself is, and its attributes say, is left out. */
const plain = (fragment: string): string =>
  printState({
    ...parseState(fragment).state,
    embed: false,
    hide: [],
    language: null,
  });

/** An element of somebody else's page: its attributes are the address, and nothing of the page is touched. */
export class ElementHost implements Host {
  readonly whole = false;
  readonly keeps = null;
  readonly target: EventTarget;
  readonly models: URL;
  readonly site: string | null;
  fragment = '';
  /** The address that was asked for last. */
  #address: string;
  /** Whether attributes have been set since the address was read last, and whether `lab` is to be followed. */
  #fresh = true;
  #led = true;
  #read: (() => void) | null = null;
  readonly #view = new View();
  #told = new WeakSet<Error>();

  constructor(
    private readonly element: HTMLElement,
    readonly root: ShadowRoot,
    state: string,
    readonly reload: () => void,
  ) {
    this.target = root;
    this.#address = state;
    this.models = folderUrl(element.getAttribute('models') ?? 'models/');
    const site = element.getAttribute('site');
    this.site = site === null ? null : new URL(site, document.baseURI).href;
  }

  get seen(): boolean {
    return this.#view.seen;
  }

  /** What the element shows, as the page writes it in its address. */
  get state(): string {
    return plain(this.fragment || this.#address);
  }

  /** Follows an attribute that has changed. */
  follow(name: string): void {
    if (name === 'state') this.#address = this.element.getAttribute('state') ?? '';
    this.#fresh = true;
    this.#led = name === 'state' || name === 'lab';
    this.#read?.();
  }

  read(): { state: PageState; rejected: Rejection[] } {
    const { state, rejected } = parseState(this.#address);
    const asked = (name: string) => {
      const value = this.element.getAttribute(name);
      const found = parseState(value ? `#${name}=${encodeURIComponent(value)}` : '');
      if (this.#fresh) rejected.push(...found.rejected);
      return value && found.rejected.length === 0 ? found.state : null;
    };
    const led = this.#led ? asked('lab') : null;
    if (led) state.lab = led.lab;
    const hide = asked('hide')?.hide ?? [];
    [this.#fresh, this.#led] = [false, false];
    Object.assign(state, { embed: true, tour: null, hide, language: this.#language });
    this.fragment = printState(state);
    this.#address = this.fragment;
    return { state, rejected };
  }

  /** That of the element, or of the part of the page that it stands in; null leaves it to the browser. */
  get #language() {
    const tag = this.element.closest('[lang]')?.getAttribute('lang');
    return tag ? preferredLanguage([tag]) : null;
  }

  replace(fragment: string): void {
    this.fragment = fragment;
    this.#address = fragment;
    const detail = { state: plain(fragment) };
    this.element.dispatchEvent(new CustomEvent('change', { detail }));
  }

  go(fragment: string): void {
    this.#address = fragment;
    this.#read?.();
    this.replace(this.fragment);
  }

  arrive(read: () => void, signal: AbortSignal): void {
    this.#read = read;
    this.#view.follow(this.element, signal);
    signal.addEventListener('abort', () => (this.#read = null));
    for (const type of ['click', 'auxclick'])
      this.root.addEventListener(type, (event) => this.#click(event as MouseEvent), { signal });
  }

  /** Links from lab to lab would otherwise lead the whole page elsewhere. */
  #click(event: MouseEvent): void {
    const { target, button, ctrlKey, metaKey, shiftKey, altKey } = event;
    const link = target instanceof Element ? target.closest('a[href^="#"]') : null;
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    const address = link.getAttribute('href') ?? '#';
    if (button === 0 && !(ctrlKey || metaKey || shiftKey || altKey)) this.go(address);
    else if (button < 2 && this.site !== null)
      open(new URL(plain(address), this.site), '_blank', 'noopener');
  }

  async runtime(compile: () => Promise<WebAssembly.Module>): Promise<WebAssembly.Module> {
    compiled ??= compile();
    try {
      return await compiled;
    } catch (error) {
      compiled = null;
      throw error;
    }
  }

  quota(most: number): WorkerQuota {
    return (room ??= new WorkerQuota(most));
  }

  tell(error: Error): void {
    if (this.#told.has(error)) return;
    this.#told.add(error);
    const { message } = error;
    this.element.dispatchEvent(new ErrorEvent('error', { error, message }));
  }
}

/** A folder, whether or not its address ends as that of one. */
function folderUrl(address: string): URL {
  const url = new URL(address, document.baseURI);
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}
