import { afterEach, describe, expect, it, vi } from 'vitest';
import { across, textScale } from './text.ts';

afterEach(() => {
  document.documentElement.style.fontSize = '';
  vi.restoreAllMocks();
});

describe('charts where the text is larger', () => {
  it('know how much larger it is', () => {
    expect(textScale()).toBe(1);
    document.documentElement.style.fontSize = '32px';
    expect(textScale()).toBe(2);
    document.documentElement.style.fontSize = '20px';
    expect(textScale()).toBe(1.25);
  });

  it('find the pointer in their own pixels', () => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    vi.spyOn(svg, 'getBoundingClientRect').mockReturnValue(new DOMRect(100, 0, 800, 300));
    // Drawn 400 wide, and shown at twice that.
    expect(across({ clientX: 300, currentTarget: svg }, 400)).toBe(100);
    expect(across({ clientX: 300, currentTarget: svg }, 800)).toBe(200);
  });
});
