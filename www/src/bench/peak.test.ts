import { afterEach, describe, expect, it, vi } from 'vitest';
import { CHAINS, compilePeak, Peak, peakModule, peakOperations, peakReference } from './peak.ts';

afterEach(() => vi.restoreAllMocks());

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

  it('gives the rate of the number of chains that suits the machine best', async () => {
    // A machine whose clock the loop itself moves, fastest with 12 chains.
    let milliseconds = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => milliseconds);
    const gigaflops = (chains: number) => 40 - Math.abs(chains - 12);
    vi.spyOn(WebAssembly, 'instantiate').mockImplementation((module) => {
      const size = (module as Uint8Array).length;
      const chains = CHAINS.find((count) => peakModule(count).length === size) ?? 0;
      const run = (rounds: number) => {
        milliseconds += peakOperations(chains, rounds) / gigaflops(chains) / 1e6;
      };
      return Promise.resolve({ instance: { exports: { run } } }) as never;
    });
    const best = Math.max(...CHAINS.map(gigaflops));
    const peak = await Peak.prepare(10);
    const before = milliseconds;
    expect(peak.gigaflops()).toBeCloseTo(best, 9);
    expect(milliseconds - before).toBeGreaterThanOrEqual(10 - 1e-9);
    expect(milliseconds - before).toBeLessThan(10.1);
  });
});
