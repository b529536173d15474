import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Page } from '../page.svelte.ts';
import { clearUp, make, pass } from '../testing/page.svelte.ts';
import { Links } from './links.svelte.ts';

/** Elements that no browser shows. */
let hidden: Set<Element>;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('matchMedia', () => ({ matches: true }));
  hidden = new Set();
  Element.prototype.checkVisibility = function (this: Element) {
    return !hidden.has(this);
  };
  Element.prototype.scrollIntoView = vi.fn();
  document.body.innerHTML = `
    <figure data-anchor="gap" id="figure"></figure>
    <div data-anchor="steps extra" id="group"><input type="radio" id="off" /><input type="radio" id="on" checked /></div>
    <div data-anchor="gap" id="second"></div>`;
  history.replaceState(null, '', '/#lab=elbo');
});
afterEach(() => {
  clearUp();
  document.body.innerHTML = '';
});

const visit = () =>
  make(() => {
    const page = new Page();
    return { page, links: new Links(page) };
  });
const of = (id: string) => document.getElementById(id) as HTMLElement;
const lit = () => [...document.querySelectorAll('[data-lit]')].map(({ id }) => id);

describe('a symbol', () => {
  it('lights all that it stands for while it is pointed at', async () => {
    const { links } = visit();
    links.point('gap');
    await pass();
    expect(lit()).toEqual(['figure', 'second']);
    links.point(null);
    await pass();
    expect(lit()).toEqual([]);
  });

  it.each([
    ['tells', true],
    ['does not tell', false],
  ])('leads to the first that is visible, where a browser %s what is', async (_, tells) => {
    if (!tells) {
      // Safari before 17.4.
      (Element.prototype as Partial<Element>).checkVisibility = undefined as never;
      vi.spyOn(Element.prototype, 'getClientRects').mockImplementation(function (this: Element) {
        return (hidden.has(this) ? [] : [new DOMRect()]) as unknown as DOMRectList;
      });
    }
    const { links } = visit();
    hidden.add(of('figure'));
    void links.go('gap');
    await pass();
    expect(document.activeElement?.id).toBe('second');
    expect(vi.mocked(Element.prototype.scrollIntoView).mock.contexts).toEqual([of('second')]);
    expect(lit()).toEqual(['second']);
    // The pointer that leaves the symbol does not end the glow.
    links.point(null);
    await pass(1000);
    expect(lit()).toEqual(['second']);
    await pass(1500);
    expect(lit()).toEqual([]);
  });

  it('leads to another lab where it stands for something there, and to the choice that is made', async () => {
    const { links, page } = visit();
    void links.go('steps');
    await pass();
    expect(page.state.lab).toBe('denoise');
    expect(document.activeElement?.id).toBe('on');
  });

  it('waits for what has yet to appear', async () => {
    const { links } = visit();
    of('figure').remove();
    of('second').remove();
    void links.go('gap');
    await pass(5000);
    document.body.insertAdjacentHTML('beforeend', '<div data-anchor="gap" id="late"></div>');
    await pass(100);
    expect(document.activeElement?.id).toBe('late');
    expect(links.absent).toBeNull();
  });

  it('says in the end that what it stands for is not there', async () => {
    const { links } = visit();
    of('figure').remove();
    of('second').remove();
    void links.go('gap');
    await pass(25_000);
    expect(links.absent).toBe('gap');
    links.point('gap');
    expect(links.absent).toBeNull();
  });

  it('takes its wish back when another one is pointed at', async () => {
    const { links } = visit();
    of('figure').remove();
    of('second').remove();
    void links.go('gap');
    await pass(1000);
    links.point('steps');
    document.body.insertAdjacentHTML('beforeend', '<button data-anchor="gap" id="late"></button>');
    await pass(1000);
    expect(document.activeElement?.id).not.toBe('late');
    expect(links.absent).toBeNull();
  });
});
