/**
 * What runs in the page beside its own scripts: it notes what the workers are asked and answer, finds the controls on display, and
 * has the page believe that it is not looked at. `install` is handed over as text and closes over nothing.
 */

/** A bound that was computed to its end; both texts are exact, as `encode` makes them. */
export interface Finished {
  /** The call and what it was given, or the task of a job. */
  task: string;
  result: string;
  /** Milliseconds that workers spent on it. */
  spent: number;
}

export interface Control {
  kind: 'slide' | 'choose' | 'select' | 'check' | 'type' | 'press' | 'drag' | 'notice';
  /** Unique among those on display, or empty. */
  name: string;
  value: string;
}

/** What `install` leaves in the page. */
export interface Watch {
  /** The fragment of the page's state, as its links have it. */
  fragment(): string;
  controls(): Control[];
  /** The element of a control, by its index in the list that was asked for last. */
  element(index: number): HTMLElement | null;
  hide(hidden: boolean): void;
  /** Calls that no worker has answered yet, and for how many milliseconds; without those that take as long as there is to do. */
  open(): { call: string; age: number }[];
  /** Whether something is under way that sets a part of the state when it is done. */
  setting(): boolean;
  /** What the page has put on the clipboard last. */
  copied(): string;
  /** Empties the clipboard. */
  forget(): void;
  encode(value: unknown): string;
  decode(text: string): unknown;
  /** A worker of the page's own script. */
  spawn(): Worker;
}

export type Watched = typeof globalThis & {
  soak: Watch;
  soakFinished?: (finished: Finished) => void;
  soakLoaded?: (model: { id: string; text: string }) => void;
};

