/** The page's first picture has line and processor to itself: what it can do without waits until it is there, or has failed. */

let open: () => void;

export const firstPicture = new Promise<void>((resolve) => (open = resolve));

export const markFirstPicture = (): void => open();

/** For so long at most the first picture has the connection to itself. */
const PATIENCE_MS = 3000;

/** Does what needs nothing of the engine after the first picture, when the browser has nothing else to do; returns how to call it off. */
export function afterFirstPicture(work: () => void): () => void {
  let gone = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)));
  const begin = () => {
    if (!gone) work();
  };
  void Promise.race([firstPicture, patience]).then(() => {
    if (gone) return;
    // Safari has no idle callbacks.
    if ('requestIdleCallback' in globalThis) requestIdleCallback(begin, { timeout: 5000 });
    else setTimeout(begin, 1000);
  });
  return () => {
    gone = true;
    clearTimeout(timer);
  };
}
