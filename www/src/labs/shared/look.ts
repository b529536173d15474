import { onLook } from '../../charts/marks/canvas.ts';

/** Options of painting a plane. */
export interface Look {
  size: number;
  pixelRatio: number;
  background: string;
  target: string;
  accent: string;
  ink: string;
}

/** Options of painting a plane in an element: its size in device pixels, and the page's colours; updated when either changes. */
export function watchLook(tell: (look: Look) => void): (place: HTMLElement) => () => void {
  return (place) => {
    const read = () => {
      const style = getComputedStyle(place);
      const colour = (name: string) => hex(style.getPropertyValue(name));
      const pixelRatio = Math.min(3, devicePixelRatio);
      const size = Math.round(place.clientWidth * pixelRatio);
      // A hidden lab has no size.
      if (size < 16) return;
      tell({
        size: Math.min(2048, size),
        pixelRatio,
        background: colour('--surface'),
        target: colour('--ink-soft'),
        accent: colour('--accent'),
        ink: colour('--ink'),
      });
    };
    const observer = new ResizeObserver(read);
    observer.observe(place);
    const end = onLook(place, read);
    return () => {
      observer.disconnect();
      end();
    };
  };
}

/** #rgb, as a build may shorten it, to #rrggbb. */
function hex(colour: string): string {
  const text = colour.trim();
  return /^#[0-9a-f]{3}$/i.test(text)
    ? `#${Array.from(text.slice(1), (digit) => digit + digit).join('')}`
    : text;
}
