import fc from 'fast-check';

/** Cases of each property: enough for every run of the tests, and as many as one likes by hand. */
const runs = Number(process.env['PROPERTY_RUNS'] ?? 250);

/** Every run tries the same cases. */
fc.configureGlobal({ seed: 7, numRuns: runs });

export { fc };
