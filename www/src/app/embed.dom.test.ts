import { afterEach, expect, it, vi } from 'vitest';
import { parseState, printState } from '../address/address.ts';
import { Page } from '../page.svelte.ts';
import { clearUp, make, pass } from '../testing/page.svelte.ts';
import { hide, tellHeight } from './embed.ts';

afterEach(clearUp);

it('is asked for by a bare word, and parts are hidden by their names', () => {
  const { state, rejected } = parseState('#embed&lab=denoise&hide=steps,eta');
  expect(rejected).toEqual([]);
  expect([state.embed, state.hide, state.lab]).toEqual([true, ['steps', 'eta'], 'denoise']);
  expect(parseState(printState(state))).toEqual({ state, rejected: [] });
  expect(parseState('#embed').state.embed).toBe(true);
  expect(parseState('#embed=0').state.embed).toBe(false);
});

it('shares its key with the classes that are hidden on the map', () => {
  const { state, rejected } = parseState('#hide=0,7&hide=title');
  expect(rejected).toEqual([]);
  expect([state.map.hidden, state.hide]).toEqual([[0, 7], ['title']]);
  expect(parseState(printState(state)).state).toEqual(state);
});

it('tells of a part that is not there, and hides none', () => {
  const { state, rejected } = parseState('#embed&hide=steps,wheels');
  expect(state.hide).toEqual([]);
  expect(rejected).toEqual([{ key: 'hide', value: 'steps,wheels' }]);
});

it('leads to the same state as a whole page, and to itself as an embedded one', async () => {
  vi.useFakeTimers();
  history.replaceState(null, '', '/#embed&lab=denoise&seed=7&hide=steps');
  const page = make(() => new Page());
  expect(parseState(page.whole).state).toMatchObject({ embed: false, hide: [], lab: 'denoise' });
  expect(parseState(page.whole).state.denoise.seed).toBe(7);
  page.state.embed = false;
  await pass(400);
  expect(parseState(page.embedded).state).toMatchObject({ embed: true, lab: 'denoise' });
});

it('hides with a sheet of its own, and takes it away again', () => {
  const rules: string[] = [];
  vi.stubGlobal(
    'CSSStyleSheet',
    class {
      insertRule(rule: string) {
        rules.push(rule);
      }
    },
  );
  Object.defineProperty(document, 'adoptedStyleSheets', { value: [], writable: true });
  const end = hide(['steps', 'share']);
  expect(rules).toEqual([
    '[data-anchor="steps"] { display: none !important; }',
    '[data-share] { display: none !important; }',
  ]);
  expect(document.adoptedStyleSheets).toHaveLength(1);
  end();
  expect(document.adoptedStyleSheets).toEqual([]);
});

it('tells the page around how tall it is, once for each height', () => {
  let resized: () => void = () => undefined;
  const disconnect = vi.fn();
  vi.stubGlobal(
    'ResizeObserver',
    class {
      constructor(callback: () => void) {
        resized = callback;
      }
      observe = () => undefined;
      disconnect = disconnect;
    },
  );
  const told: unknown[] = [];
  vi.stubGlobal('parent', { postMessage: (...message: unknown[]) => void told.push(message) });
  let height = 300.2;
  vi.spyOn(document.body, 'getBoundingClientRect').mockImplementation(
    () => ({ height }) as DOMRect,
  );
  const end = tellHeight();
  resized();
  resized();
  height = 410;
  resized();
  expect(told).toEqual([
    [{ elboRoom: { height: 301 } }, '*'],
    [{ elboRoom: { height: 410 } }, '*'],
  ]);
  end();
  expect(disconnect).toHaveBeenCalledOnce();
});
