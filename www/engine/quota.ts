/** Room for the workers of several pools: each may have one in any case, and all together no more than there is room for beside. */

interface Holder {
  /** How many it has. */
  readonly workers: number;
  /** Gives back one that does nothing; false where there is none. */
  spare(): boolean;
}

export class WorkerQuota {
  readonly #holders = new Set<Holder>();

  constructor(private readonly most: number) {}

  join(holder: Holder): void {
    this.#holders.add(holder);
  }

  leave(holder: Holder): void {
    this.#holders.delete(holder);
  }

  /** Whether one may have another worker; where there is no room, an idle one of somebody else's makes some. */
  admits(asking: Holder): boolean {
    const holders = [...this.#holders];
    const count = holders.reduce((sum, { workers }) => sum + workers, 0);
    return count < this.most || holders.some((other) => other !== asking && other.spare());
  }
}
