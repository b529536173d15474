/** Everything that the run waits for: each step has a name and a deadline, so that a run which stands still says where. */

/** Long enough for a busy machine: whatever takes longer never ends. */
export const LIMIT_MS = 60_000;

/** A step that has not ended in time, or never can. */
export class StoodStill extends Error {
  override name = 'StoodStill';
}

/** Objects of the browser's driver whose steps count, too. */
const DRIVERS = new Set(['BrowserContext', 'CDPSession', 'Keyboard', 'Locator', 'Mouse']);

const isDriver = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && DRIVERS.has(value.constructor.name);

export class Steps {
  #deed = 'the start';
  #began: number;
  #last = 'none';
  /** The first that did not end: whoever waited for it may have gone on without. */
  stood: StoodStill | null = null;

  #stop: (error: StoodStill) => void = () => undefined;
  readonly #stopped: Promise<never>;

  constructor(
    private readonly log: (line: string) => void = () => undefined,
    private readonly limit = LIMIT_MS,
  ) {
    this.#began = performance.now();
    this.#stopped = new Promise((_, reject) => (this.#stop = reject));
    // Nobody need be waiting.
    this.#stopped.catch(() => undefined);
  }

  /** Ends every step, those to come as well: what has crashed answers nothing, and does not say so to all who ask. */
  stop(reason: string): void {
    this.#stand(`${reason} in ${this.last}`);
  }

  #stand(reason: string): StoodStill {
    const error = new StoodStill(reason);
    this.stood ??= error;
    this.log(reason);
    this.#stop(error);
    return error;
  }

  /** What is done, and the step of it that began last. */
  get last(): string {
    return `${this.#last} (${this.#deed})`;
  }

  /** Of what the next steps are a part; the one before has ended. */
  begin(deed: string): void {
    const now = performance.now();
    this.log(`${this.#deed}: ${Math.round(now - this.#began)} ms, last step ${this.#last}`);
    this.#deed = deed;
    this.#began = now;
  }

  /** The promise, or an error once the time is over. */
  async within<T>(name: string, work: Promise<T>, limit = this.limit): Promise<T> {
    this.#last = name;
    const deed = this.#deed;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const seconds = limit / 1000;
      timer = setTimeout(
        () => reject(this.#stand(`${name} (${deed}) has not ended in ${seconds} s`)),
        limit,
      );
    });
    try {
      return await Promise.race([work, late, this.#stopped]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The same object, of which each call that gives a promise is a step with the name of the method. */
  of<T extends object>(target: T, name: string): T {
    return new Proxy(target, {
      get: (_, key) => {
        const value: unknown = Reflect.get(target, key, target);
        const path = `${name}.${String(key)}`;
        if (typeof value !== 'function') return this.#part(value, path);
        return (...parameters: unknown[]) => {
          const given: unknown = Reflect.apply(value, target, parameters);
          if (!(given instanceof Promise)) return this.#part(given, path);
          const call = typeof parameters[0] === 'string' ? `${path} ${parameters[0]}` : path;
          return this.within(call.slice(0, 80), given).then((result) => this.#part(result, path));
        };
      },
    });
  }

  #part(value: unknown, name: string): unknown {
    return isDriver(value) ? this.of(value, name) : value;
  }
}
