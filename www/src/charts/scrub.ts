/** Charts whose playhead is dragged, and moved by keys. */
import { Drag } from '../controls/drag.ts';

interface Scrubbed {
  /** Where the playhead is, and the ends of its way. */
  at: () => number;
  ends: () => readonly [low: number, high: number];
  /** Which way the arrow to the right goes. */
  right: 1 | -1;
  onscrub: (to: number) => void;
}
type Pointed = PointerEvent & { currentTarget: SVGSVGElement };

/** Handlers of the chart; `under` is the value below a pointer. */
export function scrubber({ at, ends, right, onscrub }: Scrubbed) {
  const drag = new Drag();
  const move = (to: number) => {
    const [low, high] = ends();
    onscrub(Math.min(high, Math.max(low, Math.round(to))));
  };
  const end = (event: PointerEvent) => void drag.end(event);

  function onkeydown(event: KeyboardEvent): void {
    const [low, high] = ends();
    const page = Math.max(1, Math.round((high - low) / 10));
    const one = event.shiftKey ? Math.min(10, page) : 1;
    const to = {
      ArrowRight: at() + right * one,
      ArrowLeft: at() - right * one,
      ArrowUp: at() + one,
      ArrowDown: at() - one,
      PageUp: at() + page,
      PageDown: at() - page,
      Home: low,
      End: high,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  }

  return (under: (event: Pointed) => number) => ({
    onpointerdown: (event: Pointed) => {
      if (drag.begin(event)) move(under(event));
    },
    onpointermove: (event: Pointed) => {
      if (drag.has(event)) move(under(event));
    },
    onpointerup: end,
    onpointercancel: end,
    onlostpointercapture: end,
    onkeydown,
  });
}
