/** Size of a batch of states: each takes less time than alone, and larger batches gain nothing. */
export const TOGETHER = 8;

/** How many evaluations fill a time, at `each` milliseconds: whole batches, or a part of one that divides it. */
export function batchesIn(milliseconds: number, each: number): number {
  const count = milliseconds / Math.max(each, 1e-3);
  if (count >= TOGETHER) return TOGETHER * Math.floor(count / TOGETHER);
  return Math.max(1, 2 ** Math.floor(Math.log2(Math.max(1, count))));
}

/** Batches of a size for which one takes no longer than a time, so that messages are answered in between; the first is one alone. */
export class PacedBatches {
  #count = 1;

  constructor(private readonly milliseconds: number) {}

  next<T>(run: (count: number) => T): T {
    const begun = performance.now();
    const result = run(this.#count);
    const each = (performance.now() - begun) / this.#count;
    this.#count = Math.min(TOGETHER, batchesIn(this.milliseconds, each));
    return result;
  }
}
