/** What every test has: a page that is watched for errors and stray requests, and ways to read its canvases. */
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { en } from './texts.ts';
import { type Crate, loadCrate } from './crate.ts';

export { en, expect };
export type { Locator, Page };

/** Collects what must not happen in any test; a test that provokes an error says which. */
export interface Guard {
  allow(pattern: RegExp): void;
}

/** Whether the page under test has the trained networks or what stands in for them. */
export interface Options {
  networks: 'trained' | 'stand-in';
}

/** A test that has no page of Playwright's. */
export const pageless = base.extend<object, Options & { crate: Crate }>({
  networks: ['stand-in', { option: true, scope: 'worker' }],
  /** The crate in Node, with the networks that the page has. */
  crate: [async ({ networks }, use) => use(await loadCrate(networks)), { scope: 'worker' }],
});

export const test = pageless.extend<{ guard: Guard }>({
  guard: [
    async ({ page, context, baseURL }, use) => {
      const origin = new URL(baseURL ?? '').origin;
      const seen: string[] = [];
      const allowed: RegExp[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error')
          seen.push(`console: ${message.text()} (${message.location().url})`);
      });
      page.on('pageerror', (error) => seen.push(`page: ${error.stack ?? error.message}`));
      // The context's requests include those of workers.
      context.on('request', (request) => {
        if (new URL(request.url()).origin !== origin) seen.push(`request: ${request.url()}`);
      });
      await use({ allow: (pattern) => allowed.push(pattern) });
      expect(seen.filter((problem) => !allowed.some((pattern) => pattern.test(problem)))).toEqual(
        [],
      );
    },
    { auto: true },
  ],
});

/** The RGBA bytes of a canvas, also of one that a worker paints on. */
export async function rgba(canvas: Locator): Promise<Buffer> {
  const base64 = await canvas.evaluate((element: HTMLCanvasElement) => {
    const copy = new OffscreenCanvas(element.width, element.height);
    const context = copy.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('no 2-D context');
    context.drawImage(element, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    let text = '';
    for (const byte of data) text += String.fromCharCode(byte);
    return btoa(text);
  });
  return Buffer.from(base64, 'base64');
}

/** One line that two canvases share exactly if all their pixels are equal. */
export const pixels = async (canvas: Locator) => (await rgba(canvas)).toString('base64');

/** The pixels of a canvas that is painted once, as soon as there are any: painting reaches the screen a frame after the answer. */
export async function painted(canvas: Locator): Promise<string> {
  await expect
    .poll(async () => (await rgba(canvas)).some((byte) => byte !== 0), {
      message: 'something is painted',
    })
    .toBe(true);
  return pixels(canvas);
}

/** The grey levels of a canvas; null unless every pixel is an opaque grey. */
export async function levels(canvas: Locator): Promise<number[] | null> {
  const bytes = await rgba(canvas);
  const grey: number[] = [];
  for (let i = 0; i < bytes.length; i += 4) {
    const [r, g, b, a] = bytes.subarray(i, i + 4);
    if (r === undefined || r !== g || r !== b || a !== 255) return null;
    grey.push(r);
  }
  return grey;
}

/** Waits until the canvas shows exactly these grey levels: painting reaches the screen a frame after the answer. */
export async function expectLevels(canvas: Locator, wanted: ArrayLike<number>): Promise<void> {
  const list = Array.from(wanted);
  await expect
    .poll(async () => difference(await levels(canvas), list), { message: 'pixels that differ' })
    .toBe(0);
}

function difference(found: number[] | null, wanted: number[]): number | string {
  if (!found) return 'not grey';
  if (found.length !== wanted.length) return `${found.length} pixels in place of ${wanted.length}`;
  return found.filter((level, i) => level !== wanted[i]).length;
}

/** Records what the page asks of its workers, as `role call`. Call it before the page opens. */
export async function recordCalls(page: Page): Promise<{ calls(): Promise<string[]> }> {
  await page.addInitScript(() => {
    const calls: string[] = [];
    Object.assign(globalThis, { recordedCalls: calls });
    globalThis.Worker = class extends Worker {
      readonly #name: string;
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        this.#name = options?.name ?? '';
      }
      override postMessage(message: unknown, options?: unknown): void {
        const { call } = message as { call?: string };
        if (call) calls.push(`${this.#name} ${call}`);
        super.postMessage(message, options as StructuredSerializeOptions);
      }
    };
  });
  return {
    calls: () =>
      page.evaluate(() => (globalThis as unknown as { recordedCalls: string[] }).recordedCalls),
  };
}

/** Has the page compute with so many workers. Call it before the page opens. */
export const withCores = (page: Page, count: number): Promise<unknown> =>
  page.addInitScript(
    (cores) =>
      Object.defineProperty(navigator, 'hardwareConcurrency', { value: cores, configurable: true }),
    count,
  );

/**
 * Whether the page takes itself for hidden, and computes no bounds until it is seen again: for tests that look at what does not
 * wait for them, which would else take a processor.
 */
export const hide = (page: Page, hidden = true): Promise<void> =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);

/** Opens the page at a state; a fragment alone would not load the page anew, so it is left first. */
export async function open(page: Page, fragment: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(`./#${fragment}`);
}

/** A slider's value as the page holds it. */
export const valueOf = async (slider: Locator) => Number(await slider.inputValue());

/** Presses a range input's thumb and drags it to a share of its track, in steps as a hand would. */
export async function drag(slider: Locator, to: number): Promise<void> {
  await slider.scrollIntoViewIfNeeded();
  const box = await slider.boundingBox();
  if (!box) throw new Error('the slider is not on the page');
  const page = slider.page();
  const [min, max] = await slider.evaluate(
    (input: HTMLInputElement) => [Number(input.min), Number(input.max)] as const,
  );
  const share = ((await valueOf(slider)) - min) / (max - min);
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + share * box.width, y);
  await page.mouse.down();
  await page.mouse.move(box.x + to * box.width, y, { steps: 12 });
  await page.mouse.up();
}

/** Presses Tab or Shift+Tab until `target` has the focus, as somebody without a mouse would. */
export async function tabTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await target.page().keyboard.press(key);
  }
  throw new Error(`80 presses of ${key} do not reach it`);
}
