/** Whether the visitor asked for less movement; read anew each time, since it can change. */
export const reducedMotion = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** In seconds: a page that comes to the front again goes on from where it was. */
const LONGEST_FRAME = 0.25;

/** Calls `frame` with the seconds since the last call, at display rate, until the returned function is called. */
export function animate(frame: (seconds: number) => void): () => void {
  let last = performance.now();
  let handle = requestAnimationFrame(function next(now) {
    const seconds = Math.min(LONGEST_FRAME, Math.max(0, (now - last) / 1000));
    last = now;
    handle = requestAnimationFrame(next);
    frame(seconds);
  });
  return () => cancelAnimationFrame(handle);
}
