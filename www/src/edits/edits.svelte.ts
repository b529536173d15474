/**
 * The history of what was set by hand: one of all labs, since the page's state is one value. Each entry is the state's fields as an
 * address has them. A drag is one entry, and so is all that plays after one press of a button.
 */
import { restoreFields } from '../address/address.ts';
import { FIELDS } from '../address/fields.ts';
import type { Lab, PageState } from '../state.ts';
import type { Gestures } from './gestures.ts';

interface Entry {
  fields: readonly string[];
  /** The lab on display before and after the change that led here. */
  from: Lab;
  to: Lab;
}

const MOST_ENTRIES = 100;
/** How the page is shown and where the visitor is on it: not what is set. */
const APART = new Set(['lab', 'lang', 'embed', 'hide', 'tour']);
const KEPT = FIELDS.flatMap(({ key }, i) => (APART.has(key) ? [] : [i]));

export class Edits {
  /** Makes a state that was written and read again what the models want: a point's last zeros are not written. */
  fit: () => void = () => undefined;
  /** Stops what plays, before another state takes its place. */
  pause: () => void = () => undefined;
  /** Whether something plays: what it moves belongs to the entry that it began with. */
  moving: () => boolean = () => false;
  /** What was done to the history last, and how often it can be done again; null once something else is set. */
  told = $state.raw<{ what: 'undo' | 'redo'; left: number } | null>(null);
  #entries = $state.raw<readonly Entry[]>([]);
  #at = $state(0);
  #lab: Lab;
  #flow = new Set<number>();
  #wasMoving = false;

  constructor(
    private readonly state: PageState,
    private readonly fields: () => readonly string[],
    private readonly gestures: Pick<Gestures, 'take'>,
  ) {
    const { lab } = state;
    this.#lab = lab;
    this.#entries = [{ fields: fields(), from: lab, to: lab }];
  }

  get canUndo(): boolean {
    return this.#at > 0;
  }

  get canRedo(): boolean {
    return this.#at < this.#entries.length - 1;
  }

  undo(): void {
    const left = this.#seek(-1);
    if (!left) return;
    this.#show(left.from);
    this.told = { what: 'undo', left: this.#at };
  }

  redo(): void {
    const come = this.#seek(1);
    if (!come) return;
    this.#show(come.to);
    this.told = { what: 'redo', left: this.#entries.length - 1 - this.#at };
  }

  /** Goes to the next state that is not the one on display, and gives the entry whose change lies between them. */
  #seek(by: -1 | 1): Entry | undefined {
    // What has just been set is part of the history before anything is taken back.
    this.observe();
    this.pause();
    this.observe();
    const here = this.fields();
    this.gestures.take();
    let between: Entry | undefined;
    for (let at = this.#at + by; at in this.#entries; at += by) {
      between = this.#entries[Math.max(at, at - by)];
      this.#at = at;
      // A drag that ended where it began has changed nothing.
      if (changes(this.#entries[at]?.fields ?? [], here).length > 0) break;
    }
    return between;
  }

  /** To be called when the state has changed: a gesture's first change is an entry, what follows by itself belongs to it. */
  observe(): void {
    const fields = this.fields();
    const { lab } = this.state;
    const changed = this.#changed(fields);
    const from = this.#lab;
    this.#lab = lab;
    if (changed.length === 0) return;
    const moving = this.moving();
    const flows = (moving || this.#wasMoving) && changed.every((i) => this.#flow.has(i));
    if (!moving) this.#flow.clear();
    else for (const i of changed) this.#flow.add(i);
    this.#wasMoving = moving;
    if (!flows && this.gestures.take()) this.#push(fields, from, lab);
    else this.#amend(fields);
  }

  /**
   * Another address has brought another state. Where the page itself led there, by a link or a stop of the tour, it is an entry; one that
   * the history has, to which the browser's Back may lead, is gone to; any other begins a new history.
   */
  arrive(own: boolean): void {
    this.gestures.take();
    const fields = this.fields();
    const { lab } = this.state;
    const from = this.#lab;
    this.#lab = lab;
    if (this.#changed(fields).length === 0) return;
    if (own) {
      this.#push(fields, from, lab);
      return;
    }
    const found = this.#entries.findLastIndex(
      (entry) => changes(entry.fields, fields).length === 0,
    );
    if (found < 0) this.#entries = [{ fields, from: lab, to: lab }];
    this.#at = Math.max(0, found);
  }

  #changed(fields: readonly string[]): number[] {
    return changes(this.#entries[this.#at]?.fields ?? [], fields);
  }

  #push(fields: readonly string[], from: Lab, to: Lab): void {
    const past = this.#entries.slice(Math.max(0, this.#at + 2 - MOST_ENTRIES), this.#at + 1);
    this.#entries = [...past, { fields: this.#shared(fields), from, to }];
    this.#at = past.length;
    this.told = null;
  }

  #amend(fields: readonly string[]): void {
    const present = this.#entries[this.#at];
    if (present)
      this.#entries = this.#entries.with(this.#at, { ...present, fields: this.#shared(fields) });
  }

  /** Long texts, a picture's pixels, are the same string in every entry that has them. */
  #shared(fields: readonly string[]): string[] {
    const present = this.#entries[this.#at]?.fields ?? [];
    return fields.map((text, i) => (text === present[i] ? present[i] : text));
  }

  #show(lab: Lab): void {
    const { fields = [] } = this.#entries[this.#at] ?? {};
    restoreFields(
      this.state,
      fields.map((text, i) => (KEPT.includes(i) ? text : (this.fields()[i] ?? text))),
    );
    this.fit();
    this.state.lab = lab;
    this.#lab = lab;
    this.#flow.clear();
    this.#wasMoving = false;
    this.gestures.take();
  }
}

/** Which fields of a state are not those of another one. */
const changes = (before: readonly string[], after: readonly string[]): number[] =>
  KEPT.filter((i) => before[i] !== after[i]);
