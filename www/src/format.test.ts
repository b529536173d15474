import { describe, expect, it } from 'vitest';
import { alphaBar, decimalsFor, estimate, fixed } from './format.ts';

describe('numbers on the page', () => {
  it.each([
    [-1.234, 2, '−1.23'],
    [-0.001, 2, '0.00'],
    [Infinity, 2, '∞'],
    [-Infinity, 2, '−∞'],
    [NaN, 2, '–'],
    [null, 2, '–'],
  ])('%d with %d decimals is %s', (value, decimals, text) =>
    expect(fixed(value, decimals)).toBe(text),
  );

  it.each([
    [0.42, 2],
    [5.3, 1],
    [53, 0],
    [0.0098, 4],
    [0.00001, 4],
    [0, 3],
    [null, 3],
    [NaN, 3],
    [Infinity, 3],
  ])('a standard error of %d asks for %d decimals', (error, decimals) =>
    expect(decimalsFor(error, 3)).toBe(decimals),
  );

  it('shows mean and standard error alike', () => {
    expect(estimate({ mean: -87.0412, standardError: 0.4187 }, 2)).toEqual({
      mean: '−87.04',
      error: '0.42',
    });
    expect(estimate({ mean: 3.41, standardError: null }, 2)).toEqual({ mean: '3.41', error: '' });
  });

  it('keeps all signal at t = 0', () => {
    expect(alphaBar(Infinity)).toBe('1.0000');
    expect(alphaBar(null)).toBe('1.0000');
    expect(alphaBar(0)).toBe('0.5000');
  });
});
