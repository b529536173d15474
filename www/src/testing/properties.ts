import fc from 'fast-check';
import { vi } from 'vitest';

/** Cases of each property: enough for every run of the tests, and as many as one likes by hand. */
const runs = Number(process.env['PROPERTY_RUNS'] ?? 250);

/** Every run tries the same cases. */
fc.configureGlobal({ seed: 7, numRuns: runs });

// What one asks for by hand is not cut short: a case takes less than two milliseconds.
vi.setConfig({ testTimeout: 30_000 + 2 * runs });

export { fc };
