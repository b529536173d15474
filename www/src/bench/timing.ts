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
