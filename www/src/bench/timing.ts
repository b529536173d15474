/** Milliseconds of one call, a mean over `runs`. */
export function timed(call: () => void, runs = 1): number {
  const begun = performance.now();
  for (let i = 0; i < runs; i++) call();
  return (performance.now() - begun) / runs;
}

export async function timedAsync(call: () => Promise<unknown>, runs = 1): Promise<number> {
  const begun = performance.now();
  for (let i = 0; i < runs; i++) await call();
  return (performance.now() - begun) / runs;
}

/** As `timed`, after a call that is not counted: what others left in the caches of the machine has no part in it. */
export function timedWarm(call: () => void, runs: number): number {
  call();
  return timed(call, runs);
}

export async function timedWarmAsync(call: () => Promise<unknown>, runs: number): Promise<number> {
  await call();
  return timedAsync(call, runs);
}
