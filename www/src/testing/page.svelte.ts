/** The page's own objects on scripted workers, for tests of what the labs do with them. */
import { flushSync } from 'svelte';
import { vi } from 'vitest';
import { Engine } from '../engine/engine.svelte.ts';
import type { ModelHost } from '../engine/hosts.ts';
import { Page } from '../page.svelte.ts';
import { bytesOf, manifest } from './manifest.ts';
import { furnish, type Script, ScriptedWorker } from './worker.ts';

/** The smallest module there is. */
const MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** What the site serves; a test may take files away or break them. */
type Site = (path: string) => BodyInit | null | undefined;

const standard: Site = (path) => {
  if (path.endsWith('.wasm')) return MODULE;
  if (path === 'manifest.json') return JSON.stringify(manifest);
  return bytesOf(path);
};

interface World {
  script?: Script;
  /** The address's fragment at the start. */
  hash?: string;
  /** Answers in the site's place; undefined leaves it to the site, null is a file that is not there. */
  site?: Site;
  cores?: number;
  reducedMotion?: boolean;
  first?: ModelHost | null;
}

const ends: (() => void)[] = [];

/** Ends what the test has begun; to be called after each. */
export function clearUp(): void {
  flushSync();
  for (const end of ends.splice(0)) end();
  flushSync();
  ScriptedWorker.all = [];
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
}

/** Sets the globals up that the page's objects ask. */
export function world({
  script,
  hash = '',
  site,
  cores = 2,
  reducedMotion = false,
}: World = {}): void {
  vi.useFakeTimers();
  furnish(script);
  const fetching = async (url: URL) => {
    const path = url.pathname.split('/').at(-1) ?? '';
    const body = site?.(path);
    const found = body === undefined ? standard(path) : body;
    return new Response(found ?? null, { status: found === null ? 404 : 200 });
  };
  vi.stubGlobal('fetch', vi.fn(fetching));
  // Real compiling takes real time, which the fake clock does not wait for.
  vi.spyOn(WebAssembly, 'compile').mockResolvedValue({});
  vi.stubGlobal('OffscreenCanvas', class {});
  // The next random seed.
  vi.stubGlobal('crypto', { getRandomValues: (seeds: Uint32Array) => seeds.fill(77) });
  Object.defineProperty(HTMLCanvasElement.prototype, 'transferControlToOffscreen', {
    configurable: true,
    value: () => ({}),
  });
  vi.spyOn(navigator, 'hardwareConcurrency', 'get').mockReturnValue(cores);
  vi.stubGlobal('matchMedia', () => ({ matches: reducedMotion }));
  history.replaceState(null, '', `/${hash}`);
}

/** Makes objects that have effects, which end with the test. */
export function make<T>(create: () => T): T {
  let made: T | undefined;
  ends.push(
    $effect.root(() => {
      made = create();
    }),
  );
  flushSync();
  return made as T;
}

/** Lets the clock go on, and the effects after it. */
export async function pass(milliseconds = 50): Promise<void> {
  flushSync();
  await vi.advanceTimersByTimeAsync(milliseconds);
  flushSync();
  await vi.advanceTimersByTimeAsync(0);
}

/** A press of the pointer, and what it changes: an entry of the history. */
export async function byHand(change: () => unknown): Promise<void> {
  dispatchEvent(new Event('pointerdown'));
  change();
  await pass(0);
  dispatchEvent(new Event('pointerup'));
}

/** A page whose engine has begun and holds its models. */
export async function open<T>(
  surroundings: World,
  create: (engine: Engine, page: Page) => T,
): Promise<{ engine: Engine; page: Page; lab: T }> {
  world(surroundings);
  const opened = make(() => {
    const page = new Page();
    const engine = new Engine(
      { decoder: page.state.decoder, sampler: page.state.sampler },
      surroundings.first === undefined ? 'decoder' : surroundings.first,
    );
    return { page, engine, lab: create(engine, page) };
  });
  await pass(200);
  return opened;
}
