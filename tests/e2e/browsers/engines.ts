/** The three engines that Debian has, each driven through the protocol that it speaks itself. */
import { type ChildProcess, spawn } from 'node:child_process';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { Builder, Capabilities, Origin, type WebDriver } from 'selenium-webdriver';
import { executable } from '../executable.ts';
import { freePort } from '../ports.ts';
import type { Point, Visitor } from './visitor.ts';

const WIDTH = 1280;
const HEIGHT = 900;

class PuppeteerVisitor implements Visitor {
  private constructor(
    readonly name: string,
    private readonly browser: Browser,
    private readonly page: Page,
  ) {}

  static async launch(
    name: string,
    options: NonNullable<Parameters<typeof puppeteer.launch>[0]>,
  ): Promise<Visitor> {
    const browser = await puppeteer.launch({
      headless: true,
      defaultViewport: { width: WIDTH, height: HEIGHT },
      ...options,
    });
    return new PuppeteerVisitor(name, browser, await browser.newPage());
  }

  async open(url: string): Promise<void> {
    await this.page.goto('about:blank');
    await this.page.goto(url);
  }

  evaluate<Arguments extends unknown[], Result>(
    run: (...given: Arguments) => Result | Promise<Result>,
    ...given: Arguments
  ): Promise<Result> {
    return this.page.evaluate(run as (...given: unknown[]) => unknown, ...given) as Promise<Result>;
  }

  async drag(points: readonly Point[]): Promise<void> {
    const { mouse } = this.page;
    const [first = [0, 0], ...others] = points;
    await mouse.move(...first);
    await mouse.down();
    for (const point of others) await mouse.move(...point);
    await mouse.up();
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}

class WebKitVisitor implements Visitor {
  readonly name = 'WebKitGTK';

  private constructor(
    private readonly service: ChildProcess,
    private readonly driver: WebDriver,
  ) {}

  static async launch(): Promise<Visitor> {
    const port = await freePort();
    const command = [executable('WebKitWebDriver', 'WEBKIT_DRIVER'), `--port=${port}`];
    // It has no headless mode.
    if (!process.env['DISPLAY']) command.unshift(executable('xvfb-run', 'XVFB_RUN'), ...SCREEN);
    const [program = '', ...options] = command;
    // A process group of its own, so that the display ends with it.
    const service = spawn(program, options, {
      stdio: 'inherit',
      detached: true,
      // The sandbox needs a user other than root.
      env: { ...process.env, ...(isRoot && { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' }) },
    });
    const server = `http://127.0.0.1:${port}`;
    await listening(server);
    const capabilities = new Capabilities()
      .setBrowserName('MiniBrowser')
      .set('webkitgtk:browserOptions', {
        binary: executable('MiniBrowser', 'WEBKIT_BROWSER', WEBKIT_FOLDERS),
        args: ['--automation'],
      });
    try {
      const driver = await new Builder().usingServer(server).withCapabilities(capabilities).build();
      await driver.manage().window().setRect({ x: 0, y: 0, width: WIDTH, height: HEIGHT });
      await driver.manage().setTimeouts({ script: 60_000 });
      return new WebKitVisitor(service, driver);
    } catch (error) {
      end(service);
      throw error;
    }
  }

  async open(url: string): Promise<void> {
    await this.driver.get('about:blank');
    await this.driver.get(url);
  }

  async evaluate<Arguments extends unknown[], Result>(
    run: (...given: Arguments) => Result | Promise<Result>,
    ...given: Arguments
  ): Promise<Result> {
    const { result, error } = await this.driver.executeAsyncScript<{
      result: Result;
      error?: string;
    }>(
      `const [given, answer] = arguments;
       Promise.resolve().then(() => (${run.toString()})(...given)).then(
         (result) => answer({ result }),
         (error) => answer({ error: String(error) }),
       );`,
      given,
    );
    if (error) throw new Error(error);
    return result;
  }

  async drag(points: readonly Point[]): Promise<void> {
    const actions = this.driver.actions({ async: true });
    for (const [i, [x, y]] of points.entries()) {
      actions.move({ x, y, origin: Origin.VIEWPORT, duration: 0 });
      if (i === 0) actions.press();
    }
    await actions.release().perform();
  }

  async close(): Promise<void> {
    try {
      await this.driver.quit();
    } finally {
      end(this.service);
    }
  }
}

const SCREEN = ['-a', '-s', '-screen 0 1600x1200x24'];

function end({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid);
}

const isRoot = process.getuid?.() === 0;
const WEBKIT_FOLDERS = [
  '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1',
  '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1',
  '/usr/libexec/webkit2gtk-4.1',
];

/** Waits for a WebDriver server. */
async function listening(server: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      if ((await fetch(`${server}/status`)).ok) return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing answers at ${server}`);
}

export const ENGINES: Record<string, () => Promise<Visitor>> = {
  Chromium: () =>
    PuppeteerVisitor.launch('Chromium', {
      executablePath: executable('chromium', 'CHROME_BIN'),
      args: isRoot ? ['--no-sandbox'] : [],
    }),
  Firefox: () =>
    PuppeteerVisitor.launch('Firefox', {
      browser: 'firefox',
      executablePath: executable('firefox-esr', 'FIREFOX_BIN'),
    }),
  WebKitGTK: () => WebKitVisitor.launch(),
};
