/** What a first visit costs: bytes and time until the first digit is painted. */
import { readFile, readdir } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from '@playwright/test';

const DIST = new URL('../../../www/dist/', import.meta.url);

/** What a static host compresses: by type, and model files have none that it knows. */
const COMPRESSED = /\.(html|js|mjs|css|json|svg|wasm)$/;

export interface Arrival {
  /** Seconds from the navigation to the painted digit. */
  seconds: number;
  /** Paths of what had been asked for when the decoder was. */
  paths: string[];
}

interface Marks {
  asked: number;
  painted: number;
}

/** Runs before the page's own scripts: notes when the digit is asked for and when the worker says that it is painted. */
function watch(): void {
  const marks: Marks = { asked: 0, painted: 0 };
  Object.assign(globalThis, { marks });
  const { prototype } = Worker;
  const { postMessage } = prototype;
  prototype.postMessage = function (
    this: Worker,
    message: { id: number; call?: string; params?: { surface?: string } },
    options?: unknown,
  ) {
    if (!marks.asked && message.call === 'decode' && message.params?.surface === 'latent-digit') {
      marks.asked = performance.now();
      this.addEventListener('message', ({ data }) => {
        if (data.id === message.id && 'result' in data) marks.painted ||= performance.now();
      });
    }
    postMessage.call(this, message, options as StructuredSerializeOptions);
  } as typeof postMessage;
}

async function arrive(page: Page, url: string): Promise<Arrival> {
  await page.addInitScript(watch);
  await page.goto(`${url}#z=seed:9`);
  await page.waitForFunction(() => (globalThis as unknown as { marks: Marks }).marks.painted > 0);
  const { seconds, names } = await page.evaluate(() => {
    const { marks } = globalThis as unknown as { marks: Marks };
    const names = performance
      .getEntriesByType('resource')
      .filter(({ startTime }) => startTime < marks.asked);
    return {
      seconds: marks.painted / 1000,
      names: [location.href, ...names.map(({ name }) => name)],
    };
  });
  const root = new URL(url).pathname;
  return {
    seconds,
    paths: [
      ...new Set(names.map((name) => new URL(name).pathname.slice(root.length) || 'index.html')),
    ],
  };
}

/** A visitor's window is open before the visit: the browser's own pages, which a new one starts, are given time to be done. */
const SETTLE_MS = 2000;

/** Each visit from a profile of its own, and a second one from the same. */
export async function visits(
  browser: Browser,
  url: string,
  count: number,
): Promise<{ cold: Arrival[]; warm: Arrival[] }> {
  const found = { cold: [] as Arrival[], warm: [] as Arrival[] };
  const visit = async (context: BrowserContext) => {
    const page = await context.newPage();
    await page.waitForTimeout(SETTLE_MS);
    const arrival = await arrive(page, url);
    // All that the page loads after its first picture, for the next visit to find.
    await page.getByTestId('loading').waitFor({ state: 'hidden' });
    await page.close();
    return arrival;
  };
  for (let i = 0; i < count; i++) {
    const context = await browser.newContext();
    found.cold.push(await visit(context));
    found.warm.push(await visit(context));
    await context.close();
  }
  return found;
}

/** Bytes of files of the built site on their way to a visitor. */
export async function transferred(
  paths: readonly string[],
  compress: (bytes: Uint8Array) => number,
): Promise<number> {
  let sum = 0;
  for (const path of paths) {
    const bytes = await readFile(new URL(path, DIST));
    sum += COMPRESSED.test(path) ? compress(bytes) : bytes.length;
  }
  return sum;
}

export function brotli(bytes: Uint8Array): number {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params }).length;
}

export const gzip = (bytes: Uint8Array): number => gzipSync(bytes, { level: 9 }).length;

/** The one file of a folder of the built site whose name matches. */
export async function built(folder: string, name: RegExp): Promise<Buffer> {
  const names = (await readdir(new URL(folder, DIST))).filter((file) => name.test(file));
  if (names.length !== 1)
    throw new Error(`${folder} has ${names.length} files of the form ${name}`);
  return readFile(new URL(`${folder}${names[0]}`, DIST));
}
