import { CancelledError } from './errors.ts';

/**
 * At most one job in flight and one waiting; a newer job takes the waiting one's place, which then settles as
 * cancelled. A slider that moves faster than the decoder thus always ends on its last value.
 */
export class LatestQueue {
  #busy = false;
  #waiting: { run: () => void; drop: () => void } | null = null;

  submit<T>(job: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const run = () => {
        this.#busy = true;
        job()
          .then(resolve, reject)
          .finally(() => {
            this.#busy = false;
            const next = this.#waiting;
            this.#waiting = null;
            next?.run();
          });
      };
      if (!this.#busy) return run();
      this.#waiting?.drop();
      this.#waiting = {
        run,
        drop: () => reject(new CancelledError('a newer value took its place')),
      };
    });
  }
}
