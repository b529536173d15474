import type { Attachment } from 'svelte/attachments';

export interface RangeKeys {
  /** Arrow keys move by `step`, with Shift and for the page keys by `big`. */
  step: number;
  big: number;
  value: () => number;
  /** Gets a value within the input's own limits. */
  change: (value: number) => void;
  /** Delete, Backspace or a double click. */
  reset?: () => void;
}

const DIRECTION: Record<string, 1 | -1> = {
  ArrowRight: 1,
  ArrowUp: 1,
  PageUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageDown: -1,
};

/** Keyboard steps of our own for a range input whose native step is the grid of its values. */
export function rangeKeys(keys: RangeKeys): Attachment<HTMLInputElement> {
  return (input) => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const direction = DIRECTION[event.key];
      if (direction) {
        event.preventDefault();
        const distance = event.shiftKey || event.key.startsWith('Page') ? keys.big : keys.step;
        const target = keys.value() + direction * distance;
        keys.change(Math.min(Number(input.max), Math.max(Number(input.min), target)));
      } else if (keys.reset && (event.key === 'Delete' || event.key === 'Backspace')) {
        event.preventDefault();
        keys.reset();
      }
    };
    const onDoubleClick = () => keys.reset?.();
    input.addEventListener('keydown', onKey);
    input.addEventListener('dblclick', onDoubleClick);
    return () => {
      input.removeEventListener('keydown', onKey);
      input.removeEventListener('dblclick', onDoubleClick);
    };
  };
}
