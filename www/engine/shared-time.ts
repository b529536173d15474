/** Milliseconds on the clock that a page and its workers have in common: each thread's own begins when the thread does. */
export const sharedTime = (): number => performance.timeOrigin + performance.now();
