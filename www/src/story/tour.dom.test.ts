import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Page } from '../page.svelte.ts';
import { defaultState, TOUR_STEPS } from '../state.ts';
import { clearUp, make, pass } from '../testing/page.svelte.ts';
import { recall } from './memory.ts';
import { Tour } from './tour.svelte.ts';
import type { Site } from '../labs/stops.ts';

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
});
afterEach(clearUp);

function visit(hash = '', site: Site | null = null) {
  history.replaceState(null, '', `/${hash}`);
  return make(() => {
    const page = new Page();
    return { page, tour: new Tour(page, () => site) };
  });
}

describe('the tour of a site without models', () => {
  const bare: Site = { models: [], evaluated: false };

  it('goes through what needs none', async () => {
    const { page, tour } = visit('', bare);
    tour.start();
    const seen = [];
    const steps = ['bound', 'divergences', 'gradients', 'mean-field', 'known', 'ends', 'wrong'];
    for (const [i] of steps.entries()) {
      await pass();
      seen.push(page.state.tour);
      expect(tour.last).toBe(i === steps.length - 1);
      tour.next();
    }
    await pass();
    expect(seen).toEqual(steps);
    expect(tour.step).toBeNull();
  });

  it('goes on to the next step where an address names one that cannot be shown', async () => {
    const { page, tour } = visit('#tour=integral', bare);
    await pass();
    expect(page.state.tour).toBe('bound');
    expect(page.state.lab).toBe('inference');
    expect(tour.index).toBe(0);
  });

  it('ends at its last step where there is no later one', async () => {
    const { tour } = visit('#tour=digit', bare);
    await pass();
    expect(tour.step).toBe('wrong');
    expect(tour.last).toBe(true);
  });
});

describe('the tour', () => {
  it('goes through its steps in their order, and ends after the last', async () => {
    const { page, tour } = visit();
    tour.start();
    const seen = [];
    for (let i = 0; i < TOUR_STEPS.length; i++) {
      await pass();
      seen.push(page.state.tour);
      expect(tour.index).toBe(i);
      tour.next();
    }
    await pass();
    expect(seen).toEqual(TOUR_STEPS);
    expect(tour.step).toBeNull();
    expect(tour.left).toBeNull();
  });

  it('goes back, but not behind its beginning', async () => {
    const { tour } = visit();
    tour.start();
    await pass();
    tour.back();
    await pass();
    expect(tour.index).toBe(0);
    tour.next();
    await pass();
    tour.back();
    await pass();
    expect(tour.index).toBe(0);
  });

  it('asks for the focus once, when it was started', async () => {
    const { tour } = visit();
    expect(tour.takeFocus()).toBe(false);
    tour.start();
    await pass();
    expect([tour.takeFocus(), tour.takeFocus()]).toEqual([true, false]);
    tour.next();
    await pass();
    expect(tour.takeFocus()).toBe(false);
  });

  it('gives the page back as it was, in the language that it speaks now', async () => {
    const { page, tour } = visit('#lab=denoise&seed=7');
    tour.start();
    await pass();
    expect(page.state.denoise.seed).toBe(defaultState().denoise.seed);
    page.state.language = 'zh';
    tour.close();
    await pass();
    expect(tour.offering).toBe(true);
    tour.restore();
    await pass();
    expect(page.state).toMatchObject({
      lab: 'denoise',
      denoise: { seed: 7 },
      language: 'zh',
      tour: null,
    });
    expect(tour.offering).toBe(false);
    expect(recall().before).toBeNull();
  });

  it('leaves the page as it is where the visitor wants that', async () => {
    const { page, tour } = visit('#lab=denoise&seed=7');
    tour.start();
    await pass();
    tour.close();
    tour.stay();
    await pass();
    expect(tour.offering).toBe(false);
    expect(page.state.denoise.seed).toBe(defaultState().denoise.seed);
  });

  it('goes on where it was left, in this visit and the next', async () => {
    const first = visit();
    first.tour.start();
    await pass();
    first.tour.next();
    await pass();
    first.tour.next();
    await pass();
    first.tour.close();
    await pass();
    expect(first.tour.left).toBe(TOUR_STEPS[2]);
    const second = visit();
    expect(second.tour.left).toBe(TOUR_STEPS[2]);
    second.tour.start();
    await pass();
    expect(second.tour.index).toBe(2);
  });

  it('offers the page from before it after a reload in its midst', async () => {
    const first = visit('#lab=denoise&seed=7');
    first.tour.start();
    await pass(400);
    const { hash } = location;
    expect(hash).toContain(`tour=${TOUR_STEPS[0]}`);
    const second = visit(hash);
    second.tour.close();
    await pass();
    expect(second.tour.offering).toBe(true);
    second.tour.restore();
    await pass();
    expect(second.page.state).toMatchObject({ lab: 'denoise', denoise: { seed: 7 } });
  });

  it('offers nothing where it was come to by an address', async () => {
    const { tour } = visit(`#tour=${TOUR_STEPS[3]}`);
    await pass();
    expect(tour.index).toBe(3);
    tour.close();
    await pass();
    expect(tour.offering).toBe(false);
  });

  it('works where the browser keeps nothing, or something strange', async () => {
    localStorage.setItem('elbo-room tour', '{"step":"attic","before":7}');
    expect(visit().tour.left).toBeNull();
    localStorage.setItem('elbo-room tour', 'not JSON');
    expect(visit().tour.left).toBeNull();
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('no room', 'QuotaExceededError');
    });
    const { tour } = visit();
    tour.start();
    await pass();
    expect(tour.index).toBe(0);
  });
});
