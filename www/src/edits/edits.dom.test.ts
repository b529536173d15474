import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { printFields, printState, restoreFields } from '../address/address.ts';
import { Drawing } from '../drawing/strokes.ts';
import { Page } from '../page.svelte.ts';
import { defaultState, type PageState } from '../state.ts';
import { byHand, clearUp, make, pass } from '../testing/page.svelte.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(clearUp);

function at(hash: string): Page {
  history.replaceState(null, '', `/${hash}`);
  return make(() => new Page());
}

const arrive = async (hash: string) => {
  history.replaceState(null, '', hash);
  dispatchEvent(new HashChangeEvent('hashchange'));
  await pass(0);
};

const addressOf = (change: (state: PageState) => void) => {
  const state = defaultState();
  change(state);
  return printState(state);
};

describe('what is taken back', () => {
  it('is nothing at first, nor what changes by itself', async () => {
    const { edits, state } = at('#seed=5');
    expect([edits.canUndo, edits.canRedo]).toEqual([false, false]);
    state.denoise.step = 7;
    await pass(0);
    expect(edits.canUndo).toBe(false);
    edits.undo();
    edits.redo();
    expect([state.lab, state.denoise.seed, state.denoise.step]).toEqual(['latent', 5, 7]);
  });

  it('is one gesture after the other, and comes back', async () => {
    const { edits, state } = at('');
    await byHand(() => (state.denoise.eta = 0.5));
    await byHand(() => (state.decoder = 'mnist-vae-2d'));
    expect(edits.told).toBeNull();
    edits.undo();
    expect([state.decoder, state.denoise.eta]).toEqual(['', 0.5]);
    expect(edits.told).toEqual({ what: 'undo', left: 1 });
    edits.undo();
    expect([state.denoise.eta, edits.canUndo, edits.canRedo]).toEqual([0, false, true]);
    expect(edits.told).toEqual({ what: 'undo', left: 0 });
    edits.undo();
    edits.redo();
    expect(edits.told).toEqual({ what: 'redo', left: 1 });
    edits.redo();
    expect([state.decoder, state.denoise.eta, edits.canRedo]).toEqual(['mnist-vae-2d', 0.5, false]);
    edits.undo();
    await byHand(() => (state.denoise.seed = 3));
    expect([edits.canRedo, edits.told]).toEqual([false, null]);
  });

  it('is a drag as a whole, with what follows it by itself', async () => {
    const { edits, state } = at('#z=1');
    await byHand(() => undefined);
    dispatchEvent(new Event('pointerdown'));
    for (const z of [1.1, 1.2, 1.3]) {
      state.latent.at = { z: [z] };
      await pass(16);
    }
    dispatchEvent(new Event('pointerup'));
    dispatchEvent(new Event('change'));
    state.latent.at = { z: [1.4] };
    await pass(0);
    edits.undo();
    expect(state.latent.at).toEqual({ z: [1] });
    expect(edits.canUndo).toBe(false);
    edits.redo();
    expect(state.latent.at).toEqual({ z: [1.4] });
  });

  it('is passed over where a drag ended at its beginning', async () => {
    const { edits, state } = at('');
    await byHand(() => (state.denoise.eta = 0.25));
    dispatchEvent(new Event('pointerdown'));
    for (const eta of [0.5, 0.25]) {
      state.denoise.eta = eta;
      await pass(0);
    }
    edits.undo();
    expect(state.denoise.eta).toBe(0);
    edits.redo();
    expect(state.denoise.eta).toBe(0.25);
  });

  it('has as many latents as the model, however many zeros an address leaves out', async () => {
    const page = at('#z=0');
    page.fit({ decoders: [{ id: 'vae', latents: 3 }], samplers: [{ id: 'ddpm', classes: 10 }] });
    const { edits, state } = page;
    for (const z of [
      [0, 2, 0],
      [1, 2, 0],
    ])
      await byHand(() => (state.latent.at = { z }));
    edits.undo();
    expect(state.latent.at).toEqual({ z: [0, 2, 0] });
    edits.undo();
    expect(state.latent.at).toEqual({ z: [0, 0, 0] });
    edits.redo();
    expect(state.latent.at).toEqual({ z: [0, 2, 0] });
  });

  it('is a play as a whole, whatever else is pressed meanwhile', async () => {
    const { edits, state } = at('#lab=denoise');
    let playing = false;
    edits.moving = () => playing;
    edits.pause = () => (playing = false);
    const frames = async () => {
      for (let frame = 0; frame < 3; frame++) {
        state.denoise.step++;
        await pass(16);
      }
    };
    await byHand(() => (playing = true));
    await frames();
    // The share menu is opened.
    await byHand(() => undefined);
    await frames();
    // Another setting is another entry, and the play goes on in it.
    await byHand(() => (state.denoise.speed = 60));
    await frames();
    expect(state.denoise.step).toBe(9);
    edits.undo();
    expect(playing).toBe(false);
    expect([state.denoise.speed, state.denoise.step]).toEqual([30, 6]);
    edits.undo();
    expect([state.denoise.step, edits.canUndo]).toEqual([0, false]);
  });

  it('is not what a lab plays when it is opened', async () => {
    const { edits, state } = at('#lab=inference');
    edits.moving = () => true;
    for (const iterations of [1, 2, 3]) {
      state.inference.iterations = iterations;
      await pass(16);
      dispatchEvent(new Event('pointerdown'));
    }
    expect(edits.canUndo).toBe(false);
  });

  it('is in the lab where it was done', async () => {
    const page = at('');
    const { edits, state } = page;
    await byHand(() => (state.latent.at = { z: [2] }));
    await arrive(page.link('elbo'));
    expect(state.lab).toBe('elbo');
    await byHand(() => (state.elbo.seed = 8));
    await arrive(page.link('plane'));
    edits.undo();
    expect([state.lab, state.elbo.seed]).toEqual(['elbo', 0]);
    edits.undo();
    expect([state.lab, state.latent.at]).toEqual(['latent', defaultState().latent.at]);
    edits.redo();
    edits.redo();
    expect([state.lab, state.elbo.seed]).toEqual(['elbo', 8]);
  });

  it('leads back to the lab from which a picture was sent', async () => {
    const { edits, state } = at('');
    await byHand(() => {
      state.elbo.image = { example: '3' };
      state.lab = 'elbo';
    });
    edits.undo();
    expect([state.lab, state.elbo.image]).toEqual(['latent', { example: '' }]);
    edits.redo();
    expect([state.lab, state.elbo.image]).toEqual(['elbo', { example: '3' }]);
  });

  it('is not the language, nor how the page is shown', async () => {
    const { edits, state } = at('');
    await byHand(() => (state.language = 'zh'));
    await byHand(() => (state.lab = 'plane'));
    expect(edits.canUndo).toBe(false);
    await byHand(() => (state.plane.eta = 0.5));
    edits.undo();
    expect([state.language, state.lab]).toEqual(['zh', 'plane']);
  });

  it('is a hundred steps at most', async () => {
    const { edits, state } = at('');
    for (let seed = 100; seed < 250; seed++) await byHand(() => (state.denoise.seed = seed));
    while (edits.canUndo) edits.undo();
    expect(state.denoise.seed).toBe(150);
  });
});

