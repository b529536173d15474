import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { printState } from './address/address.ts';
import { speech } from './messages/speech.svelte.ts';
import { Page } from './page.svelte.ts';
import { defaultState, type PageState } from './state.ts';
import { clearUp, make, pass } from './testing/page.svelte.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(clearUp);

function at(hash: string): Page {
  history.replaceState(null, '', `/${hash}`);
  return make(() => new Page());
}

/** The address of a state that differs from the default so. */
const addressOf = (change: (state: PageState) => void) => {
  const state = defaultState();
  change(state);
  return printState(state);
};

const arrive = (hash: string) => {
  history.replaceState(null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
};

describe('the page', () => {
  it('begins where its address says, and in its language', () => {
    const page = at('#lab=denoise&seed=7&lang=zh');
    expect(page.state.lab).toBe('denoise');
    expect(page.state.denoise.seed).toBe(7);
    expect(speech.chosen).toBe('zh');
    expect(page.rejected).toEqual([]);
  });

  it('begins at the default where its address is invalid, and says so', () => {
    const page = at('#image=__proto__:x');
    expect(page.state).toEqual(defaultState());
    expect(page.rejected).toEqual([{ key: 'image', value: '__proto__:x' }]);
    page.dismiss();
    expect(page.rejected).toEqual([]);
  });

  it('writes a change into the address a moment later', async () => {
    const page = at('');
    page.state.denoise.seed = 9;
    await pass(100);
    expect(location.hash).toBe('');
    await pass(400);
    expect(location.hash).toBe(addressOf((state) => (state.denoise.seed = 9)));
    page.state.denoise.seed = defaultState().denoise.seed;
    await pass(400);
    expect(location.hash).toBe('');
  });

  it('keeps the address up to date while something changes at every frame', async () => {
    const page = at('#lab=inference');
    for (let frame = 1; frame <= 60; frame++) {
      page.state.inference.iterations = frame;
      await pass(16);
    }
    const written = Number(/iterations=(\d+)/.exec(location.hash)?.[1]);
    expect(written).toBeGreaterThan(30);
    await pass(400);
    expect(location.hash).toContain('iterations=60');
  });

  it('writes no more often than a browser allows', async () => {
    const page = at('');
    const replace = vi.spyOn(history, 'replaceState');
    for (let frame = 1; frame <= 300; frame++) {
      page.state.denoise.seed = frame;
      await pass(16);
    }
    // 4.8 seconds; Safari allows a hundred in thirty.
    expect(replace.mock.calls.length).toBeGreaterThan(10);
    expect(replace.mock.calls.length).toBeLessThan(16);
  });

  it('leaves an address alone that says the same without its length', async () => {
    const replace = vi.spyOn(history, 'replaceState');
    const page = at('#z=2');
    replace.mockClear();
    page.state.latent.at = { z: [2] };
    await pass(400);
    expect(replace).not.toHaveBeenCalled();
  });

  it('follows another address, and forgets the change that was not written yet', async () => {
    const page = at('#seed=1');
    page.state.denoise.seed = 9;
    await pass(100);
    arrive('#lab=elbo&noise=5');
    expect(page.state.lab).toBe('elbo');
    expect(page.state.elbo.seed).toBe(5);
    expect(page.state.denoise.seed).toBe(1);
    await pass(400);
    expect(location.hash).toBe('#lab=elbo&noise=5');
  });

  it('does not write over an address that has come and is not read yet', async () => {
    const page = at('#lab=inference');
    page.state.inference.iterations = 50;
    await pass(100);
    // The browser tells of it a moment later.
    history.replaceState(null, '', '#lab=elbo');
    page.state.inference.iterations = 51;
    await pass(1000);
    expect(location.hash).toBe('#lab=elbo');
    dispatchEvent(new HashChangeEvent('hashchange'));
    expect(page.state.lab).toBe('elbo');
    page.state.bound.timesteps = 'all';
    await pass(400);
    expect(location.hash).toContain('timesteps=all');
  });

  it('writes what is left to write when it is left', () => {
    const page = at('');
    page.state.denoise.seed = 9;
    dispatchEvent(new Event('pagehide'));
    expect(location.hash).toContain('seed=9');
  });

  it('goes to a state so that Back leads to the one before, with its last change', async () => {
    const page = at('#seed=3');
    page.state.denoise.eta = 0.5;
    const entries = history.length;
    page.go({ ...defaultState(), lab: 'elbo' });
    expect(history.length).toBe(entries + 1);
    expect(location.hash).toBe(addressOf((state) => (state.lab = 'elbo')));
    await pass(400);
    expect(page.state.lab).toBe('elbo');
    expect(page.state.denoise.seed).toBe(defaultState().denoise.seed);
  });

  it('links to another lab in the same state', () => {
    const page = at('#lab=denoise&seed=7');
    expect(page.link()).toBe(
      addressOf((state) => {
        state.lab = 'denoise';
        state.denoise.seed = 7;
      }),
    );
    expect(page.link('latent')).toBe(addressOf((state) => (state.denoise.seed = 7)));
    expect(at('').link()).toBe('#');
  });

  it('takes what the models do not have back, at the start and at every address', () => {
    const page = at('#z=1,2,3');
    page.fit({ decoders: [{ id: 'vae', latents: 2 }], samplers: [{ id: 'ddpm', classes: 10 }] });
    expect(page.state.latent.at).toEqual(defaultState().latent.at);
    expect(page.rejected).toEqual([{ key: 'z', value: '1,2,3' }]);
    arrive('#z=1&digit=12');
    expect(page.state.latent.at).toEqual({ z: [1, 0] });
    expect(page.state.denoise.digit).toBeNull();
    expect(page.rejected).toEqual([{ key: 'digit', value: '12' }]);
    page.reject('image', `example:${'x'.repeat(99)}`);
    expect(page.rejected.at(-1)).toEqual({ key: 'image', value: `example:${'x'.repeat(24)}…` });
  });

  it('speaks the language that the visitor chooses', async () => {
    const page = at('');
    page.state.language = 'zh';
    await pass();
    expect(speech.chosen).toBe('zh');
    page.state.language = null;
    await pass();
    expect(speech.chosen).toBeNull();
  });
});
