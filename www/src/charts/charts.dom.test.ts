/** Charts of numbers that a chart has no place for: they are left out, and the others stay where they belong. */
import { render } from '@testing-library/svelte';
import { afterEach, describe, expect, it } from 'vitest';
import { clearUp } from '../testing/page.svelte.ts';
import { layOut } from '../testing/pictures.ts';
import Bars from './Bars.svelte';
import Compare from './Compare.svelte';
import Histogram from './Histogram.svelte';
import ImportanceChart from './ImportanceChart.svelte';
import TermStack from './TermStack.svelte';

afterEach(clearUp);

const e = (mean: number, standardError: number | null = null) => ({ mean, standardError });
const BEYOND = [Infinity, -Infinity, NaN] as const;

/** The chart's SVG, none of whose lengths may be anything but a number. */
function drawn(container: Element): SVGSVGElement {
  const svg = container.querySelector('svg') as SVGSVGElement;
  for (const element of [svg, ...svg.querySelectorAll('*')]) {
    for (const { name, value } of element.attributes) {
      if (!name.startsWith('aria-')) expect(`${name}=${value}`).not.toMatch(/NaN|Infinity/);
    }
  }
  return svg;
}

const placesOf = (svg: Element, selector: string, name: string) =>
  Array.from(svg.querySelectorAll(selector), (element) => Number(element.getAttribute(name)));

describe.each(BEYOND)('a value of %d', (beyond) => {
  it('is not a mark among the compared, which stay apart', () => {
    const model = (id: string, mean: number, tighter: number | null = null) => ({
      id,
      name: id,
      accent: '',
      bound: e(mean, 0.01),
      tighter: tighter === null ? null : e(tighter),
      old: false,
    });
    const { container } = render(Compare, {
      width: 700,
      models: [model('vae', 0.89, 0.8), model('hvae', beyond, beyond), model('ddpm', 0.3)],
      unit: 'bits/dim',
      label: 'Cost',
      decimals: 3,
      testid: 'compare',
    });
    const svg = drawn(container);
    const dots = placesOf(svg, 'circle', 'cx');
    expect(dots).toHaveLength(2);
    expect((dots[0] ?? 0) - (dots[1] ?? 0)).toBeGreaterThan(200);
    expect(svg.querySelectorAll('rect.open')).toHaveLength(1);
    expect(svg.querySelectorAll('.grid').length).toBeGreaterThan(2);
    // Its row and what is said of it stay.
    expect(svg.textContent).toContain('hvae');
    expect(svg.textContent).toMatch(/[∞–]/);
  });

  it('is not a point of the importance-weighted bound', () => {
    const { container } = render(ImportanceChart, {
      width: 500,
      points: [
        { k: 1, bound: e(beyond) },
        { k: 10, bound: e(-90, Infinity) },
        { k: 100, bound: e(-85, 0.5) },
      ],
      most: 1000,
      elbo: e(beyond),
      label: 'Bound',
      unit: 'nats',
    });
    const svg = drawn(container);
    expect(svg.querySelectorAll('circle')).toHaveLength(2);
    expect(svg.querySelector('.elbo')).toBeNull();
  });

  it('is not a bar, and the axis is that of the others', () => {
    const bar = (key: string, value: number, interval: [number, number] | null = null) => ({
      key,
      label: key,
      value,
      interval,
      title: key,
    });
    const { container } = render(Bars, {
      width: 400,
      bars: [bar('a', 2, [1, 3]), bar('b', beyond, [beyond, beyond])],
      label: 'Costs',
    });
    const svg = drawn(container);
    const heights = placesOf(svg, '.bar', 'height');
    expect(heights[0]).toBeGreaterThan(60);
    expect(heights[1]).toBe(0);
    expect(svg.querySelectorAll('.whisker')).toHaveLength(1);
  });

  it('has no part in a stack', () => {
    const { container } = render(TermStack, {
      width: 400,
      terms: [
        { key: 'a', name: 'a', nats: 30, tone: 1 },
        { key: 'b', name: 'b', nats: beyond, tone: 1 },
        { key: 'c', name: 'c', nats: 10, tone: 1 },
      ],
      gap: beyond,
      label: 'Costs',
      active: null,
      onactivate: () => undefined,
    });
    expect(placesOf(drawn(container), '.bar', 'width')).toEqual([298, 2, 98]);
  });

  it('is at the edge of a histogram', () => {
    const { container } = render(Histogram, {
      width: 400,
      edges: [-200, -100, 0],
      sets: [{ name: 'count', values: [3, 5] }],
      value: beyond,
      label: 'Test set',
      testid: 'histogram',
    });
    const svg = drawn(container);
    const [marker] = placesOf(svg, '.marker', 'x1');
    expect(marker).toBe(beyond === Infinity ? 380 : 20);
    expect(placesOf(svg, '.bar', 'height').every((height) => height > 0)).toBe(true);
  });
});

it('draws two sets in the same bins, named and told bar by bar, without a picture to place', () => {
  const { container } = render(Histogram, {
    width: 400,
    edges: [0, 1, 2],
    sets: [
      { name: 'own', values: [0.75, 0.25] },
      { name: 'other', values: [0, 1] },
    ],
    value: null,
    tell: (name, from, to, share) => `${name} ${from} ${to} ${share}`,
    label: 'Scores',
    testid: 'two',
  });
  const svg = drawn(container);
  expect(svg.textContent).toContain('own');
  const told = [...svg.querySelectorAll('title')].map(({ textContent }) => textContent);
  expect(told).toEqual(['own 0 1 0.75', 'own 1 2 0.25', 'other 1 2 1']);
  // A share of 1 has the whole height.
  expect(placesOf(svg, '.bar', 'height')).toEqual([90, 30, 120]);
  expect(svg.querySelector('.marker')).toBeNull();
});

it('draws the importance chart before it has a point', () => {
  layOut(500, 170);
  for (const elbo of [null, e(-90, 1)]) {
    const { container, unmount } = render(ImportanceChart, {
      width: 500,
      points: [],
      most: 1000,
      elbo,
      label: 'Bound',
      unit: 'nats',
    });
    drawn(container);
    unmount();
  }
});
