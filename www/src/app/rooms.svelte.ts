import { untrack } from 'svelte';
import type { Command } from '../commands/command.ts';
import { definitionOf, LABS } from '../labs/index.ts';
import type { Controller, LabContext, LabModule, Offer } from '../labs/module.ts';
import type { Lab } from '../state.ts';

/** The labs whose code is there, and those that have been opened. */
export class Rooms {
  modules = $state.raw<Partial<Record<Lab, LabModule<Controller>>>>({});
  controllers = $state.raw<Partial<Record<Lab, Controller>>>({});
  /** In the order in which they were opened. */
  opened = $state.raw<readonly Lab[]>([]);
  #waiting = new Map<Lab, ((controller: Controller) => void)[]>();

  constructor(private readonly report: (error: unknown) => void) {}

  /** Fetches the code of a lab. */
  async fetch(lab: Lab): Promise<void> {
    if (untrack(() => this.modules[lab])) return;
    try {
      const { default: module } = await definitionOf(lab).load();
      // A view takes the controller that stands beside it in its module, and no other.
      const plain = module as unknown as LabModule<Controller>;
      this.modules = { ...this.modules, [lab]: plain };
    } catch (error) {
      this.report(error);
    }
  }

  /** For labs that are likely to be opened later. */
  async fetchAll(): Promise<void> {
    await Promise.all(LABS.map(({ id }) => this.fetch(id)));
  }

  open(lab: Lab): void {
    const opened = untrack(() => this.opened);
    if (!opened.includes(lab)) this.opened = [...opened, lab];
    void this.fetch(lab);
  }

  /** Calls back when the lab has its controller: at once where it is open. */
  when(lab: Lab, then: (controller: Controller) => void): void {
    const controller = this.controllers[lab];
    if (controller) then(controller);
    else this.#waiting.set(lab, [...(this.#waiting.get(lab) ?? []), then]);
  }

  /** Tells of the controller of a lab that begins. */
  enter(lab: Lab, controller: Controller): void {
    this.controllers = { ...this.controllers, [lab]: controller };
    for (const then of this.#waiting.get(lab) ?? []) then(controller);
    this.#waiting.delete(lab);
  }

  leave(lab: Lab): void {
    const { [lab]: _, ...others } = this.controllers;
    this.controllers = others;
  }

  /** In the order of the navigation. */
  get offers(): Offer[] {
    return LABS.flatMap(({ id }) => [...(this.controllers[id]?.offers ?? [])]);
  }

  /** Whether something plays in any lab. */
  get moving(): boolean {
    return Object.values(this.controllers).some(({ moving }) => moving);
  }

  /** What an open lab can be told. */
  commands(lab: Lab, context: LabContext): readonly Command[] {
    const [module, controller] = [this.modules[lab], this.controllers[lab]];
    return (controller && module?.commands?.(controller, context)) ?? [];
  }

  /** Stops what plays in any lab. */
  pause(): void {
    for (const controller of Object.values(this.controllers)) controller.pause?.();
  }
}