describe('gestures', () => {
  const slider = () => document.body.appendChild(document.createElement('input'));
  const press = (target: Element, key: string) =>
    target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));

  it('by arrow keys on one control are one, by other keys each for itself', async () => {
    const { edits, state } = at('');
    const [one, other] = [slider(), slider()];
    let seed = 10;
    const tap = async (target: Element, key: string) => {
      press(target, key);
      state.denoise.seed = seed++;
      await pass(0);
    };
    for (let i = 0; i < 3; i++) await tap(one, 'ArrowRight');
    for (let i = 0; i < 3; i++) await tap(other, 'ArrowRight');
    for (let i = 0; i < 2; i++) await tap(one, 'Enter');
    const seen = [];
    while (edits.canUndo) {
      edits.undo();
      seen.push(state.denoise.seed);
    }
    expect(seen).toEqual([16, 15, 12, 1]);
    one.remove();
    other.remove();
  });

  it('by keys that nothing took, or that changed nothing, are over: what changes later has changed by itself', async () => {
    const { edits, state } = at('');
    press(document.body, 'q');
    await pass(0);
    state.denoise.step = 3;
    await pass(0);
    expect(edits.canUndo).toBe(false);
    const input = slider();
    press(input, 'Home');
    input.dispatchEvent(new KeyboardEvent('keyup', { key: 'Home', bubbles: true }));
    await pass(10_000);
    state.denoise.step = 4;
    await pass(0);
    expect(edits.canUndo).toBe(false);
    // What a worker answers a moment later belongs to the key.
    press(input, 'Home');
    input.dispatchEvent(new KeyboardEvent('keyup', { key: 'Home', bubbles: true }));
    await pass(1000);
    state.denoise.seed = 5;
    await pass(0);
    edits.undo();
    expect([state.denoise.seed, state.denoise.step]).toEqual([1, 4]);
    input.remove();
  });

  it('are those of tools without pointer and keys too', async () => {
    const { edits, state } = at('');
    const input = slider();
    dispatchEvent(new Event('pointerup'));
    input.dispatchEvent(new Event('input', { bubbles: true }));
    state.denoise.eta = 0.5;
    await pass(0);
    const press = document.body.appendChild(document.createElement('button'));
    press.click();
    state.denoise.eta = 1;
    await pass(0);
    edits.undo();
    expect(state.denoise.eta).toBe(0.5);
    edits.undo();
    expect(state.denoise.eta).toBe(0);
    input.remove();
    press.remove();
  });
});

