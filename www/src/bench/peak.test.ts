import { describe, expect, it } from 'vitest';
import { compilePeak, Peak, peakModule, peakOperations, peakReference } from './peak.ts';

describe('the loop that measures the peak', () => {
  it.each([1, 8, 13, 100])(
    'computes what plain arithmetic does, with %i chains',
    async (chains) => {
      expect(WebAssembly.validate(peakModule(chains))).toBe(true);
      const run = await compilePeak(chains);
      for (const rounds of [1, 2, 3, 50]) expect(run(rounds)).toBe(peakReference(chains, rounds));
    },
  );

  it('counts four lanes, a multiplication and an addition', () => {
    expect(peakOperations(1, 1)).toBe(4 * 2 * 8);
    expect(peakOperations(13, 10)).toBe(130 * peakOperations(1, 1));
  });

  it('gives a rate that is finite and positive', async () => {
    const rate = (await Peak.prepare(1)).gigaflops();
    expect(rate).toBeGreaterThan(0);
    expect(rate).toBeLessThan(Infinity);
  });
});
