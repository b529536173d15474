/**
 * Which pointer drags: the one that came down first with its main button. Others are turned away until it is gone, so
 * that a palm or a second finger neither joins a stroke nor ends it.
 */
export class Drag {
  #pointer: number | null = null;

  /** Whether this pointer drags from now on; then it is captured. */
  begin(event: PointerEvent & { currentTarget: Element }): boolean {
    if (this.#pointer !== null || event.button !== 0 || !event.isPrimary) return false;
    this.#pointer = event.pointerId;
    event.currentTarget.setPointerCapture(event.pointerId);
    return true;
  }

  /** Whether it is the one that drags. */
  has({ pointerId }: PointerEvent): boolean {
    return pointerId === this.#pointer;
  }

  /** For `pointerup`, `pointercancel` and `lostpointercapture`: true once, for the pointer that dragged. */
  end(event: PointerEvent): boolean {
    if (!this.has(event)) return false;
    this.#pointer = null;
    return true;
  }
}

/** All places that the pointer passed since the last event, where the browser tells them. */
export function passed(event: PointerEvent): readonly PointerEvent[] {
  const between = (event as Partial<PointerEvent>).getCoalescedEvents?.() ?? [];
  return between.length > 0 ? between : [event];
}
