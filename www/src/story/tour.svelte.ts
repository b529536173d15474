import type { Page } from '../page.svelte.ts';
import { parseState, printState } from '../address/address.ts';
import { recall, remember } from './memory.ts';
import { TOUR_STEPS, type TourStep } from '../state.ts';
import type { Site } from '../labs/stops.ts';
import { stateAt, stepsFor } from './tour.ts';

/** The state of the guided tour; its current step is part of the page's state, and so of its address. */
export class Tour {
  /** The step to resume at; null before the tour begins and after its end. */
  left = $state<TourStep | null>(null);
  /** Whether the tour has just ended and the earlier page can be restored. */
  offering = $state(false);
  #before: string | null;
  #starting = false;

  /** The steps that the site can show. */
  steps = $derived.by(() => stepsFor(this.site()));

  constructor(
    private readonly page: Page,
    private readonly site: () => Site | null = () => null,
  ) {
    const { step, before } = recall();
    this.left = step;
    this.#before = before;
    $effect(() => {
      if (this.step) this.#note(this.step);
    });
    // An address, or what was remembered, can name a step that this site cannot show.
    $effect(() => {
      if (this.step && !this.steps.includes(this.step)) this.#skip(this.step);
    });
  }

  get step(): TourStep | null {
    return this.page.state.tour;
  }

  get index(): number {
    return this.step ? this.steps.indexOf(this.step) : -1;
  }

  get last(): boolean {
    return this.index === this.steps.length - 1;
  }

  /** Begins at a step, or goes to it. */
  visit(step: TourStep): void {
    if (this.step) this.go(step);
    else this.start(step);
  }

  /** Resumes the tour, or begins it. */
  start(at = this.left): void {
    this.#before = printState({ ...this.page.state, tour: null });
    this.offering = false;
    this.#starting = true;
    const first = at ? this.#nearest(at) : this.steps[0];
    if (first) this.go(first);
  }

  /** Whether the current step was opened by a start of the tour: true once for each start. */
  takeFocus(): boolean {
    const starting = this.#starting;
    this.#starting = false;
    return starting;
  }

  /** Sets the page to a step, also to the current one. */
  go(step: TourStep): void {
    this.page.go(stateAt(step, this.page.state));
  }

  next(): void {
    const step = this.steps[this.index + 1];
    if (step) this.go(step);
    else this.#end(null);
  }

  back(): void {
    const step = this.steps[this.index - 1];
    if (step) this.go(step);
  }

  close(): void {
    this.#end(this.step);
  }

  /** The page as it was when the tour began, in the language it speaks now. */
  restore(): void {
    const before = this.#before;
    this.stay();
    if (before !== null)
      this.page.go({ ...parseState(before).state, language: this.page.state.language });
  }

  stay(): void {
    this.offering = false;
    this.#before = null;
    remember({ step: this.left, before: null });
  }

  #end(left: TourStep | null): void {
    this.page.state.tour = null;
    this.left = left;
    remember({ step: left, before: this.#before });
    this.offering = this.#before !== null && this.#before !== printState(this.page.state);
  }

  /** The step if it can be shown, else the next one that can, else the last. */
  #nearest(step: TourStep): TourStep | undefined {
    const later = TOUR_STEPS.slice(TOUR_STEPS.indexOf(step));
    return later.find((one) => this.steps.includes(one)) ?? this.steps.at(-1);
  }

  #skip(step: TourStep): void {
    const nearest = this.#nearest(step);
    // In place of the step, so that the browser's Back does not lead to it again.
    if (nearest) Object.assign(this.page.state, stateAt(nearest, this.page.state));
  }

  #note(step: TourStep): void {
    this.left = step;
    remember({ step, before: this.#before });
  }
}