describe('another address', () => {
  it('from elsewhere begins a new history', async () => {
    const { edits, state } = at('#lab=elbo');
    await byHand(() => (state.elbo.image = { example: '3' }));
    await arrive('#lab=elbo&image=example:5');
    expect([edits.canUndo, edits.canRedo]).toEqual([false, false]);
    await byHand(() => (state.elbo.seed = 4));
    edits.undo();
    expect([state.elbo.seed, state.elbo.image]).toEqual([0, { example: '5' }]);
    expect(edits.canUndo).toBe(false);
  });

  it('that the browser’s Back leads to is found in the history', async () => {
    const page = at('');
    const { edits, state } = page;
    await byHand(() => (state.latent.at = { z: [2] }));
    const left = page.link();
    await arrive(page.link('denoise'));
    await byHand(() => (state.denoise.seed = 9));
    const further = page.link();
    await arrive(left);
    expect([state.lab, state.denoise.seed, state.latent.at]).toEqual(['latent', 1, { z: [2] }]);
    expect([edits.canUndo, edits.canRedo]).toEqual([true, true]);
    edits.undo();
    expect(state.latent.at).toEqual(defaultState().latent.at);
    await arrive(further);
    expect([state.lab, edits.canRedo]).toEqual(['denoise', false]);
    edits.undo();
    edits.undo();
    expect([state.denoise.seed, edits.canUndo]).toEqual([1, false]);
  });

  it('to which a link of the page leads is an entry, and the lab before it comes back', async () => {
    const { edits, state } = at('#seed=2');
    await byHand(() => (state.denoise.eta = 0.5));
    const link = document.body.appendChild(document.createElement('a'));
    link.href = addressOf((state) => {
      state.lab = 'plane';
      state.plane.seed = 6;
    });
    link.addEventListener('click', (event) => event.preventDefault(), { once: true });
    link.click();
    // The click was another's to handle: an address that comes later is not the page's own.
    await arrive('#lab=plane&pseed=6');
    expect(edits.canUndo).toBe(false);
    await arrive('#seed=2&eta=0.5');
    await byHand(() => (state.denoise.seed = 3));
    link.click();
    await vi.advanceTimersByTimeAsync(10);
    await arrive(link.hash);
    expect([state.lab, state.plane.seed, edits.canUndo]).toEqual(['plane', 6, true]);
    edits.undo();
    expect([state.lab, state.denoise.seed]).toEqual(['latent', 3]);
    link.remove();
  });

  it('to which the page itself goes is an entry', async () => {
    const page = at('');
    await byHand(() => (page.state.denoise.eta = 0.5));
    page.go({ ...defaultState(), lab: 'elbo' });
    await pass(10);
    expect(page.state.lab).toBe('elbo');
    page.edits.undo();
    expect([page.state.lab, page.state.denoise.eta]).toEqual(['latent', 0.5]);
  });
});

const values: fc.Arbitrary<(state: PageState) => void> = fc.oneof(
  fc.integer({ min: 0, max: 99 }).map((seed) => (state: PageState) => (state.denoise.seed = seed)),
  fc.integer({ min: 0, max: 20 }).map((eta) => (state: PageState) => (state.plane.eta = eta / 20)),
  fc
    .array(fc.integer({ min: -60, max: 60 }), { minLength: 1, maxLength: 4 })
    .map((z) => (state: PageState) => (state.latent.at = { z: z.map((value) => value / 20) })),
  fc
    .constantFrom<PageState['elbo']['image']>(
      { example: '' },
      { example: '3' },
      { strokes: new Drawing([]) },
    )
    .map((image) => (state: PageState) => (state.elbo.image = image)),
  fc.constantFrom(null, 1, 50).map((from) => (state: PageState) => (state.denoise.from = from)),
  fc
    .constantFrom('latent', 'elbo', 'plane' as const)
    .map((lab) => (state: PageState) => (state.lab = lab)),
);

it('any edits, all taken back, are the first state; all done again, the last', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 40 }), async (edits) => {
      const page = at('');
      const set = () => printFields({ ...page.state, lab: 'latent' });
      const states = [set()];
      for (const edit of edits) {
        await byHand(() => edit(page.state));
        const now = set();
        if (now.join() !== states.at(-1)?.join()) states.push(now);
      }
      for (const before of states.slice(0, -1).reverse()) {
        page.edits.undo();
        expect(set()).toEqual(before);
      }
      expect(page.edits.canUndo).toBe(false);
      for (const after of states.slice(1)) {
        page.edits.redo();
        expect(set()).toEqual(after);
      }
      expect(page.edits.canRedo).toBe(false);
      clearUp();
      vi.useFakeTimers();
    }),
    { numRuns: 40, seed: 18 },
  );
});

it('fields that were printed give the state back, and leave alone what is so already', () => {
  const state = defaultState();
  state.latent.at = { z: [1, 0.5] };
  state.denoise.from = 7;
  state.language = 'zh';
  const fields = printFields(state);
  const other = defaultState();
  const { plane } = other;
  restoreFields(other, fields);
  expect(other).toEqual(state);
  expect(other.plane).toBe(plane);
  const { at: kept } = other.latent;
  restoreFields(other, fields);
  expect(other.latent.at).toBe(kept);
  restoreFields(other, printFields(defaultState()));
  expect(other).toEqual(defaultState());
});
