import { storage } from '../storage.ts';

/** Whether shortcuts of a single character are on: who dictates, or whose hand slips, can switch them off. Kept in this browser. */
const KEY = 'elbo-room single keys';

class Singles {
  #on = $state(true);

  constructor() {
    try {
      this.#on = storage.notes().getItem(KEY) !== 'off';
    } catch {
      // A browser may refuse its storage.
    }
  }

  get on(): boolean {
    return this.#on;
  }

  set on(on: boolean) {
    this.#on = on;
    try {
      storage.notes().setItem(KEY, on ? 'on' : 'off');
    } catch {
      // They are on again next time.
    }
  }
}

export const singles = new Singles();
