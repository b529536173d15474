import { expect, it } from 'vitest';
import { colourOf } from './classes.ts';

it('has a colour of its own for each of ten classes', () => {
  const colours = Array.from({ length: 10 }, (_, i) => colourOf(i));
  expect(new Set(colours).size).toBe(10);
  // Bright enough for text on black: a relative luminance of 0.175 is a contrast of 4.5 to 1 (WCAG 2).
  for (const colour of colours) {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    expect(0.2126 * r + 0.7152 * g + 0.0722 * b).toBeGreaterThan(0.175);
  }
});
