/** Whether what is dragged leaves an element, and not only one part of it for another. */
export const leaves = ({ currentTarget, relatedTarget }: DragEvent): boolean =>
  !(
    currentTarget instanceof Element &&
    relatedTarget instanceof Node &&
    currentTarget.contains(relatedTarget)
  );
