/** The page's first picture has line and processor to itself: what it can do without waits until it is there, or has failed. */

let open: () => void;

export const firstPicture = new Promise<void>((resolve) => (open = resolve));

export const markFirstPicture = (): void => open();
