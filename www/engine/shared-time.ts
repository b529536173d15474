/** Milliseconds on a clock that a page and its workers share: `performance.now` starts anew in each thread. */
export const sharedTime = (): number => performance.timeOrigin + performance.now();
