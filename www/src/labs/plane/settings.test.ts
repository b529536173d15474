import { describe, expect, it } from 'vitest';
import {
  defaultPlane,
  fitTimestep,
  MAX_POINTS,
  parseDots,
  parsePoint,
  planeSetup,
  printDots,
  printPoint,
  snapDot,
} from './settings.ts';

describe('data of one’s own in an address', () => {
  it('come back as they were', () => {
    const dots = [
      { x: -1.25, y: 3, width: 0.4 },
      { x: 0, y: -4.5, width: 1.5 },
    ];
    expect(parseDots(printDots(dots))).toEqual(dots);
    expect(printDots(dots)).toBe('-1.25,3,0.4;0,-4.5,1.5');
  });

  it.each([
    '',
    '1,2',
    '1,2,0.4,5',
    '1,2,0.14',
    '1,2,1.51',
    '4.51,0,0.4',
    '1,2,x',
    '1,2,0.4;',
    ' 1,2,0.4',
    Array(MAX_POINTS + 1)
      .fill('1,1,0.5')
      .join(';'),
  ])('are refused where they cannot be: %j', (text) => {
    expect(parseDots(text)).toBeUndefined();
  });

  it('are set on the grid of an address', () => {
    const dot = snapDot({ x: 9, y: 1.23456, width: 0.01 });
    expect(dot).toEqual({ x: 4.5, y: 1.23, width: 0.15 });
    expect(parseDots(printDots([dot]))).toEqual([dot]);
  });
});

describe('a point in an address', () => {
  it.each([
    ['0.6,1.9', [0.6, 1.9]],
    ['-4.5,4.5', [-4.5, 4.5]],
    ['-0,0', [0, 0]],
    ['5,0', undefined],
    ['1', undefined],
    ['1,1,1', undefined],
    ['1e1,0', undefined],
  ])('%s', (text, point) => {
    expect(parsePoint(text)).toEqual(point);
    if (point && text !== '-0,0') expect(printPoint(point as [number, number])).toBe(text);
  });
});

it('a timestep beyond the chain is replaced, and told of unless it is the default', () => {
  const settings = { ...defaultPlane(), steps: 10, t: 11 };
  expect(fitTimestep(settings)).toBe('11');
  expect(settings.t).toBe(3);
  const standard = { ...defaultPlane(), steps: 10 };
  expect(fitTimestep(standard)).toBeNull();
  expect(standard.t).toBe(3);
  expect(fitTimestep({ ...defaultPlane(), steps: 30 })).toBeNull();
});

describe('what the crate is asked for', () => {
  it('is the data and the chain', () => {
    expect(planeSetup(defaultPlane())).toEqual({
      options: {
        data: 'five-gaussians',
        schedule: 'log-snr-linear',
        steps: 100,
        eta: 0,
        particles: 1000,
        model: 'exact',
        seed: 1,
      },
      network: null,
    });
  });

  it('has own data as components, and a blur only where something is blurred', () => {
    const { options } = planeSetup({
      ...defaultPlane(),
      data: 'own',
      points: [{ x: 1, y: -2, width: 0.3 }],
      model: 'blurred',
      blur: 0.7,
    });
    expect(options).toMatchObject({
      components: [{ mean: [1, -2], std: [0.3, 0.3] }],
      model: 'blurred',
      blur: 0.7,
    });
    expect('data' in options).toBe(false);
  });

  it('trains a network that does not depend on T or η', () => {
    const network = (part: Partial<ReturnType<typeof defaultPlane>>) =>
      planeSetup({ ...defaultPlane(), model: 'network', ...part }).network;
    expect(network({})).toEqual({
      data: 'five-gaussians',
      schedule: 'log-snr-linear',
      steps: 1000,
      weighting: 'bound',
      seed: 1,
    });
    expect(network({ steps: 20, eta: 1, t: 3 })).toEqual(network({}));
    expect(network({ weighting: 'simple' })).not.toEqual(network({}));
  });
});
