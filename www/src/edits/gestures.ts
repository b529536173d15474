/** What the visitor does by hand, seen from the window, or from the element that the labs stand in: each gesture begins an entry of the history, whatever changes by itself does not. */

/** In milliseconds: taps of arrow keys on one control that follow each other so fast are one gesture. */
const TOGETHER_MS = 1000;
/** In milliseconds: what changes so long after a key was let go has changed by itself. A random seed comes from a busy worker. */
const LATE_MS = 5000;
/** Keys that move what has the focus. */
const MOVING = /^(Arrow|Page)|^(Home|End|[.,])$/;
/** What keys can change by themselves. */
const CONTROLS = 'a, button, input, select, summary, textarea, [contenteditable], [tabindex]';
const SILENT = /^(Shift|Control|Alt|AltGraph|Meta|CapsLock|Tab)$/;

export class Gestures {
  #begun = false;
  #held = false;
  /** When the key of the gesture was let go, by the clock of `performance`; what is pointed at, dropped or pasted may take its time. */
  #ended = Infinity;
  #last: { target: EventTarget | null; time: number } = { target: null, time: -Infinity };
  /** The key of the last gesture; empty where it was none. */
  #key = '';

  constructor(target: EventTarget, signal: AbortSignal) {
    const on = (types: string, listener: (event: never) => void) => {
      for (const type of types.split(' '))
        target.addEventListener(type, listener as EventListener, { capture: true, signal });
    };
    on('pointerdown', (event: Event) => this.#begin(event, true));
    on('pointerup pointercancel keyup', (event: Event) => {
      this.#held = false;
      if (event.type === 'keyup' && this.#key) this.#ended = performance.now();
      this.#last.time = event.timeStamp;
    });
    on('drop paste', (event: Event) => this.#begin(event, false));
    on('keydown', (event: KeyboardEvent) => {
      const { key, repeat } = event;
      if (repeat || SILENT.test(key)) return;
      const same = key === this.#key && MOVING.test(key);
      if (!same || !this.#follows(event)) this.#begin(event, true);
      this.#key = key;
    });
    on('keydown', (event: KeyboardEvent) => this.#close(event));
    // Tools that read or speak the page set a value, or press a button, without pointer and keys.
    on('input change', (event: Event) => {
      if (!this.#follows(event) && !this.#held) this.#begin(event, false);
    });
    on('click', (event: MouseEvent & { pointerType?: string }) => {
      const isPointed = event.detail > 0 || event.pointerType;
      if (!isPointed && !this.#follows(event)) this.#begin(event, false);
    });
  }

  /** Whether a gesture has begun to which no change belongs yet; the change that asks does now. */
  take(): boolean {
    const begun = this.#begun && performance.now() - this.#ended < LATE_MS;
    this.#begun = false;
    return begun;
  }

  #begin({ target, timeStamp: time }: Event, held: boolean): void {
    this.#begun = true;
    this.#held = held;
    this.#ended = Infinity;
    this.#key = '';
    this.#last = { target, time };
  }

  /** What no control and no command takes changes nothing, nor will it. */
  #close(event: KeyboardEvent): void {
    const [target] = event.composedPath();
    if (target instanceof Element && target.closest(CONTROLS)) return;
    const last = this.#last;
    setTimeout(() => {
      if (!event.defaultPrevented && this.#last === last) this.#begun = false;
    });
  }

  /** Whether an event goes on with the gesture before it: at the same place, a moment later. */
  #follows({ target, timeStamp: time }: Event): boolean {
    const last = this.#last;
    this.#last = { target, time };
    return last.target === target && time - last.time < TOGETHER_MS;
  }
}
