import { describe, expect, it } from 'vitest';
import {
  type Component,
  defaultInference,
  fitStart,
  parseData,
  parseStart,
  printData,
  printStart,
  setupOf,
  snapComponent,
} from './settings.ts';

const component: Component = {
  weight: 0.25,
  mean: [1.5, -2.25],
  std: [0.5, 1.125],
  correlation: 0,
};

describe('q in an address', () => {
  it('is read as it was written', () => {
    const start = [component, { ...component, correlation: -0.5 }];
    expect(parseStart(printStart(start))).toEqual(start);
  });

  it.each([
    '',
    '1,2',
    '1,0,0,1,1',
    '1,0,0,1,1,0,0',
    '1,0,0,0,1,0',
    '1,0,0,1,1,1',
    '1,99,0,1,1,0',
    '1,a,0,1,1,0',
    '1,0.001,0,1,1,0',
  ])('is refused as %j', (text) => {
    expect(parseStart(text)).toBeUndefined();
  });

  it('is on a grid', () => {
    const snapped = snapComponent({
      weight: 1e-9,
      mean: [1.23456, -99],
      std: [1e-9, 0.12345],
      correlation: 1,
    });
    expect(snapped).toEqual({
      weight: 0.001,
      mean: [1.23, -20],
      std: [0.05, 0.123],
      correlation: 0.99,
    });
    expect(parseStart(printStart([snapped]))).toEqual([snapped]);
  });
});

describe('data in an address', () => {
  it('are read as they were written', () => {
    const data = [
      { x: -1.25, label: 0 as const },
      { x: 4, label: 1 as const },
    ];
    expect(parseData(printData(data))).toEqual(data);
  });

  it.each(['', '1', '1,2', '5,0', '1.234,0', 'x,1', Array(51).fill('0,1').join(';')])(
    'are refused as %j',
    (text) => {
      expect(parseData(text)).toBeUndefined();
    },
  );
});

describe('a start', () => {
  it('must fit the family', () => {
    const settings = { ...defaultInference(), start: [component] };
    expect(fitStart(settings)).toBeNull();
    for (const other of [
      { family: 'mixture' as const },
      { start: [component, component] },
      { start: [{ ...component, correlation: 0.5 }] },
    ]) {
      const changed = { ...settings, ...other };
      expect(fitStart(changed)).not.toBeNull();
      expect(changed.start).toBeNull();
    }
    const full = {
      ...settings,
      family: 'full-covariance' as const,
      start: [{ ...component, correlation: 0.5 }],
    };
    expect(fitStart(full)).toBeNull();
  });
});

describe('what the crate is asked for', () => {
  it('has components for mixtures and data for the logistic regression alone', () => {
    const settings = { ...defaultInference(), data: [{ x: 0, label: 1 as const }] };
    expect(Object.keys(setupOf(settings).options)).not.toContain('components');
    expect(Object.keys(setupOf(settings).options)).not.toContain('data');
    const other = {
      ...settings,
      family: 'mixture' as const,
      target: 'logistic-regression' as const,
    };
    expect(setupOf(other).options).toMatchObject({ components: 3, data: [{ x: 0, label: 1 }] });
  });
});
