/** Bounds that were finished while the page was disturbed, and the same ones of a page that is left alone. */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import {
  classRows,
  diffusionRows,
  latentRows,
  type Row,
} from '../../../www/src/scoring/results.ts';
import { LIMIT_MS, type Steps } from './steps.ts';
import { type Finished, install, type Watched } from './watch.ts';

/** The classes of the site's models, by the model's id. */
const CLASSES = new Map(
  (
    JSON.parse(readFileSync(new URL('../../../models/manifest.json', import.meta.url), 'utf8')) as {
      models: { id: string; classes?: string[] }[];
    }
  ).models.map(({ id, classes = [] }) => [id, classes]),
);

/** Each distinct bound once, with how often it was finished. */
export class Bounds {
  #known = new Map<string, { result: string; times: number; spent: number }>();
  #models = new Map<string, string>();
  /** Bounds that were finished twice and not the same. */
  readonly faults: string[] = [];

  /** Takes one that was finished. */
  add({ task, result, spent }: Finished): void {
    const known = this.#known.get(task);
    if (!known) {
      this.#known.set(task, { result, times: 1, spent });
      return;
    }
    known.times++;
    if (known.result !== result) this.faults.push(difference(task, known.result, result));
  }

  /** Compares an export of the ELBO lab, whose bounds are all finished, with what the workers have said. */
  check(exported: string): { compared: number; faults: string[] } {
    if (!exported) return { compared: 0, faults: ['the ELBO lab has exported nothing: '] };
    const { image, models, results } = JSON.parse(exported) as {
      image: number[];
      models: { name: string; id: string }[];
      results: Row[];
    };
    // Models of the visitor's own are named by their titles too.
    const named = (text: string) =>
      models.reduce((found, { name, id }) => found.replace(name, id), text);
    const own = JSON.stringify(image);
    const known = new Set<string>();
    for (const [text, { result }] of this.#known) {
      const { call, params } = JSON.parse(text) as { call: string; params: { task: Task } };
      if (call !== 'job' || JSON.stringify(params.task.image.of) !== own) continue;
      for (const row of rowsOf(params.task, revive(result))) known.add(JSON.stringify(row));
    }
    const faults = results.flatMap((row) => {
      const text = JSON.stringify({ ...row, model: named(row.model) });
      return known.has(text) ? [] : [`an export has a number that no worker has said: ${text}`];
    });
    return { compared: results.length, faults };
  }

  /** Keeps the files of a model of the visitor's own. */
  keep({ id, text }: { id: string; text: string }): void {
    this.#models.set(id, text);
  }

  get distinct(): number {
    return this.#known.size;
  }

