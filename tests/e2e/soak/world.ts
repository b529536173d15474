/** What surrounds the page: its network, its room in the browser, whether it is looked at, and its workers' lives. */
import type { BrowserContext, CDPSession, Page } from '@playwright/test';
import type { Action } from './script.ts';
import type { Watched } from './watch.ts';

/** How long the browser still complains of a network that is back. */
const COMPLAINTS_MS = 4000;

export class World {
  /** What is cut now. */
  cut: 'off' | 'models' | 'scripts' | null = null;
  /** Until when the browser may complain of the network, in milliseconds. */
  complaintsUntil = 0;
  killed = 0;
  #devtools: CDPSession | null = null;

  constructor(
    private readonly page: Page,
    private readonly context: BrowserContext,
    private readonly origin: string,
  ) {}

  /** The world as it was: connected, with room, and looked at. */
  async restore(): Promise<void> {
    await this.network(null);
    await this.quota(null);
    await this.hide(false);
  }

  hide(hidden: boolean): Promise<void> {
    return this.page.evaluate((hidden) => (globalThis as Watched).soak.hide(hidden), hidden);
  }

  async quota(bytes: number | null): Promise<void> {
    this.#devtools ??= await this.context.newCDPSession(this.page);
    await this.#devtools.send('Storage.overrideQuotaForOrigin', {
      origin: this.origin,
      ...(bytes !== null && { quotaSize: bytes }),
    });
  }

  async network(cut: World['cut']): Promise<void> {
    if (this.cut === cut) return;
    this.complaintsUntil = cut ? Infinity : Date.now() + COMPLAINTS_MS;
    await this.context.setOffline(cut === 'off');
    await this.page.unrouteAll({ behavior: 'ignoreErrors' });
    if (cut === 'models') await this.page.route('**/models/**', (route) => route.abort('failed'));
    if (cut === 'scripts')
      await this.page.route('**/assets/*.js', (route) => route.abort('failed'));
    this.cut = cut;
  }

  /** Ends one of the page's workers; false where it has none. */
  async kill({ which, how }: Extract<Action, { kind: 'kill' }>): Promise<boolean> {
    const workers = this.page.workers();
    const worker = workers[Math.floor(which * workers.length)];
    if (!worker) return false;
    const end =
      how === 'ends'
        ? () => self.close()
        : () => {
            setTimeout(() => {
              throw new WebAssembly.RuntimeError('provoked');
            });
          };
    // One that computes hears of it only later, and one that ends does not answer.
    await Promise.race([
      worker.evaluate(end).catch(() => undefined),
      this.page.waitForTimeout(300),
    ]);
    this.killed++;
    return true;
  }
}
