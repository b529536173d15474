import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clearUp, open, pass } from '../testing/page.svelte.ts';
import { ScriptedWorker, workerOf } from '../testing/worker.ts';
import { parts } from './outage.svelte.ts';

beforeEach(() => parts.forget());
afterEach(clearUp);

/** A browser says no more of a script that did not come. */
const withoutScript = (role: string) => workerOf(role).die('');
const count = (role: string) => ScriptedWorker.all.filter(({ name }) => name === role).length;

async function loaded() {
  const { engine } = await open({}, () => null);
  return engine;
}

describe('workers whose script did not come', () => {
  it('are said once, and a retry brings them back', async () => {
    const engine = await loaded();
    void engine.fitter.begin();
    withoutScript('fitter');
    await pass();
    expect(parts.outage).toBe('offline');
    expect(engine.losses).toEqual([]);
    expect(engine.fitter.down).toBe(true);
    engine.resume();
    await pass();
    expect(parts.outage).toBeNull();
    expect(engine.fitter.down).toBe(false);
  });

  it('are not said after the retry where the site is still being asked why', async () => {
    const engine = await loaded();
    void engine.fitter.begin();
    withoutScript('fitter');
    engine.resume();
    await pass();
    expect(parts.outage).toBeNull();
    expect(engine.fitter.down).toBe(false);
  });

  it('are started once more where their scripts were asked for before the retry', async () => {
    const engine = await loaded();
    void engine.fitter.begin();
    withoutScript('fitter');
    await pass();
    engine.restart('sampler');
    const before = count('sampler');
    engine.resume();
    withoutScript('sampler');
    await pass();
    expect(parts.outage).toBeNull();
    expect(count('sampler')).toBe(before + 1);
    expect(engine.sampler.loaded).toBe(true);
    // Not for ever.
    engine.restart('sampler');
    withoutScript('sampler');
    await pass();
    expect(parts.outage).toBe('offline');
    expect(engine.sampler.down).toBe(true);
  });
});