  get finished(): number {
    return [...this.#known.values()].reduce((sum, { times }) => sum + times, 0);
  }

  /** Milliseconds that all distinct ones take a worker. */
  get spent(): number {
    return [...this.#known.values()].reduce((sum, { spent }) => sum + spent, 0);
  }

  /** Computes all of them anew, each in one piece by one worker of a page that nothing disturbs. */
  async verify(browser: Browser, url: string, workers: number, steps: Steps): Promise<string[]> {
    const page = await undisturbed(browser, url);
    const tasks = [...this.#known.keys()];
    const models = Object.fromEntries(this.#models);
    const found: string[] = [];
    const computer = async (number: number) => {
      const begun = page.evaluate(
        ({ number, models }) =>
          (
            globalThis as unknown as { computers: (n: number, m: object) => Promise<void> }
          ).computers(number, models),
        { number, models },
      );
      await steps.within(`begin worker ${number}`, begun);
      for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
        const { result: known, spent } = this.#known.get(task) ?? { result: '', spent: 0 };
        const computed = page.evaluate(
          ({ number, task }) =>
            (
              globalThis as unknown as { compute: (n: number, t: string) => Promise<string> }
            ).compute(number, task),
          { number, task },
        );
        const result = await steps.within(nameOf(task), computed, LIMIT_MS + 20 * spent);
        if (known !== result) found.push(difference(task, known, result));
      }
    };
    await Promise.all(Array.from({ length: workers }, (_, number) => computer(number)));
    await page.context().close();
    return found;
  }
}

interface Task {
  kind: 'latent' | 'diffusion' | 'classes';
  model: string;
  image: { of: number[] };
}

function rowsOf({ kind, model }: Task, result: unknown): Row[] {
  if (kind === 'latent') return latentRows(model, result as Parameters<typeof latentRows>[1]);
  if (kind === 'diffusion')
    return diffusionRows(model, result as Parameters<typeof diffusionRows>[1]);
  return classRows(model, CLASSES.get(model) ?? [], result as Parameters<typeof classRows>[2]);
}

/** Undoes what the page's `encode` does; arrays of a type become plain ones. */
const revive = (text: string): unknown =>
  JSON.parse(text, (_, part: { $number?: string; $array?: string; of?: number[] } | null) =>
    part?.$number === undefined ? (part?.$array ? part.of : part) : Number(part.$number),
  );

/** Which bound it is, in a line. */
export function nameOf(task: string): string {
  const { call, params } = JSON.parse(task) as { call: string; params: Record<string, unknown> };
  const part = (params['task'] ?? params) as Record<string, unknown>;
  const { image: _image, ...rest } = part;
  return `${call} ${JSON.stringify(rest)}`;
}

/** Where two exact results part. */
export function difference(task: string, disturbed: string, quiet: string): string {
  let at = 0;
  while (at < quiet.length && disturbed[at] === quiet[at]) at++;
  const near = (text: string) => text.slice(Math.max(0, at - 40), at + 40);
  return `${nameOf(task)}: “${near(disturbed)}” where an undisturbed page has “${near(quiet)}”`;
}

async function undisturbed(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(install);
  await page.goto(url);
  await page.getByTestId('loading').waitFor({ state: 'hidden' });
  await page.evaluate(provide);
  return page;
}

/** Gives the page `computers` and `compute`; handed over as text. */
function provide(): void {
  const { soak } = globalThis as unknown as Watched;
  interface Loaded {
    entry: { id: string; files: Record<string, { path: string }> };
    files: Record<string, Uint8Array>;
  }
  class Computer {
    #worker = soak.spawn();
    #id = 0;
    #loaded = new Set<string>();
    #models = new Map<string, () => Promise<Loaded>>();

    ask(call: string, params: unknown, transfer: Transferable[] = []): Promise<unknown> {
      const id = this.#id++;
      return new Promise((resolve, reject) => {
        const listen = ({ data }: MessageEvent) => {
          if (data.id !== id || 'progress' in data) return;
          this.#worker.removeEventListener('message', listen);
          if ('result' in data) resolve(data.result);
          else reject(new Error(`${call}: ${data.error.message}`));
        };
        this.#worker.addEventListener('message', listen);
        this.#worker.postMessage({ id, call, params }, transfer);
      });
    }

    async start(own: Record<string, string>): Promise<void> {
      const resources = performance.getEntriesByType('resource').map(({ name }) => name);
      const wasm = resources.find((name) => /elbo_room_bg.*\.wasm$/.test(name)) ?? '';
      await this.ask('start', { module: await WebAssembly.compileStreaming(fetch(wasm)) });
      const json = await (await fetch('models/manifest.json')).text();
      const { models } = (await this.ask('manifest', { json })) as { models: Loaded['entry'][] };
      for (const entry of models) {
        this.#models.set(entry.id, async () => {
          const files = Object.entries(entry.files).map(async ([role, { path }]) => {
            const bytes = await (await fetch(`models/${path}`)).arrayBuffer();
            return [role, new Uint8Array(bytes)] as const;
          });
          return { entry, files: Object.fromEntries(await Promise.all(files)) };
        });
      }
      for (const [id, text] of Object.entries(own))
        this.#models.set(id, async () => soak.decode(text) as Loaded);
    }

    async #need(model: string): Promise<void> {
      if (this.#loaded.has(model)) return;
      const supply = await this.#models.get(model)?.();
      if (!supply) throw new Error(`no model ${model}`);
      await this.ask('load', supply);
      this.#loaded.add(model);
    }

    async compute(text: string): Promise<string> {
      const { call, params } = soak.decode(text) as {
        call: string;
        params: Record<string, unknown>;
      };
      const task = params['task'] as { model: string } | undefined;
      const model = task?.model ?? (params['model'] as string | undefined);
      if (model) await this.#need(model);
      const jobId = this.#id;
      if (!task) return soak.encode(await this.ask(call, { ...params, jobId }));
      const { total } = (await this.ask('openJob', { jobId, task })) as { total: number };
      const values = await this.ask('evaluate', { jobId, from: 0, to: total });
      const { result } = (await this.ask('record', { jobId, from: 0, values })) as {
        result: unknown;
      };
      await this.ask('closeJob', { jobId });
      return soak.encode(result);
    }
  }
  const computers: Computer[] = [];
  Object.assign(globalThis, {
    computers: (number: number, own: Record<string, string>) =>
      (computers[number] = new Computer()).start(own),
    compute: (number: number, task: string) => computers[number]?.compute(task),
  });
}
