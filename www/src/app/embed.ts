/** The page in the frame of another one: what of it is hidden, and how tall the frame must be. */
import { HIDEABLE, type Hideable } from '../schema/hideable.ts';

/** Hides parts of the page, wherever they come up, until the returned function is called. */
export function hide(
  names: readonly Hideable[],
  root: DocumentOrShadowRoot = document,
): () => void {
  if (names.length === 0) return () => undefined;
  // The policy allows no style element; a sheet made by a script of the page's own is none.
  const sheet = new CSSStyleSheet();
  for (const name of names) sheet.insertRule(`${HIDEABLE[name]} { display: none !important; }`);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  return () => {
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((other) => other !== sheet);
  };
}

/** What the page around is told, for anyone to read: it has nothing secret. */
interface SizeMessage {
  elboRoom: { height: number };
}

/** Tells the page around how tall this one is, now and whenever that changes. */
export function tellHeight(): () => void {
  if (window.parent === window) return () => undefined;
  let told = 0;
  const observer = new ResizeObserver(() => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    window.parent.postMessage({ elboRoom: { height } } satisfies SizeMessage, '*');
  });
  observer.observe(document.body);
  return () => observer.disconnect();
}