export function install(): void {
  const scope = globalThis as Watched;
  const arrays = {
    Uint8Array,
    Uint8ClampedArray,
    Float32Array,
    Float64Array,
    Uint32Array,
    Int32Array,
  };

  /** JSON, with typed arrays and with the numbers that it does not have. */
  const encode = (value: unknown): string =>
    JSON.stringify(value, (_, part: unknown) => {
      if (ArrayBuffer.isView(part))
        return { $array: part.constructor.name, of: Array.from(part as Uint8Array, exact) };
      return exact(part);
    });
  const exact = (part: unknown): unknown =>
    typeof part === 'number' && (!Number.isFinite(part) || Object.is(part, -0))
      ? { $number: Object.is(part, -0) ? '-0' : String(part) }
      : part;
  const decode = (text: string): unknown =>
    JSON.parse(text, (_, part: unknown) => {
      const known = part as { $number?: string; $array?: keyof typeof arrays; of: number[] } | null;
      if (known?.$number !== undefined) return Number(known.$number);
      if (known?.$array !== undefined) return arrays[known.$array].from(known.of);
      return part;
    });

  interface Job {
    task: unknown;
    total: number | null;
    result: unknown;
    spent: number;
    done: boolean;
    /** Workers that have it: with the last of them it is gone, or begun anew. */
    holders: Set<Worker>;
  }
  interface Asked {
    call: string;
    /** Some calls are given nothing. */
    params: Record<string, unknown> | null;
    at: number;
  }
  const jobs = new Map<unknown, Job>();
  /** Each is given work for seconds or minutes, and tells how far it is. */
  const LONG = ['advance', 'assist', 'planeAdvance', 'planeTrain', 'planePoint', 'plane'];
  const open = new Set<Asked>();
  let setting = 0;
  /** Its answers become pictures. */
  const isSetting = ({ call }: Asked) => call === 'prepare';
  const begun = (one: Asked) => {
    if (!LONG.includes(one.call)) open.add(one);
    if (isSetting(one)) setting++;
  };
  const ended = (one: Asked) => {
    open.delete(one);
    if (isSetting(one)) setting--;
  };
  const finish = (task: unknown, result: unknown, spent: number) =>
    scope.soakFinished?.({ task: encode(task), result: encode(result), spent });

  /** What a bound depends on; a plane's network would have to be trained first. */
  const alone = ({ call, params }: Asked) =>
    call === 'planePoint' && (params?.['setup'] as { network: unknown }).network === null;

  function leave(worker: Worker, jobId: unknown): void {
    const holders = jobs.get(jobId)?.holders;
    holders?.delete(worker);
    if (holders?.size === 0) jobs.delete(jobId);
  }

  function asked(worker: Worker, { call, params }: Asked): void {
    if (!params) return;
    const { jobId, task } = params;
    if (call === 'openJob') {
      const begun = { task, total: null, result: null, spent: 0, done: false };
      const job = jobs.get(jobId) ?? { ...begun, holders: new Set() };
      jobs.set(jobId, job);
      job.holders.add(worker);
    }
    if (call === 'closeJob') leave(worker, jobId);
    if (call === 'load') {
      const { entry, files } = params as { entry: { id: string }; files: unknown };
      // Those of the site are fetched again.
      if (entry.id.startsWith('own.'))
        scope.soakLoaded?.({ id: entry.id, text: encode({ entry, files }) });
    }
  }

  function answered(one: Asked, result: unknown): void {
    if (!one.params) return;
    const spent = performance.now() - one.at;
    if (alone(one)) {
      const { jobId: _jobId, ...params } = one.params;
      finish({ call: one.call, params }, result, spent);
      return;
    }
    const job = jobs.get(one.params['jobId']);
    if (!job) return;
    if (one.call === 'openJob') job.total = (result as { total: number }).total;
    if (one.call === 'evaluate') job.spent += spent;
    if (one.call !== 'record' || job.done) return;
    const record = result as { evaluations: number; result: unknown };
    job.result = record.result ?? job.result;
    if (record.evaluations !== job.total) return;
    job.done = true;
    finish({ call: 'job', params: { task: job.task } }, job.result, job.spent);
  }

  /** A worker that is not prepared by then goes without. */
  const PREPARED_MS = 5000;
  let script: string | URL = '';
  const { Worker: Plain } = scope;
  class WatchedWorker extends Plain {
    readonly #asked = new Map<number, Asked>();
    #isPrepared = false;

    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      script = url;
      this.addEventListener('message', (event) => {
        const { data } = event;
        if ('prepared' in data) {
          event.stopImmediatePropagation();
          this.#isPrepared = true;
          this.#release();
          return;
        }
        const one = this.#asked.get(data.id);
        if (!one || 'progress' in data) return;
        this.#asked.delete(data.id);
        ended(one);
        if ('result' in data) answered(one, data.result);
      });
    }

    /** What begins the crate waits until the worker watches its memory, or for as long as that may take. */
    #release: () => void = () => undefined;

    #hold(send: () => void): void {
      let held = true;
      this.#release = () => {
        if (held) send();
        held = false;
      };
      if (this.#isPrepared) this.#release();
      else setTimeout(() => this.#release(), PREPARED_MS);
    }

    override postMessage(message: unknown, options?: unknown): void {
      const { id, call, params, cancel } = message as Asked & { id: number; cancel?: number };
      const cancelled = cancel === undefined ? undefined : this.#asked.get(cancel);
      if (cancelled) ended(cancelled);
      if (cancel !== undefined) this.#asked.delete(cancel);
      if (call) {
        const one = { call, params, at: performance.now() };
        asked(this, one);
        this.#asked.set(id, one);
        begun(one);
      }
      const send = () => super.postMessage(message, options as StructuredSerializeOptions);
      if (call === 'start') this.#hold(send);
      else send();
    }

    override terminate(): void {
      for (const one of this.#asked.values()) ended(one);
      this.#asked.clear();
      for (const jobId of [...jobs.keys()]) leave(this, jobId);
      super.terminate();
    }
  }
  scope.Worker = WatchedWorker;

  let hidden = false;
  Object.defineProperties(Document.prototype, {
    hidden: { get: () => hidden, configurable: true },
    visibilityState: { get: () => (hidden ? 'hidden' : 'visible'), configurable: true },
  });

  let copied = '';
  Object.defineProperty(Clipboard.prototype, 'writeText', {
    value: async (text: string) => void (copied = text),
  });

  const SELECTORS: [Control['kind'], string][] = [
    ['slide', 'input[type=range]:enabled'],
    ['choose', 'input[type=radio]:enabled'],
    ['select', 'select:enabled'],
    ['check', 'input[type=checkbox]:enabled'],
    ['type', 'input[type=number]:enabled'],
    ['press', 'button:enabled'],
    ['drag', '[data-testid$=-plane], [data-testid=map], [data-testid=plane-stage]'],
  ];
  let listed: HTMLElement[] = [];

  function nameOf(kind: string, element: HTMLElement): string {
    const input = element as HTMLInputElement;
    if (kind === 'choose') return input.name;
    const near = element.closest('[data-testid]')?.getAttribute('data-testid');
    const anchor = element.closest('[data-anchor]')?.getAttribute('data-anchor');
    return `${kind} ${element.dataset['testid'] ?? anchor ?? near ?? ''}`;
  }

  function valueOf(kind: string, input: HTMLInputElement): string {
    if (kind === 'check') return String(input.checked);
    if (kind !== 'choose') return input.value;
    const chosen = document.querySelector<HTMLInputElement>(`input[name="${input.name}"]:checked`);
    return chosen?.value ?? '';
  }

  function controls(): Control[] {
    const dialog = document.querySelector<HTMLElement>('dialog[open]');
    const roots = dialog ? [dialog] : [...document.querySelectorAll<HTMLElement>('main, #tour')];
    const found: Control[] = [];
    listed = [];
    for (const root of roots)
      for (const [kind, selector] of SELECTORS)
        for (const element of root.querySelectorAll<HTMLElement>(selector)) {
          const shown = element.checkVisibility({ visibilityProperty: true });
          if (!shown || element.closest('[inert], [hidden]')) continue;
          const value = valueOf(kind, element as HTMLInputElement);
          const inNotice = element.closest(
            '[data-testid=notices], [data-testid=loading], [role=alert]',
          );
          listed.push(element);
          found.push({ kind: inNotice ? 'notice' : kind, name: nameOf(kind, element), value });
        }
    // A group of radio buttons is one control, whose value is the checked one's; names that come twice name nothing.
    const counts = new Map<string, number>();
    for (const { kind, name } of found)
      if (kind !== 'choose') counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const control of found) if ((counts.get(control.name) ?? 0) > 1) control.name = '';
    return found;
  }

  scope.soak = {
    fragment: () => document.querySelector('nav a[aria-current=page]')?.getAttribute('href') ?? '#',
    controls,
    element: (index) => listed[index] ?? null,
    hide(next) {
      if (hidden === next) return;
      hidden = next;
      document.dispatchEvent(new Event('visibilitychange'));
    },
    open: () => [...open].map(({ call, at }) => ({ call, age: performance.now() - at })),
    setting: () => setting > 0 || document.querySelector('main [aria-busy=true]') !== null,
    copied: () => copied,
    forget: () => void (copied = ''),
    encode,
    decode,
    spawn: () => new Plain(script, { type: 'module', name: 'undisturbed' }),
  };
}
