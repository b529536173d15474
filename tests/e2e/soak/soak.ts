/** The run itself: deeds and disturbances in turn, a calm from time to time, and what is looked at after each. */
import { availableParallelism } from 'node:os';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { FIELDS } from '../../../www/src/address/fields.ts';
import { type Lab, LABS } from '../../../www/src/labs/index.ts';
import { levels } from '../fixtures.ts';
import { Bounds } from './bounds.ts';
import { changed, Ledger, mayChange, MOVING } from './ledger.ts';
import { keepMemories, Meter } from './memory.ts';
import { growing, type MemorySample, type Report, settled } from './report.ts';
import { grownBetween, type Kept } from './snapshot.ts';
import { type Action, script } from './script.ts';
import { LIMIT_MS, Steps } from './steps.ts';
import { Visitor } from './visitor.ts';
import { World } from './world.ts';
import { type Finished, install, type Watched } from './watch.ts';

export /** Minutes from which on a run is long enough to tell whether memory grows. */
const LONG = 10;

interface Options {
  seed: number;
  /** From the start to the end, all told. */
  minutes: number;
  /** When it began, in milliseconds. */
  started: number;
  /** Takes a line for each deed. */
  log: (line: string) => void;
}

/** Complaints of the browser that are this program's doing. */
const PROVOKED = 'provoked';
const OF_THE_NETWORK =
  /net::ERR_|Failed to fetch|Failed to load|dynamically imported module|NetworkError/;

/** Bounds that are finished soon, for the calm. */
const FEW = { lab: 'elbo', k: '100', timesteps: '64', perClass: '10', T: '50', t: '25' } as const;
/** Share of the time after which the page is loaded anew now and then. */
const UNBROKEN = 0.5;
const REST_MS = 90_000;
const ANSWER_MS = 20_000;
/** What is asked of a page that may be dead. */
const LAST_WORDS_MS = 5000;
const MOST_FAULTS = 30;

export class Soak {
  readonly #report: Report;
  readonly #bounds = new Bounds();
  readonly #workers = availableParallelism();
  readonly #steps: Steps;
  #recent: string[] = [];
  #context!: BrowserContext;
  /** Each call of it is a step. */
  #page!: Page;
  #plain: Page | undefined;
  /** What the page kept at each measurement. */
  #kept: Kept[] = [];
  #visitor!: Visitor;
  #world!: World;
  #ledger!: Ledger;
  /** Minutes that the last ones took; until there is one, what they take on a machine of two cores. */
  #took = { calm: 0.25, reload: 0.15 };

