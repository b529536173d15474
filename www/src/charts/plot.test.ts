import { describe, expect, it } from 'vitest';
import { apart, decimalsOf, nearest, type Place, stepTo } from './plot.ts';

describe('the nearest value', () => {
  const points: Place[] = [
    { x: 10, y: 100 },
    { x: 20, y: 0 },
    { x: 30, y: 100 },
  ];

  it('is found along the axis of the chart first', () => {
    expect(nearest(points, [19, 60], 'x')).toBe(1);
    expect(nearest(points, [19, 60], 'both')).toBe(0);
    expect(nearest(points, [29, 40], 'y')).toBe(1);
  });

  it('is none beyond the reach, or where there are none', () => {
    expect(nearest(points, [500, 0], 'both', 24)).toBeNull();
    expect(nearest([], [0, 0], 'x')).toBeNull();
  });

  it('is that whose box the pointer is in, and of two the lower, which stands in front', () => {
    const bar = (height: number): Place => ({
      x: 5,
      y: 100 - height,
      hit: { x: 0, y: 100 - height, width: 10, height },
    });
    expect(nearest([bar(80), bar(40)], [5, 90], 'x')).toBe(1);
    expect(nearest([bar(40), bar(80)], [5, 90], 'x')).toBe(0);
    expect(nearest([bar(80), bar(40)], [5, 50], 'x')).toBe(0);
  });
});

it.each([
  ['ArrowRight', null, 0],
  ['ArrowRight', 3, 4],
  ['ArrowRight', 19, 19],
  ['ArrowLeft', null, 19],
  ['ArrowUp', 0, 0],
  ['PageDown', null, 9],
  ['PageDown', 15, 19],
  ['PageUp', 15, 5],
  ['Home', 7, 0],
  ['End', 7, 19],
  ['a', 7, undefined],
])('%s goes from value %s of 20 to %s', (key, from, to) => {
  expect(stepTo(key, from, 20)).toBe(to);
});

it('has no value to step to where there are none', () => {
  expect(stepTo('End', null, 0)).toBeUndefined();
});

it('pushes names apart by a line, keeps their order, and stays above the bottom', () => {
  const names = [
    { name: 'c', y: 60 },
    { name: 'a', y: 10 },
    { name: 'b', y: 12 },
  ];
  expect(apart(names, 100)).toEqual([
    { name: 'a', y: 10 },
    { name: 'b', y: 24 },
    { name: 'c', y: 60 },
  ]);
  expect(apart(names, 50).map(({ y }) => y)).toEqual([0, 14, 50]);
  expect(names.map(({ y }) => y)).toEqual([60, 10, 12]);
});

it.each([
  [[0, 1, 2], 0],
  [[0, 0.5, 1], 1],
  [[0.3, 0.35], 2],
  [[0, 0.001], 3],
  [[0, 50], 0],
  [[7], 0],
])('tells the ticks %j apart by %i decimals', (ticks, decimals) => {
  expect(decimalsOf(ticks)).toBe(decimals);
  expect(new Set(ticks.map((tick) => tick.toFixed(decimals))).size).toBe(ticks.length);
});
