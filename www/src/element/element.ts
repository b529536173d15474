/** `<elbo-room>`: a lab on somebody else's page. All else is fetched when the first one is there. */
import type { Run } from './run.ts';

const ATTRIBUTES = ['lab', 'state', 'models', 'site', 'hide', 'lang'] as const;
/** Those that an element begins anew with. */
const FOUNDATIONS: readonly string[] = ['models', 'site'];

/** Where there is no document, the module can still be imported. */
const Base =
  (globalThis as Partial<typeof globalThis>).HTMLElement ??
  (Object as unknown as typeof HTMLElement);

export class ElboRoomElement extends Base {
  static readonly observedAttributes: readonly string[] = ATTRIBUTES;
  #run: Run | null = null;
  /** Counts what was begun: a part that comes late may find that it is not wanted any more. */
  #turn = 0;
  #begun = false;
  #waiting = false;

  connectedCallback(): void {
    this.#look();
  }

  disconnectedCallback(): void {
    this.#look();
  }

  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    if (before === value || !this.#begun) return;
    if (!this.#run || FOUNDATIONS.includes(name)) this.#again();
    else this.#run.follow(name);
  }

  /** What is on display, as the page of ELBO Room writes it in its address; set, it is the attribute. */
  get state(): string {
    return this.#run?.state ?? this.getAttribute('state') ?? '';
  }

  set state(state: string) {
    // Asked for again, it is gone back to.
    if (state === this.getAttribute('state')) this.#run?.follow('state');
    else this.setAttribute('state', state);
  }

  /** An element that is moved leaves its place and comes to the other in one turn: it goes on as it was. */
  #look(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    queueMicrotask(() => {
      this.#waiting = false;
      if (this.isConnected === this.#begun) return;
      if (this.isConnected) void this.#begin(this.getAttribute('state') ?? '');
      else this.#end();
    });
  }

  #again(): void {
    const { state } = this;
    this.#end();
    void this.#begin(state);
  }

  async #begin(state: string): Promise<void> {
    this.#begun = true;
    const turn = ++this.#turn;
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    try {
      const { Run } = await import('./run.ts');
      if (turn !== this.#turn) return;
      this.#run = new Run(this, root, state, () => this.#again());
      await this.#run.begin();
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#end();
      this.#begun = true;
      const { message } = error instanceof Error ? error : new Error(String(error));
      const card = document.createElement('p');
      card.setAttribute('role', 'alert');
      card.textContent = `ELBO Room cannot start here: ${message}`;
      root.replaceChildren(card);
      this.dispatchEvent(new ErrorEvent('error', { error, message }));
    }
  }

  #end(): void {
    this.#turn++;
    this.#begun = false;
    this.#run?.end();
    this.#run = null;
  }
}

const { customElements: registry } = globalThis as Partial<typeof globalThis>;
if (registry && !registry.get('elbo-room')) registry.define('elbo-room', ElboRoomElement);