  constructor(
    private readonly browser: Browser,
    private readonly url: string,
    private readonly options: Options,
  ) {
    this.#steps = new Steps((line) => options.log(`${this.#now.toFixed(2)} ${line}`));
    const none = { done: {}, skipped: {}, killed: 0, reloads: 0, compared: 0, memory: [] };
    this.#report = {
      ...none,
      seed: options.seed,
      minutes: 0,
      bounds: { distinct: 0, finished: 0, exported: 0 },
      grown: '',
      faults: [],
    };
  }

  /** Minutes since the start. */
  get #now(): number {
    return (Date.now() - this.options.started) / 60_000;
  }

  /** Minutes that are left for use and disturbance, when the end needs its part. */
  get #left(): number {
    const again = this.#bounds.spent / this.#workers / 60_000;
    return this.options.minutes - this.#now - again - this.#took.calm - this.#took.reload;
  }

  /** Does the calm or the loading, and remembers how many minutes that takes. */
  async #timed(what: 'calm' | 'reload'): Promise<void> {
    const before = this.#now;
    await (what === 'calm' ? this.#calm() : this.#reload());
    this.#took[what] = this.#now - before;
  }

  #fault(what: string): void {
    const { faults } = this.#report;
    const at = `minute ${this.#now.toFixed(1)}, after ${this.#recent.slice(-6).join(', ')}`;
    const told = faults.some((fault) => fault.startsWith(what.slice(0, 120)));
    if (!told && faults.length < MOST_FAULTS) {
      faults.push(`${what} (${at})`);
      console.log(`fault: ${what} (${at})`);
    }
  }

  /** A run that breaks off, or stands still, tells what it had until then. */
  async run(): Promise<Report> {
    try {
      await this.#run();
    } catch (error) {
      const { stack = '' } = error as Error;
      this.#fault(`the run ended early: ${this.#steps.stood?.message ?? stack}`);
      this.#fault(await this.#lastWords());
    }
    return this.#close();
  }

  async #run(): Promise<void> {
    await this.#open();
    const actions = script(this.options.seed);
    const { minutes } = this.options;
    /** Minutes from one calm to the next, and from one loading to the next. */
    const [calm, visit] = [Math.min(1, minutes / 4), Math.min(2, minutes / 6)];
    let [calmed, loaded] = [this.#now, this.#now];
    while (this.#left > 0) {
      await this.#do(actions.next().value);
      if (this.#now - calmed > calm) {
        await this.#timed('calm');
        calmed = this.#now;
      }
      if (this.#now > UNBROKEN * minutes && this.#now - loaded > visit) {
        await this.#timed('reload');
        loaded = this.#now;
      }
    }
    await this.#calm();
    await this.#reload();
    this.#steps.begin('close the page');
    await this.#context.close();
    this.#steps.begin('compute the bounds again');
    const { browser, url } = this;
    for (const fault of await this.#bounds.verify(browser, url, this.#workers, this.#steps))
      this.#fault(fault);
    this.#steps.begin('the end');
  }

  /** Whether the page still answers when the run has stood still, and what its workers have not answered. */
  async #lastWords(): Promise<string> {
    const asked = this.#plain?.evaluate(() => {
      const open = (globalThis as unknown as Watched).soak.open();
      const words = open.map(({ call, age }) => `${call} for ${Math.round(age / 1000)} s`);
      return `${document.visibilityState}, calls to workers ${words.join(', ') || 'none'}`;
    });
    try {
      const words = await new Steps(undefined, LAST_WORDS_MS).within('it', Promise.resolve(asked));
      return `the page then answered: ${words}`;
    } catch (error) {
      return `the page then did not answer: ${(error as Error).message}`;
    }
  }

  #close(): Report {
    const report = this.#report;
    for (const fault of this.#bounds.faults) this.#fault(`not the same twice: ${fault}`);
    for (const trend of growing(report.memory)) this.#fault(trend);
    const [before, after] = [settled(this.#kept)[0], this.#kept.at(-1)];
    if (before && after) report.grown = grownBetween(before, after);
    report.bounds.distinct = this.#bounds.distinct;
    report.bounds.finished = this.#bounds.finished;
    report.minutes = this.#now;
    return report;
  }

  async #open(): Promise<void> {
    const steps = this.#steps;
    const plain = await this.browser.newContext({ acceptDownloads: false });
    const context = steps.of(plain, 'context');
    this.#plain = await plain.newPage();
    const page = steps.of(this.#plain, 'page');
    this.#context = context;
    this.#page = page;
    this.#world = new World(page, context, new URL(this.url).origin);
    this.#visitor = new Visitor(page, this.#world);
    await context.exposeFunction('soakFinished', (one: Finished) => this.#bounds.add(one));
    await context.exposeFunction('soakLoaded', (model: { id: string; text: string }) =>
      this.#bounds.keep(model),
    );
    await page.addInitScript(install);
    // One that ends at once does not answer.
    page.on('worker', (worker) => void worker.evaluate(keepMemories).catch(() => undefined));
    const complain = (text: string) => {
      const cut = Date.now() < this.#world.complaintsUntil && OF_THE_NETWORK.test(text);
      if (!cut && !text.includes(PROVOKED)) this.#fault(text);
    };
    page.on('pageerror', (error) => complain(`uncaught: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error')
        complain(`console: ${message.text()} (${message.location().url})`);
    });
    page.on('crash', () => steps.stop('the page crashed'));
    await page.goto(`${this.url}#lang=en`);
    await page.getByTestId('loading').waitFor({ state: 'hidden' });
    if (this.options.minutes >= LONG) await this.#meetModels();
    this.#ledger = new Ledger(await this.#visitor.fields());
  }

  /** Looks at every model of the site: the page keeps the files of those that it has had, to give them to a new worker. */
  async #meetModels(): Promise<void> {
    const page = this.#page;
    const all = await page.evaluate(async () => {
      const list = (await (await fetch('./models/manifest.json')).json()) as {
        models: { id: string; kind: string }[];
      };
      return list.models.map(({ id, kind }) => ({ id, kind }));
    });
    for (const { id, kind } of all) {
      if (kind === 'hvae') continue; // The ELBO lab has them beside the others of their data.
      const state = new URLSearchParams({ lang: 'en', ...FEW, [kind]: id });
      await page.goto(`${this.url}#${state.toString()}`);
      await this.#answered();
    }
    await page.goto(`${this.url}#lang=en`);
    await this.#answered();
  }

  get #lab(): Lab {
    return LABS.find(({ id }) => id === this.#ledger.fields['lab'])?.id ?? 'latent';
  }

  /** One action, and whether it changed what it may change. */
  async #do(action: Action, allowed?: readonly string[]): Promise<void> {
    const { kind } = action;
    const [lab, tour] = [this.#lab, this.#ledger.fields['tour'] !== 'none'];
    this.#steps.begin(this.#describe(action));
    const deed = await this.#visitor.act(action);
    this.#report.killed = this.#world.killed;
    const count = deed ? this.#report.done : this.#report.skipped;
    count[kind] = (count[kind] ?? 0) + 1;
    if (deed) this.#recent = [...this.#recent.slice(-20), this.#describe(action)];
    await this.#visitor.still();
    // A deed that was given up may have been done all the same, on a machine that is slow to answer.
    const { control } = deed || {};
    const may = allowed ?? mayChange(kind, lab, tour, control?.name);
    for (const lost of this.#ledger.take(await this.#visitor.fields(), may, control))
      this.#fault(`a setting was lost: ${lost}`);
    if (!deed) return;
    await this.#compare();
    // One that followed from another fault is told of with it.
    const panic = this.#page.getByTestId('panic');
    if ((await panic.count()) > 0) this.#fault(`a part failed: ${await panic.first().innerText()}`);
    if (this.#steps.stood) throw this.#steps.stood;
  }

  #describe(action: Action): string {
    const words = Object.values(action).filter((value) => typeof value === 'string');
    return words.join(' ').slice(0, 60);
  }

  /** Controls on display stand where they were put. */
  async #compare(): Promise<void> {
    const shown = await this.#visitor.shown();
    const astray = this.#ledger.astray(shown);
    this.#report.compared += this.#ledger.settings;
    for (const one of astray) this.#fault(`a setting is not shown: ${one}`);
  }

  /** The world is as it was, and the page recovers: all bounds of a picture are finished, though a worker is lost on the way. */
  async #calm(): Promise<void> {
    this.#steps.begin('calm');
    const visitor = this.#visitor;
    await visitor.close();
    await this.#world.restore();
    await visitor.answerNotices();
    const fields: Record<string, string> = { ...(await visitor.fields()), ...FEW, tour: 'none' };
    const wanted = FIELDS.map(({ key }) => `${key}=${fields[key]}`).join('&');
    const allowed = [...Object.keys(FEW), 'tour', 'step', 'image'];
    await this.#do({ kind: 'address', fragment: wanted, sound: true }, allowed);
    await this.#do({ kind: 'kill', which: 0.99, how: 'throws' });
    if (await this.#rest()) await this.#export();
    await this.#measure();
  }

  /** The numbers that the ELBO lab hands out are those that workers have said. */
  async #export(): Promise<void> {
    const visitor = this.#visitor;
    const exported = await visitor.exported();
    const covers = exported ? '' : await visitor.covers('elbo-share');
    await visitor.close();
    const { compared, faults } = this.#bounds.check(exported);
    this.#report.bounds.exported += compared;
    for (const fault of faults) this.#fault(fault + covers);
  }

  /** Whether all bounds of the picture come to their end. */
  async #rest(): Promise<boolean> {
    this.#steps.begin('come to rest');
    const page = this.#page;
    const unfinished = page.locator(
      '[data-testid=elbo-lab] article[data-status]:not([data-status=done])',
    );
    // Where a model is fetched again, there is nothing yet that could be unfinished.
    const results = page.locator('[data-testid=elbo-share]:enabled');
    const until = Date.now() + REST_MS;
    while (Date.now() < until) {
      await this.#visitor.answerNotices();
      await this.#visitor.resume();
      if ((await unfinished.count()) === 0 && (await results.count()) > 0) return true;
      await page.waitForTimeout(250);
    }
    const states = await unfinished.evaluateAll((articles) =>
      articles.map((article) => `${article.dataset['testid']} ${article.dataset['status']}`),
    );
    const told = await page.getByTestId('elbo-lab').innerText();
    const lab = states.length > 0 ? '' : `; the lab says ${told.slice(0, 600)}`;
    this.#fault(`does not come to rest: ${states.join(', ') || 'nothing to export'}${lab}`);
    return false;
  }

  /** In the first lab, with nothing under way. */
  async #measure(): Promise<void> {
    if (this.#report.reloads > 0) return;
    await this.#do({ kind: 'lab', lab: 'latent' });
    await this.#answered();
    this.#steps.begin('measure memory');
    const meter = await Meter.of(this.#page);
    const sample: MemorySample = { at: this.#now, ...(await meter.read()) };
    await meter.close();
    if (meter.kept) this.#kept.push(meter.kept);
    this.#report.memory.push(sample);
  }

  /** Waits until nothing is under way; a call that stays open for longer than anything takes is one that is never answered. */
  async #answered(): Promise<void> {
    const until = Date.now() + ANSWER_MS;
    let open: { call: string; age: number }[];
    do {
      await this.#page.waitForTimeout(200);
      open = await this.#page.evaluate(() => (globalThis as unknown as Watched).soak.open());
    } while (open.length > 0 && Date.now() < until);
    const lost = open.filter(({ age }) => age > ANSWER_MS).map(({ call }) => call);
    if (lost.length > 0)
      this.#fault(`calls to workers that are never answered: ${lost.join(', ')}`);
  }

  /** Loads the page anew: what was set is still set, and the picture is the same. */
  async #reload(): Promise<void> {
    this.#steps.begin('reload');
    const visitor = this.#visitor;
    const page = this.#page;
    await visitor.close();
    await this.#world.restore();
    await visitor.answerNotices();
    await visitor.still();
    const before = await visitor.fields();
    await page.waitForTimeout(500);
    const moves = changed(before, await visitor.fields()).some((key) => MOVING.has(key));
    const picture = await this.#picture();
    const now = await visitor.fields();
    this.#recent.push('reload');
    await page.reload();
    await page.getByTestId('loading').waitFor({ state: 'hidden', timeout: LIMIT_MS / 2 });
    this.#report.reloads++;
    const after = await visitor.fields();
    for (const lost of this.#ledger.take(after, mayChange('reload', this.#lab, false)))
      this.#fault(`a setting was lost in loading anew: ${lost}`);
    if (!moves)
      for (const key of changed(now, after))
        this.#fault(`lost in loading anew: ${key}: ${now[key]} became ${after[key]}`);
    for (const { id } of LABS) {
      await this.#do({ kind: 'lab', lab: id });
      if (id !== 'elbo') continue;
      const again = await this.#picture();
      if (picture && again !== picture)
        this.#fault('the picture is another one after loading anew');
    }
  }

  /** The levels of the ELBO lab's picture; null where it is not on display. */
  async #picture(): Promise<string | null> {
    await this.#do({ kind: 'lab', lab: 'elbo' });
    const canvas = this.#page.locator('[data-testid=elbo-picture]:visible').first();
    let last = '';
    for (let i = 0; i < 40; i++) {
      await this.#page.waitForTimeout(150);
      const now = JSON.stringify(await levels(canvas).catch(() => null));
      if (now === last && /[1-9]/.test(now)) return now;
      last = now;
    }
    return null;
  }
}
